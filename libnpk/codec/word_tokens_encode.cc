#include "codec/word_tokens_encode.h"

#include <algorithm>

#include "codec/word_filter_format.h"

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace npk::codec::words {
namespace {

constexpr std::size_t kLane = 64;

// Of 64 bytes.
struct Classes {
  std::uint64_t words = 0, spaces = 0, underscores = 0, unusual = 0;
};

#if defined(__SSE2__)
__m128i any_of(__m128i bytes, char first, char second) {
  return _mm_or_si128(_mm_cmpeq_epi8(bytes, _mm_set1_epi8(first)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(second)));
}

// first <= byte <= last, as signed numbers.
__m128i in_range(__m128i bytes, char first, char last) {
  return _mm_and_si128(_mm_cmpgt_epi8(bytes, _mm_set1_epi8(static_cast<char>(first - 1))), _mm_cmplt_epi8(bytes, _mm_set1_epi8(static_cast<char>(last + 1))));
}

std::uint64_t bits_of(__m128i bytes, unsigned lane) { return std::uint64_t{static_cast<std::uint32_t>(_mm_movemask_epi8(bytes))} << 16 * lane; }

Classes classify(const std::uint8_t* from) {
  Classes classes;
  for (unsigned lane = 0; lane < 4; ++lane) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(from + 16 * std::size_t{lane}));
    const __m128i upper = _mm_cmplt_epi8(bytes, _mm_setzero_si128());
    const __m128i underscore = _mm_cmpeq_epi8(bytes, _mm_set1_epi8('_'));
    const __m128i letter = in_range(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), 'a', 'z');
    const __m128i space = _mm_or_si128(any_of(bytes, ' ', '\t'), any_of(bytes, '\n', '\r'));
    const __m128i low = _mm_or_si128(_mm_cmplt_epi8(bytes, _mm_set1_epi8(0x20)), _mm_cmpeq_epi8(bytes, _mm_set1_epi8(0x7F)));  // the upper half, too
    classes.words |= bits_of(_mm_or_si128(_mm_or_si128(letter, in_range(bytes, '0', '9')), _mm_or_si128(underscore, upper)), lane);
    classes.spaces |= bits_of(space, lane);
    classes.underscores |= bits_of(underscore, lane);
    classes.unusual |= bits_of(_mm_andnot_si128(space, low), lane);
  }
  return classes;
}
#else
Classes classify(const std::uint8_t* from) {
  Classes classes;
  for (unsigned i = 0; i < kLane; ++i) {
    const std::uint64_t bit = std::uint64_t{1} << i;
    const std::uint8_t byte = from[i];
    classes.words |= kIsWordByte[byte] ? bit : 0;
    classes.spaces |= is_space(byte) ? bit : 0;
    classes.underscores |= byte == '_' ? bit : 0;
    classes.unusual |= !is_space(byte) && (byte < 0x20 || byte >= 0x7F) ? bit : 0;
  }
  return classes;
}
#endif

}  // namespace

void TokenMasks::fill(ByteView bytes) {
  const std::size_t lanes = bytes.size() / kLane + 1;
  std::uint64_t word_before = 0, space_before = 0, underscore_before = 0;
  for (std::size_t lane = 0; lane < lanes; ++lane) {
    std::array<std::uint8_t, kLane> rest{};
    const std::uint8_t* from = bytes.data() + lane * kLane;
    if (lane + 1 == lanes) std::ranges::copy(bytes.subspan(lane * kLane), rest.begin()), from = rest.data();
    const Classes at = classify(from);
    starts_[lane] = at.words ^ (at.words << 1 | word_before);
    part_starts_[lane] = (at.underscores & ~(at.underscores << 1 | underscore_before)) | (~at.words & (at.spaces ^ (at.spaces << 1 | space_before)));
    unusual_[lane] = at.unusual;
    word_before = at.words >> 63, space_before = at.spaces >> 63, underscore_before = at.underscores >> 63;
  }
  starts_[0] |= 1;
  const std::uint64_t known = (std::uint64_t{1} << bytes.size() % kLane) - 1;
  starts_[lanes - 1] |= ~known;
  part_starts_[lanes - 1] &= known;
  unusual_[lanes - 1] &= known;  // the rest there are zeros
  for (std::size_t lane = lanes; lane < lanes + 2; ++lane) starts_[lane] = UINT64_MAX, part_starts_[lane] = unusual_[lane] = 0;
}

std::size_t TokenMasks::token_end(std::size_t at) const noexcept {
  for (++at;; at += 64) {
    const std::uint64_t next = starts(at);
    if (next != 0) return at + static_cast<std::size_t>(std::countr_zero(next));
  }
}

}  // namespace npk::codec::words
