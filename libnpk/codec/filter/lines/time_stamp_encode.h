// Recognises how logs write times, so that one is one token.
#pragma once

#include "npk/bytes.h"

namespace npk::codec {

// Whether there are punctuation marks where a time stamp that begins like `text` has them: seldom so where there is none.
[[nodiscard]] inline bool has_time_stamp_marks(ByteView text) noexcept {
  if (text.size() < 8) return false;
  if (text[0] > '9') return text.size() >= 15 && text[3] == ' ' && text[9] == ':';
  return text[2] == ':' || (text.size() >= 19 && (text[4] == '-' || text[4] == '/' || text[2] == '/'));
}
// The length of the time stamp at the front of `text`, which has its marks; 0 if there is none.
[[nodiscard]] std::size_t time_stamp_length(ByteView text) noexcept;

}  // namespace npk::codec
