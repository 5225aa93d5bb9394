// How a decimal float is spelled: FieldEncoding::floats.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

namespace npk::codec {

enum class FloatSpelling : std::uint8_t {
  plain = 0,             // as many digits behind the point as the exponent asks for
  bare = 1,              // the same without a zero before the point
  scientific_lower = 2,  // the nearest double, with `precision` digits behind the point, and the exponent of at least two digits behind an e
  scientific_upper = 3,  // the same with E
                         // from 4 on: ScientificSpelling::packed
};

// A digit, the point, `precision` digits, and the exponent.
struct ScientificSpelling {
  bool upper = false;             // E
  bool plus = true;               // before an exponent that is not negative
  unsigned exponent_digits = 2;   // at least, 1 to 3
  bool exact = false;             // the mantissa has the digits, the exponent is the one spelled; else the digits are those of the nearest double

  [[nodiscard]] constexpr FloatSpelling packed() const noexcept {
    if (plus && exponent_digits == 2 && !exact) return upper ? FloatSpelling::scientific_upper : FloatSpelling::scientific_lower;
    return static_cast<FloatSpelling>((upper ? 1U : 0U) | (plus ? 2U : 0U) | 4U | (exponent_digits - 1) << 3U | (exact ? 32U : 0U));
  }
};

// Nothing for plain ones, and what `packed` does not give.
[[nodiscard]] constexpr std::optional<ScientificSpelling> scientific_spelling(FloatSpelling spelling) noexcept {
  const unsigned bits = static_cast<unsigned>(spelling);
  if (bits < 2 || bits > 63) return std::nullopt;
  if (bits < 4) return ScientificSpelling{.upper = spelling == FloatSpelling::scientific_upper};
  const ScientificSpelling found{(bits & 1U) != 0, (bits & 2U) != 0, (bits >> 3U & 3U) + 1, (bits & 32U) != 0};
  return found.exponent_digits <= 3 && found.packed() == spelling ? std::optional(found) : std::nullopt;
}

// Stands for mantissa * 10^(exponent - kFloatExponentBias), but for exact spellings.
struct DecimalFloat {
  std::uint64_t mantissa = 0;  // two's complement
  std::uint8_t exponent = 0;
};

inline constexpr unsigned kFloatExponentBias = 128;
inline constexpr unsigned kMostPlainDigits = 40;     // behind the point
inline constexpr unsigned kMostFloatPrecision = 18;
inline constexpr unsigned kMostExactPrecision = 17;
inline constexpr std::size_t kMaxFloatBytes = 48;    // of a spelling

// Writes the spelling to `text`, of kMaxFloatBytes, and says how long it is: 0 if there is none.
[[nodiscard]] std::size_t spell_float(FloatSpelling spelling, unsigned precision, DecimalFloat number, std::uint8_t* text) noexcept;

}  // namespace npk::codec
