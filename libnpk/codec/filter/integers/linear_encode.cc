#include "codec/filter/integers/linear_encode.h"

#include <algorithm>
#include <cmath>

#include "codec/filter/numeric/encoder/split_kernels.h"

namespace npk::codec::integers {
namespace {

constexpr unsigned kTaps = kFittedTaps;
static_assert(kTaps <= kMostTaps);
constexpr unsigned kLeastFittedShift = 4, kMostFittedShift = 14;

template <class Number>
using Products = std::array<std::array<Number, kTaps + 1>, kTaps + 1>;

// products[i][j]: the sum of page[t - i * distance] * page[t - j * distance] for t below `count`. The first row is given; the others follow from it
// but for the ends.
template <class Number>
Products<double> complete(Products<Number>& products, const Number* page, std::size_t count, std::size_t distance) {
  const Number* end = page + count;
  for (std::size_t i = 0; i < kTaps; ++i) {
    for (std::size_t j = i; j < kTaps; ++j) {
      Number sum = products[i][j];
      for (std::size_t back = 1; back <= distance; ++back) {
        sum += *(page - i * distance - back) * *(page - j * distance - back);
        sum -= *(end - i * distance - back) * *(end - j * distance - back);
      }
      products[i + 1][j + 1] = sum;
    }
  }
  Products<double> all{};
  for (std::size_t i = 0; i <= kTaps; ++i) {
    for (std::size_t j = i; j <= kTaps; ++j) all[i][j] = static_cast<double>(products[i][j]);
  }
  return all;
}

// Of numbers of 16 bits and fewer: all sums are below 2^53.
Products<double> products_of_short(std::span<const std::int32_t> numbers, std::size_t before, std::size_t distance) {
  std::array<double, kFittedTaps * kMostLinearDistance + kPageValues> reals;
  std::ranges::copy(numbers, reals.begin());
  const double* page = reals.data() + before;
  Products<double> products{};
  product_kernel(numeric::split_kernel().name)(page, numbers.size() - before, distance, products[0]);
  return complete(products, page, numbers.size() - before, distance);
}

Products<double> products_of(std::span<const std::int32_t> numbers, std::size_t before, std::size_t distance) {
  std::array<std::int64_t, kFittedTaps * kMostLinearDistance + kPageValues> integers;
  std::ranges::copy(numbers, integers.begin());
  const std::size_t count = numbers.size() - before;
  const std::int64_t* page = integers.data() + before;
  Products<std::int64_t> products{};
  for (std::size_t j = 0; j <= kTaps; ++j) {
    for (std::size_t i = 0; i < count; ++i) products[0][j] += page[i] * *(page + i - j * distance);
  }
  return complete(products, page, count, distance);
}

// The weights of least squares, by elimination; false if there are none.
bool solve(const Products<double>& products, std::array<double, kTaps>& weights) {
  std::array<std::array<double, kTaps + 1>, kTaps> rows;
  for (std::size_t i = 0; i < kTaps; ++i) {
    for (std::size_t j = 0; j < kTaps; ++j) rows[i][j] = products[std::min(i, j) + 1][std::max(i, j) + 1];
    rows[i][i] += rows[i][i] * 1e-9 + 1;
    rows[i][kTaps] = products[0][i + 1];
  }
  for (std::size_t pivot = 0; pivot < kTaps; ++pivot) {
    if (!(rows[pivot][pivot] > 0.25)) return false;
    for (std::size_t i = pivot + 1; i < kTaps; ++i) {
      const double share = rows[i][pivot] / rows[pivot][pivot];
      for (std::size_t j = pivot; j <= kTaps; ++j) rows[i][j] -= share * rows[pivot][j];
    }
  }
  for (std::size_t i = kTaps; i-- > 0;) {
    double rest = rows[i][kTaps];
    for (std::size_t j = i + 1; j < kTaps; ++j) rest -= rows[i][j] * weights[j];
    weights[i] = rest / rows[i][i];
  }
  return true;
}

// A weight's last bit is worth its place as long as rounding it adds more to what is left than the page has bits to say it in: where the weights
// leave a share r of the numbers' energy, until 4^shift exceeds 85 / r for a page of 1,024.
unsigned useful_shift(const Products<double>& products, const std::array<double, kTaps>& weights, std::size_t count) noexcept {
  const double energy = products[0][0];
  double left = energy + static_cast<double>(count) / 12;  // rounding's
  for (std::size_t i = 0; i < kTaps; ++i) left -= weights[i] * products[0][i + 1];
  const double most = energy / 12 * static_cast<double>(count) / std::max(left, 1.0);
  unsigned shift = kLeastFittedShift;
  while (shift < kMostFittedShift && static_cast<double>(std::uint64_t{1} << (2 * shift)) < most) ++shift;
  return shift;
}

}  // namespace

LinearPrediction LinearPage::fit() const {
  LinearPrediction linear;
  std::array<double, kTaps> weights{};
  const std::span numbers = std::span(numbers_).first(before() + count_);
  const Products<double> products = bits_ <= 16 ? products_of_short(numbers, before(), distance_) : products_of(numbers, before(), distance_);
  if (!solve(products, weights)) return linear;
  double most = 0;
  for (const double weight : weights) most = std::max(most, std::fabs(weight));
  if (!(most < 16)) return linear;
  linear.shift = useful_shift(products, weights, count_);
  while (most * static_cast<double>(1U << linear.shift) >= 32767) --linear.shift;
  linear.taps = kTaps;
  for (unsigned i = 0; i < kTaps; ++i)
    linear.weights[i] = static_cast<std::int16_t>(std::floor(weights[i] * static_cast<double>(1U << linear.shift) + 0.5));
  return linear;
}

void LinearPage::take(const LinearPrediction& linear, std::span<std::uint32_t> residuals) const noexcept {
  if (bits_ <= 16) return linear_kernel(numeric::split_kernel().name)(first(), count_, distance_, linear, bits_, residuals.data());
  const unsigned unused = 32 - bits_;
  for (std::size_t i = 0; i < count_; ++i) {
    const std::int32_t* at = first() + i;
    std::int64_t sum = 0;
    for (std::size_t tap = 0; tap < kTaps; ++tap) sum += linear.weights[tap] * std::int64_t{*(at - (tap + 1) * distance_)};
    const auto prediction = static_cast<std::uint32_t>(sum >> linear.shift);
    const std::int32_t left = static_cast<std::int32_t>((static_cast<std::uint32_t>(*at) - prediction) << unused) >> unused;
    residuals[i] = (static_cast<std::uint32_t>(left) << 1U ^ static_cast<std::uint32_t>(left >> 31)) & ~std::uint32_t{0} >> unused;
  }
}

}  // namespace npk::codec::integers
