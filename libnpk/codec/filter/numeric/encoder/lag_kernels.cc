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

[[gnu::always_inline]] inline std::uint32_t count_equal(const std::uint8_t* bytes, std::size_t count, std::size_t lag) {
  std::uint32_t equal = 0;
  for (std::size_t i = 0; i < count; ++i) equal += bytes[i] == *(bytes + i - lag) ? 1U : 0U;
  return equal;
}
std::uint32_t count_plainly(const std::uint8_t* bytes, std::size_t count, std::size_t lag) { return count_equal(bytes, count, lag); }

#if defined(__x86_64__)
[[gnu::target("avx2,popcnt")]] std::uint32_t count_avx2(const std::uint8_t* bytes, std::size_t count, std::size_t lag) {
  std::uint32_t equal = 0;
  std::size_t i = 0;
  for (; i + 32 <= count; i += 32) {
    const __m256i now = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i));
    const __m256i before = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(bytes + i - lag));
    equal += static_cast<std::uint32_t>(_mm_popcnt_u32(static_cast<std::uint32_t>(_mm256_movemask_epi8(_mm256_cmpeq_epi8(now, before)))));
  }
  return equal + count_equal(bytes + i, count - i, lag);
}

[[gnu::target("avx512f,avx512bw,popcnt")]] std::uint32_t count_avx512(const std::uint8_t* bytes, std::size_t count, std::size_t lag) {
  std::uint32_t equal = 0;
  std::size_t i = 0;
  for (; i + 64 <= count; i += 64) {
    const __mmask64 same = _mm512_cmpeq_epi8_mask(_mm512_loadu_si512(bytes + i), _mm512_loadu_si512(bytes + i - lag));
    equal += static_cast<std::uint32_t>(_mm_popcnt_u64(same));
  }
  return equal + count_equal(bytes + i, count - i, lag);
}

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

CountEqual equal_kernel([[maybe_unused]] std::string_view name) noexcept {
#if defined(__x86_64__)
  if (name == "avx512") return count_avx512;
  if (name == "avx2") return count_avx2;
#endif
  return count_plainly;
}

}  // namespace npk::codec::numeric
