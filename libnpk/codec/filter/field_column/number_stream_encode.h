// Counterpart of number_stream.h.
#pragma once

#include <span>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/field_column/number_stream.h"

namespace npk::codec {

// The layout that costs least for `numbers`, or for some of them from the middle if they are many. Its width is that of no use to the caller.
[[nodiscard]] NumberLayout choose_layout(std::span<const std::uint64_t> numbers, CompressedCost& cost);

// Appends the part that NumberStream reads `numbers` (at least one) from. The layout's width is made what they need.
void append_numbers(FilterVector<std::uint64_t> numbers, NumberLayout layout, FilterBytes& part);

}  // namespace npk::codec
