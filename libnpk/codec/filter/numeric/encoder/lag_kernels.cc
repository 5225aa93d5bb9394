#include "codec/filter/numeric/encoder/lag_kernels.h"

#if defined(__x86_64__)
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 on its own _mm512_undefined_epi32, GCC PR 105593
#endif
#include <immintrin.h>
#endif

namespace npk::codec::numeric {
namespace {

std::uint32_t sum_plainly(const std::uint8_t* bytes, std::size_t lag) {
  std::uint32_t sum = 0;
  for (std::size_t i = 0; i < kComparedBytes; ++i) {
    const auto difference = static_cast<std::int8_t>(bytes[i] - *(bytes + i - lag));
    sum += static_cast<std::uint32_t>(difference < 0 ? -difference : difference);
  }
  return sum;
}

#if defined(__x86_64__)
[[gnu::target("avx2")]] std::uint32_t sum_avx2(const std::uint8_t* bytes, std::size_t lag) {
  __m256i sums = _mm256_setzero_si256();
  for (std::size_t i = 0; i < kComparedBytes; i += 32) {
    const __m256i now = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i));
    const __m256i before = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i - lag));
    sums = _mm256_add_epi64(sums, _mm256_sad_epu8(_mm256_abs_epi8(_mm256_sub_epi8(now, before)), _mm256_setzero_si256()));
  }
  alignas(32) std::uint64_t lanes[4];
  _mm256_store_si256(reinterpret_cast<__m256i*>(lanes), sums);
  return static_cast<std::uint32_t>(lanes[0] + lanes[1] + lanes[2] + lanes[3]);
}

[[gnu::target("avx512f,avx512bw")]] std::uint32_t sum_avx512(const std::uint8_t* bytes, std::size_t lag) {
  __m512i sums = _mm512_setzero_si512();
  for (std::size_t i = 0; i < kComparedBytes; i += 64) {
    const __m512i difference = _mm512_sub_epi8(_mm512_loadu_si512(bytes + i), _mm512_loadu_si512(bytes + i - lag));
    sums = _mm512_add_epi64(sums, _mm512_sad_epu8(_mm512_abs_epi8(difference), _mm512_setzero_si512()));
  }
  alignas(64) std::uint64_t lanes[8];
  _mm512_store_si512(lanes, sums);
  std::uint64_t sum = 0;
  for (const std::uint64_t lane : lanes) sum += lane;
  return static_cast<std::uint32_t>(sum);
}
#endif

}  // namespace

SumDifferences lag_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return sum_avx512;
  if (name == "avx2") return sum_avx2;
#endif
  return sum_plainly;
}

}  // namespace npk::codec::numeric
