// Unsigned LEB128, at most 10 bytes, as filters write lengths and counts (spec section 5.1).
#pragma once

#include <cstdint>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

template <class Container>
void append_varint(std::uint64_t value, Container& out) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}

// Takes one from the front of `bytes`. Errc::corrupt if it does not end, is over 2^64 - 1 or not the shortest spelling.
[[nodiscard]] inline Result<std::uint64_t> take_varint(ByteView& bytes) {
  std::uint64_t value = 0;
  for (unsigned i = 0; i < 10 && i < bytes.size(); ++i) {
    const std::uint64_t byte = bytes[i];
    if (i == 9 && byte > 1) break;
    value |= (byte & 0x7F) << (7 * i);
    if (byte >= 0x80) continue;
    if (byte == 0 && i > 0) break;
    bytes = bytes.subspan(i + 1);
    return value;
  }
  return fail_corrupt("a filtered block has a number that does not end well");
}

}  // namespace npk::codec
