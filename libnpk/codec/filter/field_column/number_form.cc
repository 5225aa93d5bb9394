#include "codec/filter/field_column/number_form.h"

#include <array>
#include <cstring>

namespace npk::codec {
namespace {

constexpr auto kTwoDigits = [] {
  std::array<char, 200> digits{};
  for (std::size_t i = 0; i < 100; ++i) {
    digits[2 * i] = static_cast<char>('0' + i / 10);
    digits[2 * i + 1] = static_cast<char>('0' + i % 10);
  }
  return digits;
}();

// At least `digits` digits, the last before `end`.
std::uint8_t* spell_decimal(std::uint64_t number, unsigned digits, std::uint8_t* end) noexcept {
  std::uint8_t* at = end;
  for (; number >= 100; number /= 100) std::memcpy(at -= 2, &kTwoDigits[2 * (number % 100)], 2);
  if (number >= 10) {
    std::memcpy(at -= 2, &kTwoDigits[2 * number], 2);
  } else if (number > 0) {
    *--at = static_cast<std::uint8_t>('0' + number);
  }
  while (end - at < static_cast<std::ptrdiff_t>(digits)) *--at = '0';
  return at;
}

std::uint8_t* spell_hex(std::uint64_t number, unsigned digits, const char* alphabet, std::uint8_t* end) noexcept {
  std::uint8_t* at = end;
  for (; number > 0; number >>= 4) *--at = static_cast<std::uint8_t>(alphabet[number & 15]);
  while (end - at < static_cast<std::ptrdiff_t>(digits)) *--at = '0';
  return at;
}

std::uint8_t* spell_sign(bool negative, std::uint8_t* at) noexcept {
  if (negative) *--at = '-';
  return at;
}

// The digits behind the point end the spelling; those that are not to be kept are divided off first, so `digits` falls.
std::uint8_t* spell_scaled(NumberForm form, unsigned digits, bool negative, std::uint64_t magnitude, std::uint8_t* end) noexcept {
  if (form != NumberForm::scaled) {
    const unsigned kept = form == NumberForm::scaled_pointed ? 1 : 0;
    while (digits > kept && magnitude % 10 == 0) {
      magnitude /= 10;
      --digits;
    }
  }
  if (digits == 0) return spell_sign(negative, spell_decimal(magnitude, 1, end));
  std::uint8_t* at = spell_decimal(magnitude, digits + 1, end);
  std::uint8_t* const point = end - digits - 1;
  std::memmove(at - 1, at, static_cast<std::size_t>(point + 1 - at));
  *point = '.';
  return spell_sign(negative, at - 1);
}

}  // namespace

std::uint8_t* spell_number(NumberForm form, unsigned digits, std::uint64_t number, std::uint8_t* end) noexcept {
  const bool negative = static_cast<std::int64_t>(number) < 0;
  const std::uint64_t magnitude = negative ? 0 - number : number;
  switch (form) {
    case NumberForm::lower_hex: return spell_hex(number, digits, "0123456789abcdef", end);
    case NumberForm::upper_hex: return spell_hex(number, digits, "0123456789ABCDEF", end);
    case NumberForm::scaled:
    case NumberForm::scaled_shortest:
    case NumberForm::scaled_pointed: return spell_scaled(form, digits, negative, magnitude, end);
    default: return spell_sign(negative, spell_decimal(magnitude, digits, end));
  }
}

}  // namespace npk::codec
