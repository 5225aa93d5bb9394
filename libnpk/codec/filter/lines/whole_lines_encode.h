// Private to the lines encoder: whole lines, one by one.
#pragma once

#include <cstring>

#include "npk/bytes.h"

namespace npk::codec {

// Calls `use` with the place of each whole line, its line feed included. Returns where the last one ends.
template <class Use>
std::size_t for_each_whole_line(ByteView raw, const Use& use) {
  std::size_t at = 0;
  while (at < raw.size()) {
    const void* feed = std::memchr(raw.data() + at, '\n', raw.size() - at);
    if (feed == nullptr) break;
    const auto end = static_cast<std::size_t>(static_cast<const std::uint8_t*>(feed) - raw.data()) + 1;
    use(at, end);
    at = end;
  }
  return at;
}

}  // namespace npk::codec
