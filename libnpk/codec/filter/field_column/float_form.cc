#include "codec/filter/field_column/float_form.h"

#include <algorithm>
#include <charconv>
#include <cstring>

namespace npk::codec {
namespace {

constexpr std::size_t kMostMantissaBytes = 20;  // with its sign

std::size_t spell_plain(bool zero_before_point, DecimalFloat number, char* text) noexcept {
  if (number.exponent > kFloatExponentBias || number.exponent + kMostPlainDigits < kFloatExponentBias) return 0;
  const std::size_t behind = kFloatExponentBias - number.exponent;
  const bool negative = static_cast<std::int64_t>(number.mantissa) < 0;
  char digits[kMostMantissaBytes];
  const std::to_chars_result result = std::to_chars(digits, digits + sizeof digits, negative ? 0 - number.mantissa : number.mantissa);
  const auto count = static_cast<std::size_t>(result.ptr - digits);
  char* at = text;
  if (negative) *at++ = '-';
  const std::size_t before = count - std::min(count, behind);
  // Zero has a digit of its own, which is one behind the point if there is one.
  if (before > 0) at = std::copy_n(digits, before, at);
  if (before == 0 && (zero_before_point || number.mantissa == 0)) *at++ = '0';
  if (behind == 0) return static_cast<std::size_t>(at - text);
  *at++ = '.';
  if (behind > count) at = std::fill_n(at, behind - count, '0');
  at = std::copy_n(digits + before, count - before, at);
  return static_cast<std::size_t>(at - text);
}

std::size_t spell_scientific(bool upper, unsigned precision, DecimalFloat number, char* text) noexcept {
  char exact[kMostMantissaBytes + 5];
  char* end = std::to_chars(exact, exact + kMostMantissaBytes, static_cast<std::int64_t>(number.mantissa)).ptr;
  *end++ = 'e';
  end = std::to_chars(end, exact + sizeof exact, static_cast<int>(number.exponent) - static_cast<int>(kFloatExponentBias)).ptr;
  double value = 0;
  (void)std::from_chars(exact, end, value);  // within a double's range, whatever the number
  const std::to_chars_result result = std::to_chars(text, text + kMaxFloatBytes, value, std::chars_format::scientific, static_cast<int>(precision));
  if (upper) *static_cast<char*>(std::memchr(text, 'e', kMaxFloatBytes)) = 'E';
  return static_cast<std::size_t>(result.ptr - text);
}

}  // namespace

std::size_t spell_float(FloatSpelling spelling, unsigned precision, DecimalFloat number, std::uint8_t* text) noexcept {
  char* const letters = reinterpret_cast<char*>(text);
  if (spelling == FloatSpelling::plain || spelling == FloatSpelling::bare) return spell_plain(spelling == FloatSpelling::plain, number, letters);
  return spell_scientific(spelling == FloatSpelling::scientific_upper, precision, number, letters);
}

}  // namespace npk::codec
