// Writing again what may be there already.
#pragma once

#include <cstdint>
#include <string_view>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::io {

// After it the file has `bytes` at `offset`; where it has them already nothing is written. What lies behind `old_end`
// counts as not there. Returns how many bytes were.
[[nodiscard]] Result<std::uint64_t> overwrite_at(int fd, std::uint64_t offset, ByteView bytes, std::uint64_t old_end,
                                                 std::string_view name);

}  // namespace npk::io
