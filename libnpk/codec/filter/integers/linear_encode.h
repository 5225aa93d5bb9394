// Weights of a linear prediction that fit a page.
#pragma once

#include <span>

#include "codec/filter/integers/page_reader.h"

namespace npk::codec::integers {

inline constexpr unsigned kFittedTaps = 12;
inline constexpr std::size_t kMostLinearDistance = 8;

// Weights for numbers[from..end), of at most 24 bits each, from those `distance`, twice that, … before. taps is kFittedTaps, or 0 if there are
// none that help, or fewer numbers before.
// Deterministic: double arithmetic without contraction.
[[nodiscard]] LinearPrediction fit_linear(std::span<const std::int32_t> numbers, std::size_t from, std::size_t end, std::size_t distance);

}  // namespace npk::codec::integers
