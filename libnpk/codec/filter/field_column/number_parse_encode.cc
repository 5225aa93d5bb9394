#include "codec/filter/field_column/number_parse_encode.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>

#include "codec/ascii.h"

namespace npk::codec {
namespace {

constexpr std::size_t kMostDecimalDigits = 19;  // fit in 64 bits whatever they are

constexpr std::array<std::uint64_t, 9> kPowers = {1, 10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000};

// One to eight bytes as a word, the first lowest, zeros behind.
inline std::uint64_t load_word(ByteView bytes) noexcept {
  const std::size_t size = bytes.size();
  if (size >= 4) return load_le<std::uint32_t>(bytes.data()) | std::uint64_t{load_le<std::uint32_t>(&bytes[size - 4])} << (8 * (size - 4));
  return bytes[0] | std::uint64_t{bytes[size / 2]} << (8 * (size / 2)) | std::uint64_t{bytes[size - 1]} << (8 * (size - 1));
}

// Appends up to eight digits at once to `number`: joined to pairs, those to fours, those to one. False if a byte is none.
inline bool append_word(ByteView digits, std::uint64_t& number) noexcept {
  std::uint64_t word = (load_word(digits) ^ 0x3030'3030'3030'3030) << (64 - 8 * digits.size());
  if (((word | (word + 0x7676'7676'7676'7676)) & 0x8080'8080'8080'8080) != 0) return false;
  word = (word * 10 + (word >> 8)) & 0x00FF'00FF'00FF'00FF;
  word = (word * 100 + (word >> 16)) & 0x0000'FFFF'0000'FFFF;
  number = number * kPowers[digits.size()] + ((word * 10'000 + (word >> 32)) & 0xFFFF'FFFF);
  return true;
}

// Appends digits to `number`; false if a byte is none.
bool append_digits(ByteView digits, std::uint64_t& number) noexcept {
  for (; digits.size() > 8; digits = digits.subspan(8)) {
    if (!append_word(digits.first(8), number)) return false;
  }
  return digits.empty() || append_word(digits, number);
}

bool with_sign(bool negative, std::uint64_t magnitude, std::uint64_t& number) noexcept {
  number = negative ? 0 - magnitude : magnitude;
  return !(negative && magnitude == 0) && magnitude <= INT64_MAX;
}

// No zero leads but where `digits` asks for it.
bool parse_decimal(unsigned digits, bool negative, ByteView text, std::uint64_t& number) noexcept {
  if (text.empty() || text.size() < digits || text.size() > kMostDecimalDigits) return false;
  if (text.size() > std::max(digits, 1U) && text[0] == '0') return false;
  std::uint64_t magnitude = 0;
  return append_digits(text, magnitude) && with_sign(negative, magnitude, number);
}

bool parse_hex(unsigned digits, char ten, ByteView text, std::uint64_t& number) noexcept {
  if (text.empty() || text.size() < digits || text.size() > 16) return false;
  if (text.size() > std::max(digits, 1U) && text[0] == '0') return false;
  number = 0;
  for (const std::uint8_t byte : text) {
    const auto letter = static_cast<unsigned>(byte) - static_cast<unsigned>(ten);
    if (!is_digit(byte) && letter >= 6) return false;
    number = number << 4 | (is_digit(byte) ? byte - '0' : letter + 10);
  }
  return true;
}

// Whether a fraction of so many digits, of which `last` is the last, is written as the form does.
bool fits_form(NumberForm form, std::size_t written, unsigned digits, std::uint8_t last) noexcept {
  switch (form) {
    case NumberForm::scaled: return written == digits && digits > 0;
    case NumberForm::scaled_shortest: return written == 0 || last != '0';
    default: return written == 1 || (written > 1 && last != '0');
  }
}

bool parse_scaled(NumberForm form, unsigned digits, bool negative, ByteView text, std::uint64_t& number) noexcept {
  const std::size_t written = fraction_digits(text);
  const std::size_t whole = text.size() - written - (written > 0 ? 1 : 0);
  if (whole == 0 || written > digits || whole + digits > kMostDecimalDigits || (text[0] == '0' && whole > 1)) return false;
  if (!fits_form(form, written, digits, text.back())) return false;
  std::uint64_t magnitude = 0;
  if (!append_digits(text.first(whole), magnitude) || !append_digits(text.last(written), magnitude)) return false;
  for (std::size_t i = written; i < digits; ++i) magnitude *= 10;
  return with_sign(negative, magnitude, number);
}

}  // namespace

std::size_t fraction_digits(ByteView spelling) noexcept {
  if (spelling.empty()) return 0;
  if (spelling.size() <= 8) {
    const std::uint64_t apart = load_word(spelling) ^ 0x2E2E'2E2E'2E2E'2E2E;  // a zero byte is a point
    const std::uint64_t points = (apart - 0x0101'0101'0101'0101) & ~apart & 0x8080'8080'8080'8080;
    return points == 0 ? 0 : spelling.size() - 1 - static_cast<std::size_t>(std::countr_zero(points)) / 8;
  }
  const void* point = std::memchr(spelling.data(), '.', spelling.size());
  if (point == nullptr) return 0;
  return spelling.size() - 1 - static_cast<std::size_t>(static_cast<const std::uint8_t*>(point) - spelling.data());
}

bool parse_number(NumberForm form, unsigned digits, ByteView spelling, std::uint64_t& number) noexcept {
  if (form == NumberForm::lower_hex || form == NumberForm::upper_hex) return parse_hex(digits, form == NumberForm::lower_hex ? 'a' : 'A', spelling, number);
  const bool negative = !spelling.empty() && spelling[0] == '-';
  const ByteView text = spelling.subspan(negative ? 1 : 0);
  return form == NumberForm::decimal ? parse_decimal(digits, negative, text, number) : parse_scaled(form, digits, negative, text, number);
}

}  // namespace npk::codec
