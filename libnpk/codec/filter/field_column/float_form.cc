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

char* spell_exponent(const ScientificSpelling& spelling, int exponent, char* at) noexcept {
  *at++ = spelling.upper ? 'E' : 'e';
  if (exponent < 0) *at++ = '-';
  if (exponent >= 0 && spelling.plus) *at++ = '+';
  const auto magnitude = static_cast<unsigned>(exponent < 0 ? -exponent : exponent);
  if (spelling.exponent_digits > 2 && magnitude < 100) *at++ = '0';
  if (spelling.exponent_digits > 1 && magnitude < 10) *at++ = '0';
  return std::to_chars(at, at + 3, magnitude).ptr;
}

std::size_t spell_nearest(const ScientificSpelling& spelling, unsigned precision, DecimalFloat number, char* text) noexcept {
  char exact[kMostMantissaBytes + 5];
  char* end = std::to_chars(exact, exact + kMostMantissaBytes, static_cast<std::int64_t>(number.mantissa)).ptr;
  *end++ = 'e';
  end = std::to_chars(end, exact + sizeof exact, static_cast<int>(number.exponent) - static_cast<int>(kFloatExponentBias)).ptr;
  double value = 0;
  (void)std::from_chars(exact, end, value);  // within a double's range, whatever the number
  const std::to_chars_result result = std::to_chars(text, text + kMaxFloatBytes, value, std::chars_format::scientific, static_cast<int>(precision));
  char* const letter = static_cast<char*>(std::memchr(text, 'e', kMaxFloatBytes));
  int exponent = 0;
  (void)std::from_chars(letter + (letter[1] == '+' ? 2 : 1), result.ptr, exponent);
  return static_cast<std::size_t>(spell_exponent(spelling, exponent, letter) - text);
}

// Nothing if the mantissa has too many digits.
std::size_t spell_exact(const ScientificSpelling& spelling, unsigned precision, DecimalFloat number, char* text) noexcept {
  const bool negative = static_cast<std::int64_t>(number.mantissa) < 0;
  char digits[kMostMantissaBytes];
  char* const end = std::to_chars(digits, digits + sizeof digits, negative ? 0 - number.mantissa : number.mantissa).ptr;
  const auto count = static_cast<std::size_t>(end - digits), wanted = precision + std::size_t{1};
  if (count > wanted) return 0;
  char* at = text;
  if (negative) *at++ = '-';
  char* const first = at;
  at = std::fill_n(at, wanted + 1 - count, '0');
  at = std::copy(digits, end, at);
  *first = first[1];
  first[1] = '.';
  return static_cast<std::size_t>(spell_exponent(spelling, static_cast<int>(number.exponent) - static_cast<int>(kFloatExponentBias), at) - text);
}

}  // namespace

std::size_t spell_float(FloatSpelling spelling, unsigned precision, DecimalFloat number, std::uint8_t* text) noexcept {
  char* const letters = reinterpret_cast<char*>(text);
  if (spelling == FloatSpelling::plain || spelling == FloatSpelling::bare) return spell_plain(spelling == FloatSpelling::plain, number, letters);
  const auto scientific = scientific_spelling(spelling);
  if (!scientific) return 0;
  return scientific->exact ? spell_exact(*scientific, precision, number, letters) : spell_nearest(*scientific, precision, number, letters);
}

}  // namespace npk::codec
