#include "codec/filter/integers/page_elements_encode.h"

#include <bit>

#include "codec/filter/integers/linear.h"
#include "codec/filter/integers/linear_encode.h"
#include "codec/filter/numeric/encoder/residuals.h"
#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::integers {

using numeric::ElementForm;

FilterBytes elements_of(const ElementForm& form, ByteView raw) {
  ElementForm plain = form;
  plain.predictor = numeric::Predictor::none;
  plain.layout = numeric::Layout::together;
  return residuals_of(plain, raw);
}

FilterBytes residuals_of(const ElementForm& form, ByteView elements) {
  ElementForm together = form;
  together.layout = numeric::Layout::together;
  together.lead = 0;
  FilterBytes residuals(elements.size());
  numeric::SegmentEncoder().apply(together, elements, residuals);
  return residuals;
}

void numbers_of(const ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers) {
  with_element(form, [&]<class E>() {
    const std::uint8_t* at = elements.data() + first * E::kWidth;
    for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = E::load(at + i * E::kWidth) >> E::kUnused;
  });
}

void page_residuals(const ElementForm& form, ByteView elements, std::size_t first, std::span<std::uint64_t> numbers) {
  const std::size_t before = std::min(first, elements_before(form));
  if (before < elements_before(form)) return numbers_of(form, residuals_of(form, elements.first((first + numbers.size()) * form.width)), first, numbers);
  std::array<std::uint8_t, kPageValues * 8> residuals;
  numeric::residual_kernel(numeric::split_kernel().name)(form, elements.data(), first, first + numbers.size(), residuals.data());
  numbers_of(form, residuals, 0, numbers);
}

bool may_be_linear(const ElementForm& form) noexcept {
  return form.width <= 3 && form.zigzag && !form.has_row() && !form.is_ranked && form.distance <= kMostLinearDistance;
}

FilterVector<std::int32_t> signed_numbers_of(const ElementForm& form, ByteView elements) {
  FilterVector<std::int32_t> numbers(elements.size() / form.width);
  with_element(form, [&]<class E>() {
    if constexpr (E::kWidth < 4) {
      for (std::size_t i = 0; i < numbers.size(); ++i) numbers[i] = static_cast<std::int32_t>(number_of<E>(E::load(elements.data() + i * E::kWidth)));
    }
  });
  return numbers;
}

namespace {

void linear_residuals(const ElementForm& form, ByteView elements, const LinearPrediction& linear, std::size_t first, std::span<std::uint64_t> residuals) {
  const std::size_t left = std::size_t{form.distance} * form.width;
  with_element(form, [&]<class E>() {
    if constexpr (E::kWidth < 4) {
      const LinearPrediction weights = linear;
      for (std::size_t i = 0; i < residuals.size(); ++i) {
        const std::uint8_t* at = elements.data() + (first + i) * E::kWidth;
        const auto prediction = predict_linearly<E, kFittedTaps>(weights, at, left);
        residuals[i] = E::zigzag(static_cast<typename E::Number>(E::load(at) - prediction)) >> E::kUnused;
      }
    }
  });
}

std::uint64_t width_sum(std::span<const std::uint64_t> values) noexcept {
  std::uint64_t sum = 0;
  for (const std::uint64_t value : values) sum += static_cast<std::uint64_t>(std::bit_width(value));
  return sum;
}

}  // namespace

LinearPrediction better_linear(const ElementForm& form, ByteView elements, std::span<const std::int32_t> numbers, std::size_t first,
                               std::span<std::uint64_t> page) {
  const LinearPrediction linear = fit_linear(numbers, first, first + page.size(), form.distance);
  if (linear.taps == 0) return {};
  std::array<std::uint64_t, kPageValues> residuals;
  const std::span found = std::span(residuals).first(page.size());
  linear_residuals(form, elements, linear, first, found);
  if (width_sum(found) + 16U * (linear.taps + 1) >= width_sum(page)) return {};
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
  if (width_sum(found) > width_sum(page) + page.size() / kLearningShare) return false;
  std::ranges::copy(found, page.begin());
  adaptive = tried;
  return true;
}

}  // namespace npk::codec::integers
