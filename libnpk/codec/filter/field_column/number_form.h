// How a 64-bit number is spelled: the forms of FieldEncoding::numbers but time, which has a pattern.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "npk/bytes.h"

namespace npk::codec {

enum class NumberForm : std::uint8_t {
  decimal = 0,         // '-' if negative, and at least `digits` digits
  lower_hex = 1,       // of the unsigned number, at least `digits` digits
  upper_hex = 2,
  scaled = 3,          // decimal of the number divided by 10^digits, with exactly `digits` digits behind the point
  scaled_shortest = 4, // the same without zeros at the end, nor the point if it is last
  scaled_pointed = 5,  // the same as scaled_shortest, but one zero stays behind the point
  time = 6,
};

inline constexpr unsigned kMaxNumberDigits = 18;     // what `digits` may be
inline constexpr std::size_t kMaxNumberBytes = 24;   // of a spelling

// Writes the spelling so that it ends at `end`, and says where it begins: at most kMaxNumberBytes before, all of which may be written.
// Not for NumberForm::time.
[[nodiscard]] std::uint8_t* spell_number(NumberForm form, unsigned digits, std::uint64_t number, std::uint8_t* end) noexcept;

// The spellings of as many numbers, in `texts`: kMaxNumberBytes for each, none of which outlives them. Not for NumberForm::time.
void spell_numbers(NumberForm form, unsigned digits, std::span<const std::uint64_t> numbers, MutableBytes texts, std::span<ByteView> spellings) noexcept;

// At most eight bytes, the first lowest.
struct ShortSpelling {
  std::uint64_t text = 0;
  unsigned length = 0;
};

// What spell_number writes, if that is short and quickly found: length 0 else.
[[nodiscard]] ShortSpelling spell_short(NumberForm form, unsigned digits, std::uint64_t number) noexcept;

}  // namespace npk::codec
