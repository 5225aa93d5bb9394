#include "codec/filter/lines/time_stamp_encode.h"

#include <string_view>

#include "codec/ascii.h"

namespace npk::codec {
namespace {

// 0 for a digit, _ for a digit or space, A for a letter; anything else for itself.
bool matches(ByteView text, std::string_view pattern) {
  if (text.size() < pattern.size()) return false;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    const std::uint8_t byte = text[i];
    const char wanted = pattern[i];
    const bool fits = wanted == '0'   ? is_digit(byte)
                      : wanted == '_' ? is_digit(byte) || byte == ' '
                      : wanted == 'A' ? is_letter(byte)
                                      : byte == static_cast<std::uint8_t>(wanted);
    if (!fits) return false;
  }
  return true;
}

std::size_t with_fraction(ByteView text, std::size_t length) {
  if (length + 1 >= text.size() || (text[length] != '.' && text[length] != ',') || !is_digit(text[length + 1])) return length;
  for (++length; length < text.size() && is_digit(text[length]);) ++length;
  return length;
}

std::size_t with_zone(ByteView text, std::size_t length) {
  const ByteView rest = text.subspan(length);
  if (!rest.empty() && rest[0] == 'Z') return length + 1;
  for (const std::string_view zone : {"+00:00", "-00:00", "+0000", "-0000"}) {
    if (matches(rest, zone)) return length + zone.size();
  }
  return length;
}

bool ends_word(ByteView text, std::size_t length) { return length >= text.size() || (!is_digit(text[length]) && !is_letter(text[length])); }

}  // namespace

std::size_t time_stamp_length(ByteView text) noexcept {
  if (text.size() < 8) return 0;
  if (is_letter(text[0])) return matches(text, "AAA _0 00:00:00") ? 15 : 0;
  if (!is_digit(text[0]) || !is_digit(text[1])) return 0;
  std::size_t length = 0;
  if (matches(text, "0000-00-00T00:00:00") || matches(text, "0000-00-00 00:00:00") || matches(text, "0000/00/00 00:00:00"))
    length = with_zone(text, with_fraction(text, 19));
  else if (matches(text, "00/AAA/0000:00:00:00"))
    length = matches(text, "00/AAA/0000:00:00:00 +0000") || matches(text, "00/AAA/0000:00:00:00 -0000") ? 26 : 20;
  else if (matches(text, "00:00:00"))
    length = with_fraction(text, 8);
  return ends_word(text, length) ? length : 0;
}

}  // namespace npk::codec
