// Weights of a linear prediction that fit a page.
#pragma once

#include <array>

#include "codec/filter/integers/linear_kernels_encode.h"

namespace npk::codec::integers {

// The numbers of a page, signed and of at most 24 bits, behind as many as any weight reaches.
class LinearPage {
 public:
  LinearPage(unsigned bits, std::size_t distance, std::size_t count) noexcept : bits_(bits), distance_(distance), count_(count) {}

  [[nodiscard]] std::size_t before() const noexcept { return kFittedTaps * distance_; }
  // Those before it first.
  [[nodiscard]] std::span<std::int32_t> numbers() noexcept { return std::span(numbers_).first(before() + count_); }

  // The weights of least squares, or no taps if there are none that help.
  // Deterministic: double arithmetic without contraction.
  [[nodiscard]] LinearPrediction fit() const;
  void take(const LinearPrediction& linear, std::span<std::uint32_t> residuals) const noexcept;

 private:
  [[nodiscard]] const std::int32_t* first() const noexcept { return numbers_.data() + before(); }

  unsigned bits_;
  std::size_t distance_;
  std::size_t count_;
  std::array<std::int32_t, kFittedTaps * kMostLinearDistance + kPageValues> numbers_;
};

}  // namespace npk::codec::integers
