// What bytes would take behind a compressor, guessed from a sample: matches of 4 bytes and more, and the entropy of the rest. Integers only.
#pragma once

#include <array>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::numeric {

inline constexpr std::size_t kMaxCostedBytes = 16384;
using Histogram = std::array<std::uint16_t, 256>;

// 256ths of a bit that the bytes counted take, with what a small sample hides added. At most kMaxCostedBytes.
[[nodiscard]] std::uint64_t entropy_cost(const Histogram& counts) noexcept;
// The entropy of every `period`-th byte by itself.
[[nodiscard]] std::uint64_t plane_cost(ByteView bytes, std::size_t period) noexcept;
// With matches; each of `parts` equal parts of the bytes has statistics of its own. Where it is over the limit, anything from there on.
[[nodiscard]] std::uint64_t match_cost(ByteView bytes, std::size_t parts, std::uint64_t limit = ~std::uint64_t{0}) noexcept;

}  // namespace npk::codec::numeric
