// A line is one vector. Two in lockstep hide the latency of the multiplications.
#if defined(__x86_64__)

#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"  // g++ 12 on its own _mm512_undefined_epi32, GCC PR 105593
#endif

#include <immintrin.h>

#include "synth/kernels.h"

namespace npk::synth::internal {
namespace {

struct Constants {
  __m512i first_factor, second_factor, twist;
};

__attribute__((target("avx512f,avx512dq"), always_inline)) inline __m512i mixed(__m512i x, const Constants& with) {
  x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 30));
  x = _mm512_xor_si512(_mm512_mullo_epi64(x, with.first_factor), with.twist);
  x = _mm512_xor_si512(x, _mm512_srli_epi64(x, 27));
  x = _mm512_mullo_epi64(x, with.second_factor);
  return _mm512_xor_si512(x, _mm512_srli_epi64(x, 31));
}

__attribute__((target("avx512f,avx512dq"))) __m512i every_lane(std::uint64_t value) { return _mm512_set1_epi64(static_cast<long long>(value)); }

}  // namespace

__attribute__((target("avx512f,avx512dq"))) void fill_avx512(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines) {
  lines_made().avx512 += lines;
  const Constants with{every_lane(kFirstFactor), every_lane(kSecondFactor), every_lane(key.twist)};
  const __m512i lane = _mm512_mullo_epi64(_mm512_set_epi64(7, 6, 5, 4, 3, 2, 1, 0), every_lane(kGamma));
  const __m512i step = every_lane(kLineWords * kGamma);
  __m512i even = _mm512_add_epi64(every_lane(key.base + first_line * kLineWords * kGamma), lane);
  __m512i odd = _mm512_add_epi64(even, step);
  const __m512i two_steps = _mm512_add_epi64(step, step);
  for (; lines >= 2; lines -= 2, out += 2 * kLineBytes) {
    _mm512_storeu_si512(out, mixed(even, with));
    _mm512_storeu_si512(out + kLineBytes, mixed(odd, with));
    even = _mm512_add_epi64(even, two_steps);
    odd = _mm512_add_epi64(odd, two_steps);
  }
  if (lines != 0) _mm512_storeu_si512(out, mixed(even, with));
}

}  // namespace npk::synth::internal

#endif
