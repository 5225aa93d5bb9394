// What takes the time of a linear prediction: sums of products to fit its weights by, and what it leaves. Plain and vectorised.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include "codec/filter/integers/page_reader.h"

namespace npk::codec::integers {

inline constexpr unsigned kFittedTaps = 12;
inline constexpr std::size_t kMostLinearDistance = 8;

using TapSums = std::array<double, kFittedTaps + 1>;

// sums[j]: the sum of page[i] * page[i - j * distance] for i below `count`, of integers of at most 16 bits: exact, in any order.
using SumProducts = void (*)(const double* page, std::size_t count, std::size_t distance, TapSums& sums);

// residuals[i]: what the weights leave of page[i], a number of `bits` (at most 16) bits, as a zigzag number of as many. All kFittedTaps count.
using TakeLinear = void (*)(const std::int32_t* page, std::size_t count, std::size_t distance, const LinearPrediction& linear, unsigned bits,
                            std::uint32_t* residuals);

// By the name of a SplitKernel; "plain" is the reference.
[[nodiscard]] SumProducts product_kernel(std::string_view name) noexcept;
[[nodiscard]] TakeLinear linear_kernel(std::string_view name) noexcept;

}  // namespace npk::codec::integers
