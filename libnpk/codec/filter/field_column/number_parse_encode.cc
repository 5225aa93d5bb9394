#include "codec/filter/field_column/number_parse_encode.h"

#include <algorithm>
#include <cstring>

namespace npk::codec {
namespace {

constexpr std::size_t kMostDecimalDigits = 18;  // fit in 63 bits whatever they are

bool is_digit(std::uint8_t byte) noexcept { return byte >= '0' && byte <= '9'; }

// Appends digits to `number`; false at the first byte that is none.
bool append_digits(ByteView digits, std::uint64_t& number) noexcept {
  for (const std::uint8_t digit : digits) {
    if (!is_digit(digit)) return false;
    number = number * 10 + (digit - '0');
  }
  return true;
}

std::optional<std::uint64_t> with_sign(bool negative, std::uint64_t magnitude) noexcept {
  if (negative && magnitude == 0) return std::nullopt;
  return negative ? 0 - magnitude : magnitude;
}

// No zero leads but where `digits` asks for it.
std::optional<std::uint64_t> parse_decimal(unsigned digits, bool negative, ByteView text) noexcept {
  if (text.empty() || text.size() < digits || text.size() > kMostDecimalDigits) return std::nullopt;
  if (text.size() > std::max(digits, 1U) && text[0] == '0') return std::nullopt;
  std::uint64_t magnitude = 0;
  if (!append_digits(text, magnitude)) return std::nullopt;
  return with_sign(negative, magnitude);
}

std::optional<std::uint64_t> parse_hex(unsigned digits, char ten, ByteView text) noexcept {
  if (text.empty() || text.size() < digits || text.size() > 16) return std::nullopt;
  if (text.size() > std::max(digits, 1U) && text[0] == '0') return std::nullopt;
  std::uint64_t number = 0;
  for (const std::uint8_t byte : text) {
    const auto letter = static_cast<unsigned>(byte) - static_cast<unsigned>(ten);
    if (!is_digit(byte) && letter >= 6) return std::nullopt;
    number = number << 4 | (is_digit(byte) ? byte - '0' : letter + 10);
  }
  return number;
}

// Whether a fraction of so many digits, of which `last` is the last, is written as the form does.
bool fits_form(NumberForm form, std::size_t written, unsigned digits, std::uint8_t last) noexcept {
  switch (form) {
    case NumberForm::scaled: return written == digits && digits > 0;
    case NumberForm::scaled_shortest: return written == 0 || last != '0';
    default: return written == 1 || (written > 1 && last != '0');
  }
}

std::optional<std::uint64_t> parse_scaled(NumberForm form, unsigned digits, bool negative, ByteView text) noexcept {
  const std::size_t written = fraction_digits(text);
  const std::size_t whole = text.size() - written - (written > 0 ? 1 : 0);
  if (whole == 0 || written > digits || whole + digits > kMostDecimalDigits || (text[0] == '0' && whole > 1)) return std::nullopt;
  if (!fits_form(form, written, digits, text.back())) return std::nullopt;
  std::uint64_t magnitude = 0;
  if (!append_digits(text.first(whole), magnitude) || !append_digits(text.last(written), magnitude)) return std::nullopt;
  for (std::size_t i = written; i < digits; ++i) magnitude *= 10;
  return with_sign(negative, magnitude);
}

}  // namespace

std::size_t fraction_digits(ByteView spelling) noexcept {
  const void* point = spelling.empty() ? nullptr : std::memchr(spelling.data(), '.', spelling.size());
  if (point == nullptr) return 0;
  return spelling.size() - 1 - static_cast<std::size_t>(static_cast<const std::uint8_t*>(point) - spelling.data());
}

std::optional<std::uint64_t> parse_number(NumberForm form, unsigned digits, ByteView spelling) noexcept {
  if (form == NumberForm::lower_hex || form == NumberForm::upper_hex) return parse_hex(digits, form == NumberForm::lower_hex ? 'a' : 'A', spelling);
  const bool negative = !spelling.empty() && spelling[0] == '-';
  const ByteView text = spelling.subspan(negative ? 1 : 0);
  return form == NumberForm::decimal ? parse_decimal(digits, negative, text) : parse_scaled(form, digits, negative, text);
}

}  // namespace npk::codec
