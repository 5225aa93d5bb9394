// How much parity a range gets, and how it is laid out: by its length and the wanted percentage alone.
#pragma once

#include "npk/format/parity.h"

namespace npk::parity {

inline constexpr unsigned kMaxPercent = 90;

// Fills in the shape of `layout` (shards, stripes, groups) and protected_end; its range is set. A burst of up to
// `percent` (1 to kMaxPercent) of the bytes from begin to protected_end then costs no stripe more than its parity
// shards, wherever it lies. One group of stripes takes under 20 MiB, with shards of 64 KiB at most and 4 stripes of that size.
void choose_layout(format::ParityLayout& layout, unsigned percent, std::uint64_t trailer_frame_bytes);

// Bytes of a burst that `layout` bears wherever it lies.
[[nodiscard]] std::uint64_t longest_burst(const format::ParityLayout& layout) noexcept;

}  // namespace npk::parity
