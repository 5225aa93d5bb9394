// Recognises how logs write times, so that one is one token.
#pragma once

#include "npk/bytes.h"

namespace npk::codec {

// The length of the time stamp at the front of `text`; 0 if there is none.
[[nodiscard]] std::size_t time_stamp_length(ByteView text) noexcept;

}  // namespace npk::codec
