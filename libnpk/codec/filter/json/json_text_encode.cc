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

#if defined(__SSE2__)
// Of 16 bytes, a bit for each of a kind.
class Lane {
 public:
  explicit Lane(const std::uint8_t* bytes) : bytes_(_mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes))) {}

  [[nodiscard]] unsigned commas() const { return bits(are(',')); }
  [[nodiscard]] unsigned brackets_and_strings() const { return bits(stops()); }
  [[nodiscard]] unsigned others_than_words() const {
    const __m128i spaces = _mm_or_si128(_mm_or_si128(are(' '), are('\t')), _mm_or_si128(are('\n'), are('\r')));
    return bits(_mm_or_si128(_mm_or_si128(stops(), are(',')), spaces));
  }

 private:
  [[nodiscard]] __m128i are(char byte) const { return _mm_cmpeq_epi8(bytes_, _mm_set1_epi8(byte)); }
  [[nodiscard]] __m128i stops() const {
    const __m128i as_braces = _mm_or_si128(bytes_, _mm_set1_epi8(0x20));  // square brackets, too
    const __m128i brackets = _mm_or_si128(_mm_cmpeq_epi8(as_braces, _mm_set1_epi8('{')), _mm_cmpeq_epi8(as_braces, _mm_set1_epi8('}')));
    return _mm_or_si128(brackets, _mm_or_si128(are(':'), are('"')));
  }
  static unsigned bits(__m128i mask) { return static_cast<unsigned>(_mm_movemask_epi8(mask)); }

  __m128i bytes_;
};
#endif

// vector_length, where it takes more than a few bytes.
std::uint8_t long_vector_length(ByteView text, std::size_t from) {
  constexpr std::size_t kLookedAt = 100;  // without white space
  std::uint8_t count = 1;
  for (std::size_t looked = 0; from < text.size() && looked < kLookedAt; ++from) {
    switch (kByteClasses[text[from]]) {
      case ByteClass::space:
        from = find_space_end(text, from) - 1;
        break;
      case ByteClass::comma:
        if (++count > kLongestVector) return 0;
        [[fallthrough]];
      case ByteClass::word: ++looked; break;
      case ByteClass::close: return text[from] == ']' && count > 1 ? count : std::uint8_t{0};
      default: return 0;
    }
  }
  return 0;
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

std::size_t find_word_end(ByteView text, std::size_t from) {
#if defined(__SSE2__)
  for (; from + kStride <= text.size(); from += kStride) {
    const unsigned others = Lane(text.data() + from).others_than_words();
    if (others != 0) return from + static_cast<std::size_t>(std::countr_zero(others));
  }
#endif
  while (from < text.size() && kByteClasses[text[from]] == ByteClass::word) ++from;
  return from;
}

std::uint8_t vector_length(ByteView text, std::size_t from) {
#if defined(__SSE2__)
  if (from + 2 * kStride <= text.size()) {
    const Lane first(text.data() + from), second(text.data() + from + kStride);
    const unsigned stops = first.brackets_and_strings() | second.brackets_and_strings() << kStride;
    unsigned commas = first.commas() | second.commas() << kStride;
    if (stops != 0) commas &= (stops & (0 - stops)) - 1;
    std::uint8_t count = 1;
    for (; commas != 0 && count <= kLongestVector; commas &= commas - 1) ++count;
    if (count > kLongestVector) return 0;
    if (stops != 0) return text[from + static_cast<std::size_t>(std::countr_zero(stops))] == ']' && count > 1 ? count : std::uint8_t{0};
  }
#endif
  return long_vector_length(text, from);
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
