// A line is two vectors. AVX2 multiplies 32 bits by 32 only: the low 64 bits of a product are put together of three.
#if defined(__x86_64__)

#include <immintrin.h>

#include "synth/kernels.h"

namespace npk::synth::internal {
namespace {

struct Factor {
  __m256i whole, high;  // high: the upper halves, moved down
};

__attribute__((target("avx2"), always_inline)) inline __m256i every_lane(std::uint64_t value) {
  return _mm256_set1_epi64x(static_cast<long long>(value));
}

__attribute__((target("avx2"), always_inline)) inline __m256i product(__m256i x, const Factor& factor) {
  const __m256i crossed = _mm256_add_epi64(_mm256_mul_epu32(_mm256_srli_epi64(x, 32), factor.whole), _mm256_mul_epu32(x, factor.high));
  return _mm256_add_epi64(_mm256_mul_epu32(x, factor.whole), _mm256_slli_epi64(crossed, 32));
}

struct Constants {
  Factor first, second;
  __m256i twist;
};

__attribute__((target("avx2"), always_inline)) inline __m256i mixed(__m256i x, const Constants& with) {
  x = _mm256_xor_si256(x, _mm256_srli_epi64(x, 30));
  x = _mm256_xor_si256(product(x, with.first), with.twist);
  x = _mm256_xor_si256(x, _mm256_srli_epi64(x, 27));
  x = product(x, with.second);
  return _mm256_xor_si256(x, _mm256_srli_epi64(x, 31));
}

}  // namespace

__attribute__((target("avx2"))) void fill_avx2(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines) {
  lines_made().avx2 += lines;
  const Constants with{{every_lane(kFirstFactor), every_lane(kFirstFactor >> 32)},
                       {every_lane(kSecondFactor), every_lane(kSecondFactor >> 32)},
                       every_lane(key.twist)};
  const auto lane = [](std::uint64_t number) { return static_cast<long long>(number * kGamma); };
  __m256i lower = _mm256_add_epi64(every_lane(key.base + first_line * kLineWords * kGamma), _mm256_set_epi64x(lane(3), lane(2), lane(1), lane(0)));
  __m256i upper = _mm256_add_epi64(lower, every_lane(4 * kGamma));
  const __m256i step = every_lane(kLineWords * kGamma);
  for (; lines != 0; --lines, out += kLineBytes) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out), mixed(lower, with));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + kLineBytes / 2), mixed(upper, with));
    lower = _mm256_add_epi64(lower, step);
    upper = _mm256_add_epi64(upper, step);
  }
}

}  // namespace npk::synth::internal

#endif
