#include "codec/filter/json/json_text_encode.h"

#include <algorithm>
#include <bit>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace npk::codec::json {
namespace {

constexpr std::size_t kStride = 16;

bool stops_string(std::uint8_t byte) { return byte == '"' || byte == '\\' || byte < 0x20; }

// The first byte that a string cannot just go on with.
std::size_t find_stop(ByteView text, std::size_t from) {
#if defined(__SSE2__)
  const __m128i quote = _mm_set1_epi8('"'), backslash = _mm_set1_epi8('\\'), control = _mm_set1_epi8(0x1F);
  for (; from + kStride <= text.size(); from += kStride) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
    const __m128i is_control = _mm_cmpeq_epi8(_mm_min_epu8(bytes, control), bytes);
    const __m128i stops = _mm_or_si128(is_control, _mm_or_si128(_mm_cmpeq_epi8(bytes, quote), _mm_cmpeq_epi8(bytes, backslash)));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(stops));
    if (mask != 0) return from + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  while (from < text.size() && !stops_string(text[from])) ++from;
  return from;
}

// What the quote at `at` speaks for: positive, that it opens a string; negative, that it closes one.
int judge(ByteView text, std::size_t at) {
  const auto is_any = [](std::uint8_t byte, std::string_view set) { return set.find(static_cast<char>(byte)) != std::string_view::npos; };
  std::size_t before = at, after = at + 1;
  while (before > 0 && kByteClasses[text[before - 1]] == ByteClass::space) --before;
  while (after < text.size() && kByteClasses[text[after]] == ByteClass::space) ++after;
  const bool may_open = before == 0 || is_any(text[before - 1], "{[,:");
  const bool may_close = after == text.size() || is_any(text[after], "}],:");
  return static_cast<int>(may_open) - static_cast<int>(may_close);
}

}  // namespace

std::size_t find_string_end(ByteView text, std::size_t from) {
  for (;;) {
    const std::size_t stop = find_stop(text, from);
    if (stop >= text.size() || text[stop] < 0x20) return kNoEnd;
    if (text[stop] == '"') return stop;
    from = std::min(stop + 2, text.size());
  }
}

std::size_t find_other(ByteView text, std::size_t from, std::uint8_t byte) {
#if defined(__SSE2__)
  const __m128i wanted = _mm_set1_epi8(static_cast<char>(byte));
  for (; from + kStride <= text.size(); from += kStride) {
    const __m128i bytes = _mm_loadu_si128(reinterpret_cast<const __m128i*>(text.data() + from));
    const auto mask = static_cast<unsigned>(_mm_movemask_epi8(_mm_cmpeq_epi8(bytes, wanted))) ^ 0xFFFFU;
    if (mask != 0) return from + static_cast<std::size_t>(std::countr_zero(mask));
  }
#endif
  while (from < text.size() && text[from] == byte) ++from;
  return from;
}

bool begins_in_string(ByteView text) {
  constexpr std::size_t kLookedAt = 4096;
  text = text.first(std::min(text.size(), kLookedAt));
  int score = 0, sign = 1;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == '\\') {
      ++at;
    } else if (text[at] == '"') {
      score += sign * judge(text, at);
      sign = -sign;
    }
  }
  return score < 0;
}

}  // namespace npk::codec::json
