// Counterpart of parts.h.
#pragma once

#include <optional>
#include <span>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

namespace npk::codec {

// The length written to the front of `out`; nothing if the parts do not fit, or are more than kMaxParts.
[[nodiscard]] std::optional<std::size_t> join_parts(std::span<const FilterBytes> parts, MutableBytes out);

}  // namespace npk::codec
