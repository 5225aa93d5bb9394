#include "codec/filter/field_column/number_form.h"

#include <algorithm>
#include <bit>
#include <cstring>

#include "npk/bytes.h"

namespace npk::codec {
namespace {

constexpr std::uint64_t kEightDigits = 100'000'000;

// The eight digits of a number below kEightDigits, the first in the lowest byte: halved into two of four digits, those into two, those into one each.
std::uint64_t eight_digits(std::uint64_t number) noexcept {
  const std::uint64_t fours = number / 10'000 | number % 10'000 << 32;
  const std::uint64_t hundreds = fours * 10'486 >> 20 & 0x0000'007F'0000'007F;
  const std::uint64_t twos = hundreds | (fours - 100 * hundreds) << 16;
  const std::uint64_t tens = twos * 103 >> 10 & 0x000F'000F'000F'000F;
  return tens | (twos - 10 * tens) << 8;
}

// At least `digits` digits, the last before `end`; also fills up to kMaxNumberBytes before `end`.
std::uint8_t* spell_decimal(std::uint64_t number, unsigned digits, std::uint8_t* end) noexcept {
  std::uint8_t* group = end;
  for (;; number /= kEightDigits) {
    const std::uint64_t bytes = eight_digits(number % kEightDigits);
    store_le(group -= 8, bytes | 0x3030'3030'3030'3030);
    if (number >= kEightDigits) continue;
    std::uint8_t* at = group + std::countr_zero(bytes) / 8;
    while (end - at < static_cast<std::ptrdiff_t>(digits)) *--at = '0';
    return at;
  }
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

// spell_short with what is the same for all numbers of a column known before.
template <bool kScaled, bool kTrimmed>
[[gnu::always_inline]] inline ShortSpelling spell_short_as(unsigned digits, unsigned kept, std::uint64_t number) noexcept {
  const bool negative = static_cast<std::int64_t>(number) < 0;
  const std::uint64_t magnitude = negative ? 0 - number : number;
  if (magnitude >= kEightDigits) return {};
  const std::uint64_t bytes = eight_digits(magnitude);
  const unsigned cut = kTrimmed ? std::min(static_cast<unsigned>(std::countl_zero(bytes)) / 8, digits - kept) : 0;
  const unsigned least = kScaled ? digits + 1 : digits;
  const unsigned first = std::min(static_cast<unsigned>(std::countr_zero(bytes)) / 8, 8 - least);  // of the eight digits that is spelled
  const unsigned behind = kScaled ? digits - cut : 0;
  unsigned length = 8 - first - cut;
  if (length == 0 || length + (behind > 0 ? 1 : 0) + (negative ? 1 : 0) > 8) return {};
  std::uint64_t text = (bytes | 0x3030'3030'3030'3030) >> (8 * first);
  if (behind > 0) {
    const unsigned point = 8 * (length++ - behind);
    const std::uint64_t whole = (std::uint64_t{1} << point) - 1;
    text = (text & whole) | std::uint64_t{'.'} << point | (text & ~whole) << 8;
  }
  if (negative) text = text << 8 | '-', ++length;
  return {text, length};
}

unsigned kept_digits(NumberForm form, unsigned digits) noexcept { return form == NumberForm::scaled_pointed ? std::min(1U, digits) : 0; }
bool may_be_short(NumberForm form, unsigned digits) noexcept { return digits < 8 && form != NumberForm::lower_hex && form != NumberForm::upper_hex; }

template <bool kScaled, bool kTrimmed>
void spell_all(NumberForm form, unsigned digits, std::span<const std::uint64_t> numbers, std::uint8_t* text, ByteView* spelling) noexcept {
  const unsigned kept = kept_digits(form, digits);
  for (const std::uint64_t number : numbers) {
    const ShortSpelling found = spell_short_as<kScaled, kTrimmed>(digits, kept, number);
    if (found.length > 0) [[likely]] {
      store_le(text, found.text);
      *spelling++ = {text, found.length};
      text += kMaxNumberBytes;
    } else {
      text += kMaxNumberBytes;
      *spelling++ = {spell_number(form, digits, number, text), text};
    }
  }
}

}  // namespace

ShortSpelling spell_short(NumberForm form, unsigned digits, std::uint64_t number) noexcept {
  if (!may_be_short(form, digits)) return {};
  const unsigned kept = kept_digits(form, digits);
  if (form < NumberForm::scaled) return spell_short_as<false, false>(digits, kept, number);
  return form == NumberForm::scaled ? spell_short_as<true, false>(digits, kept, number) : spell_short_as<true, true>(digits, kept, number);
}

void spell_numbers(NumberForm form, unsigned digits, std::span<const std::uint64_t> numbers, MutableBytes texts, std::span<ByteView> spellings) noexcept {
  std::uint8_t* text = texts.data();
  if (!may_be_short(form, digits)) {
    for (std::size_t i = 0; i < numbers.size(); ++i) {
      text += kMaxNumberBytes;
      spellings[i] = {spell_number(form, digits, numbers[i], text), text};
    }
  } else if (form < NumberForm::scaled) {
    spell_all<false, false>(form, digits, numbers, text, spellings.data());
  } else if (form == NumberForm::scaled) {
    spell_all<true, false>(form, digits, numbers, text, spellings.data());
  } else {
    spell_all<true, true>(form, digits, numbers, text, spellings.data());
  }
}

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
