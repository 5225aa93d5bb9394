// A filtered payload that consists of several byte strings, and how structural filters take one apart (spec section 5.1).
#pragma once

#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

inline constexpr std::size_t kMaxParts = 1U << 16;

// varint count, varint length of each, then their bytes one behind another. Errc::corrupt unless the parts are exactly what is there.
// The views are of `filtered`.
[[nodiscard]] Result<std::vector<ByteView>> split_parts(ByteView filtered);

}  // namespace npk::codec
