#include "codec/filter/integers/linear_kernels_encode.h"

#include <cstring>

namespace npk::codec::integers {
namespace {

void sum_plainly(const double* page, std::size_t count, std::size_t distance, TapSums& sums) {
  for (std::size_t j = 0; j < sums.size(); ++j) {
    sums[j] = 0;
    for (std::size_t i = 0; i < count; ++i) sums[j] += page[i] * *(page + i - j * distance);
  }
}

// A sum of products modulo 2^32 is enough: of it, bits shift to shift + 15 count, and shift is at most 15.
[[gnu::always_inline]] inline void take_range(const std::int32_t* __restrict page, std::size_t count, std::size_t distance, const LinearPrediction& linear,
                                              unsigned bits, std::uint32_t* __restrict residuals) noexcept {
  std::array<std::uint32_t, kFittedTaps> weights;
  for (std::size_t tap = 0; tap < kFittedTaps; ++tap) weights[tap] = static_cast<std::uint32_t>(std::int32_t{linear.weights[tap]});
  const unsigned shift = linear.shift, unused = 32 - bits;
  const std::uint32_t mask = ~std::uint32_t{0} >> unused;
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t sum = 0;
#pragma GCC unroll 12
    for (std::size_t tap = 0; tap < kFittedTaps; ++tap) sum += weights[tap] * static_cast<std::uint32_t>(*(page + i - (tap + 1) * distance));
    const auto prediction = static_cast<std::uint32_t>(static_cast<std::int32_t>(sum) >> shift);
    const std::int32_t left = static_cast<std::int32_t>((static_cast<std::uint32_t>(page[i]) - prediction) << unused) >> unused;
    residuals[i] = (static_cast<std::uint32_t>(left) << 1U ^ static_cast<std::uint32_t>(left >> 31)) & mask;
  }
}

void take_plainly(const std::int32_t* page, std::size_t count, std::size_t distance, const LinearPrediction& linear, unsigned bits, std::uint32_t* residuals) {
  take_range(page, count, distance, linear, bits, residuals);
}

#if defined(__x86_64__)
template <std::size_t kBytes>
struct Doubles {
  typedef double Vector __attribute__((vector_size(kBytes)));
};

template <std::size_t kBytes>
[[gnu::always_inline]] inline void sum_vectors(const double* page, std::size_t count, std::size_t distance, TapSums& sums) noexcept {
  using Vector = typename Doubles<kBytes>::Vector;
  constexpr std::size_t kLanes = kBytes / sizeof(double);
  Vector totals[kFittedTaps + 1] = {};
  std::size_t i = 0;
  for (; i + kLanes <= count; i += kLanes) {
    Vector now;
    std::memcpy(&now, page + i, kBytes);
#pragma GCC unroll 13
    for (std::size_t j = 0; j <= kFittedTaps; ++j) {
      Vector before;
      std::memcpy(&before, page + i - j * distance, kBytes);
      totals[j] += now * before;
    }
  }
  for (std::size_t j = 0; j <= kFittedTaps; ++j) {
    sums[j] = 0;
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[j] += totals[j][lane];
    for (std::size_t at = i; at < count; ++at) sums[j] += page[at] * *(page + at - j * distance);
  }
}

[[gnu::target("avx2,fma")]] void sum_avx2(const double* page, std::size_t count, std::size_t distance, TapSums& sums) {
  sum_vectors<32>(page, count, distance, sums);
}
[[gnu::target("avx512f")]] void sum_avx512(const double* page, std::size_t count, std::size_t distance, TapSums& sums) {
  sum_vectors<64>(page, count, distance, sums);
}
[[gnu::target("avx2")]] void take_avx2(const std::int32_t* page, std::size_t count, std::size_t distance, const LinearPrediction& linear, unsigned bits,
                                       std::uint32_t* residuals) {
  take_range(page, count, distance, linear, bits, residuals);
}
[[gnu::target("avx512f,avx512bw,avx512vl,avx512dq")]] void take_avx512(const std::int32_t* page, std::size_t count, std::size_t distance,
                                                                       const LinearPrediction& linear, unsigned bits, std::uint32_t* residuals) {
  take_range(page, count, distance, linear, bits, residuals);
}
#endif

}  // namespace

SumProducts product_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return sum_avx512;
  if (name == "avx2") return sum_avx2;
#endif
  return sum_plainly;
}

TakeLinear linear_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return take_avx512;
  if (name == "avx2") return take_avx2;
#endif
  return take_plainly;
}

}  // namespace npk::codec::integers
