// Counterpart of parts.h.
#pragma once

#include <optional>
#include <span>

#include "npk/bytes.h"

namespace npk::codec {

// The length written to the front of `out`; nothing if the parts do not fit, or are more than kMaxParts.
[[nodiscard]] std::optional<std::size_t> join_parts(std::span<const Bytes> parts, MutableBytes out);

}  // namespace npk::codec
