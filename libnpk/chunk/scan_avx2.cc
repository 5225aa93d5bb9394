// Four lanes of 64 bits to a vector, four vectors side by side; the table is read by gathers.
#if defined(__x86_64__)

#include <immintrin.h>

#include "chunk/lanes.h"

namespace npk::chunk {
namespace {

constexpr std::size_t kWidth = 4;
constexpr std::size_t kVectors = 4;
using WideLanes = Lanes<kWidth * kVectors>;

__attribute__((target("avx2"))) void record_hits(WideLanes& lanes, std::size_t first_lane, std::size_t group,
                                                 unsigned hits, __m256i before) {
  std::array<std::uint64_t, kWidth> hashes;
  _mm256_storeu_si256(reinterpret_cast<__m256i*>(hashes.data()), before);
  for (; hits != 0; hits &= hits - 1) {
    const auto lane = static_cast<std::size_t>(std::countr_zero(hits));
    lanes.record_group(first_lane + lane, group, hashes[lane]);
  }
}

}  // namespace

__attribute__((target("avx2"))) void scan_avx2(const ScanRule& rule, std::uint64_t hash, ByteView slice,
                                               std::vector<Candidate>& out) {
  if (slice.size() < WideLanes::kWorthwhileBytes) return scan_serial(rule, hash, slice, 0, out);
  WideLanes lanes(rule, hash, slice);
  const __m128i loose_shift = _mm_cvtsi32_si128(rule.loose_shift());
  const __m256i byte_mask = _mm256_set1_epi64x(0xFF);
  const auto* table = reinterpret_cast<const long long*>(rule.table.data());
  __m256i starts[kVectors];
  __m256i hashes[kVectors];
  for (std::size_t v = 0; v < kVectors; ++v) {
    std::array<std::uint64_t, kWidth> offsets;
    for (std::size_t lane = 0; lane < kWidth; ++lane) offsets[lane] = lanes.start(v * kWidth + lane);
    starts[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(offsets.data()));
    hashes[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(lanes.hashes().data() + v * kWidth));
  }
  for (std::size_t group = 0; group < lanes.stretch(); group += kGroupBytes) {
    for (std::size_t v = 0; v < kVectors; ++v) {
      const __m256i before = hashes[v];
      __m256i bytes = _mm256_i64gather_epi64(reinterpret_cast<const long long*>(slice.data() + group), starts[v], 1);
      __m256i hits = _mm256_setzero_si256();
      for (std::size_t i = 0; i < kGroupBytes; ++i) {
        const __m256i gear = _mm256_i64gather_epi64(table, _mm256_and_si256(bytes, byte_mask), 8);
        bytes = _mm256_srli_epi64(bytes, 8);
        hashes[v] = _mm256_add_epi64(_mm256_add_epi64(hashes[v], hashes[v]), gear);
        const __m256i high_bits = _mm256_srl_epi64(hashes[v], loose_shift);
        hits = _mm256_or_si256(hits, _mm256_cmpeq_epi64(high_bits, _mm256_setzero_si256()));
      }
      const auto mask = static_cast<unsigned>(_mm256_movemask_pd(_mm256_castsi256_pd(hits)));
      if (mask != 0) [[unlikely]] record_hits(lanes, v * kWidth, group, mask, before);
    }
  }
  for (std::size_t v = 0; v < kVectors; ++v) {
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(lanes.hashes().data() + v * kWidth), hashes[v]);
  }
  lanes.finish(out);
}

}  // namespace npk::chunk

#endif
