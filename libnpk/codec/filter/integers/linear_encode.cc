#include "codec/filter/integers/linear_encode.h"

#include <algorithm>
#include <cmath>

namespace npk::codec::integers {
namespace {

constexpr unsigned kTaps = kFittedTaps;
static_assert(kTaps <= kMostTaps);
constexpr unsigned kLeastFittedShift = 4, kMostFittedShift = 14;

using Products = std::array<std::array<std::int64_t, kTaps + 1>, kTaps + 1>;

// products[i][j]: the sum of numbers[t - i * distance] * numbers[t - j * distance] for t in from..end. The first row is summed; the others
// follow from it but for the ends.
Products products_of(std::span<const std::int32_t> numbers, std::size_t from, std::size_t end, std::size_t distance) {
  Products products{};
  for (std::size_t j = 0; j <= kTaps; ++j) {
    const std::int32_t *a = numbers.data() + from, *b = a - j * distance;
    std::int64_t sum = 0;
    for (std::size_t i = 0; i < end - from; ++i) sum += std::int64_t{a[i]} * b[i];
    products[0][j] = sum;
  }
  for (std::size_t i = 0; i < kTaps; ++i) {
    for (std::size_t j = i; j < kTaps; ++j) {
      std::int64_t sum = products[i][j];
      for (std::size_t back = 1; back <= distance; ++back) {
        sum += std::int64_t{numbers[from - i * distance - back]} * numbers[from - j * distance - back];
        sum -= std::int64_t{numbers[end - i * distance - back]} * numbers[end - j * distance - back];
      }
      products[i + 1][j + 1] = sum;
    }
  }
  return products;
}

// The weights of least squares, by elimination; false if there are none.
bool solve(const Products& products, std::array<double, kTaps>& weights) {
  std::array<std::array<double, kTaps + 1>, kTaps> rows;
  for (std::size_t i = 0; i < kTaps; ++i) {
    for (std::size_t j = 0; j < kTaps; ++j) rows[i][j] = static_cast<double>(products[std::min(i, j) + 1][std::max(i, j) + 1]);
    rows[i][i] += rows[i][i] * 1e-9 + 1;
    rows[i][kTaps] = static_cast<double>(products[0][i + 1]);
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
unsigned useful_shift(const Products& products, const std::array<double, kTaps>& weights, std::size_t count) noexcept {
  const auto energy = static_cast<double>(products[0][0]);
  double left = energy + static_cast<double>(count) / 12;  // rounding's
  for (std::size_t i = 0; i < kTaps; ++i) left -= weights[i] * static_cast<double>(products[0][i + 1]);
  const double most = energy / 12 * static_cast<double>(count) / std::max(left, 1.0);
  unsigned shift = kLeastFittedShift;
  while (shift < kMostFittedShift && static_cast<double>(std::uint64_t{1} << (2 * shift)) < most) ++shift;
  return shift;
}

}  // namespace

LinearPrediction fit_linear(std::span<const std::int32_t> numbers, std::size_t from, std::size_t end, std::size_t distance) {
  LinearPrediction linear;
  std::array<double, kTaps> weights{};
  if (from < (kTaps + 1) * distance || end - from < 8U * kTaps) return linear;
  const Products products = products_of(numbers, from, end, distance);
  if (!solve(products, weights)) return linear;
  double most = 0;
  for (const double weight : weights) most = std::max(most, std::fabs(weight));
  if (!(most < 16)) return linear;
  linear.shift = useful_shift(products, weights, end - from);
  while (most * static_cast<double>(1U << linear.shift) >= 32767) --linear.shift;
  linear.taps = kTaps;
  for (unsigned i = 0; i < kTaps; ++i)
    linear.weights[i] = static_cast<std::int16_t>(std::floor(weights[i] * static_cast<double>(1U << linear.shift) + 0.5));
  return linear;
}

}  // namespace npk::codec::integers
