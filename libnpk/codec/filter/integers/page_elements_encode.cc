#include "codec/filter/integers/page_elements_encode.h"

#include <algorithm>
#include <array>
#include <bit>

#include "codec/filter/integers/linear.h"
#include "codec/filter/integers/linear_encode.h"
#include "codec/filter/numeric/decimals.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::integers {

using numeric::ElementForm;

ByteView elements_of(const ElementForm& form, ByteView raw, FilterBytes& decimals) {
  if (!form.is_decimal) return raw;
  decimals.assign(raw.begin(), raw.end());
  numeric::decimal_kernel(numeric::split_kernel().name)(form, decimals.data(), raw.size() / form.width, decimals.data());
  return decimals;
}

void numbers_of(const ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers) {
  with_element(form, [&]<class E>() {
    const std::uint8_t* at = elements.data() + first * E::kWidth;
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = E::load(at + i * E::kWidth) >> E::kUnused;
  });
}

void page_residuals(const ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers) {
  std::array<std::uint8_t, kPageValues * 8> residuals;
  const numeric::TakeResiduals take = numeric::residual_kernel(numeric::split_kernel().name);
  const std::size_t end = first + numbers.size();
  std::size_t at = first;
  const auto take_to = [&](const ElementForm& as, std::size_t last) {
    if (at >= std::min(last, end)) return;
    take(as, elements.data(), at, std::min(last, end), residuals.data() + (at - first) * form.width);
    at = std::min(last, end);
  };
  if (form.has_distance() && first < elements_before(form)) {
    ElementForm near_front = form;
    near_front.predictor = numeric::Predictor::none;
    take_to(near_front, form.distance);
    near_front.predictor = form.predictor == numeric::Predictor::exclusive ? form.predictor : numeric::Predictor::left;
    take_to(near_front, elements_before(form));
  }
  take_to(form, end);
  numbers_of(form, residuals, 0, numbers);
}

bool may_be_linear(const ElementForm& form) noexcept {
  return form.width <= 3 && form.zigzag && !form.has_row() && !form.is_ranked && form.distance <= kMostLinearDistance;
}

namespace {

void load_signed(const ElementForm& form, const std::uint8_t* from, std::span<std::int32_t> numbers) {
  with_element(form, [&]<class E>() {
    if constexpr (E::kWidth < 4) {
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int32_t>(number_of<E>(E::load(from + i * E::kWidth)));
    }
  });
}

// The sum of the numbers of bits of values below 2^24, which are floats' exponents.
template <class Number>
std::uint64_t width_sum(std::span<const Number> values) noexcept {
  std::uint32_t sum = 0;
  for (const Number value : values) {
    const auto exponent = static_cast<std::int32_t>(std::bit_cast<std::uint32_t>(static_cast<float>(static_cast<std::int32_t>(value))) >> 23U);
    sum += static_cast<std::uint32_t>(std::max(exponent - 126, 0));
  }
  return sum;
}

}  // namespace

LinearPrediction better_linear(const ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> page) {
  if (first < (kFittedTaps + std::size_t{1}) * form.distance || page.size() < std::size_t{8} * kFittedTaps) return {};
  LinearPage numbers(8U * form.width, form.distance, page.size());
  load_signed(form, elements.data() + (first - numbers.before()) * form.width, numbers.numbers());
  const LinearPrediction linear = numbers.fit();
  if (linear.taps == 0) return {};
  std::array<std::uint32_t, kPageValues> residuals;
  const std::span found = std::span(residuals).first(page.size());
  numbers.take(linear, found);
  if (width_sum<std::uint32_t>(found) + 16U * (linear.taps + 1) >= width_sum<std::uint64_t>(page)) return {};
  std::ranges::copy(found, page.begin());
  return linear;
}

bool adapt(AdaptivePrediction& adaptive, const ElementForm& form, std::size_t first, std::span<std::uint64_t> page) {
  static constexpr std::size_t kLearningShare = 16;  // it begins without weights: so many numbers may lose a bit
  AdaptivePrediction tried = adaptive;
  std::array<std::uint64_t, kPageValues> residuals;
  const std::span found = std::span(residuals).first(page.size());
  std::ranges::copy(page, found.begin());
  tried.take_from(8U * form.width, form.distance, first, found);
  if (width_sum<std::uint64_t>(found) > width_sum<std::uint64_t>(page) + page.size() / kLearningShare) return false;
  std::ranges::copy(found, page.begin());
  adaptive = tried;
  return true;
}

}  // namespace npk::codec::integers
