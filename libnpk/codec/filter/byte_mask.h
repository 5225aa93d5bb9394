// Which of 64 bytes are a certain one, as bits: the bytes that end values are found for many values at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace npk::codec {

inline constexpr std::size_t kMaskBytes = 64;

#if defined(__SSE2__)
[[nodiscard]] inline std::uint64_t mask_of_equal(const std::uint8_t* bytes, std::uint8_t wanted) noexcept {
  const __m128i all = _mm_set1_epi8(static_cast<char>(wanted));
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < 4; ++i) {
    const __m128i equal = _mm_cmpeq_epi8(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + 16 * std::size_t{i})), all);
    mask |= static_cast<std::uint64_t>(static_cast<std::uint32_t>(_mm_movemask_epi8(equal))) << (16 * i);
  }
  return mask;
}
#else
[[nodiscard]] inline std::uint64_t mask_of_equal(const std::uint8_t* bytes, std::uint8_t wanted) noexcept {
  std::uint64_t mask = 0;
  for (unsigned i = 0; i < kMaskBytes; ++i) mask |= std::uint64_t{bytes[i] == wanted ? 1U : 0U} << i;
  return mask;
}
#endif

}  // namespace npk::codec
