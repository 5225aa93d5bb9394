// How a decimal float is spelled: FieldEncoding::floats.
#pragma once

#include <cstddef>
#include <cstdint>

namespace npk::codec {

enum class FloatSpelling : std::uint8_t {
  plain = 0,             // as many digits behind the point as the exponent asks for
  bare = 1,              // the same without a zero before the point
  scientific_lower = 2,  // the nearest double, with `precision` digits behind the point, and the exponent of at least two digits behind an e
  scientific_upper = 3,  // the same with E
};

// Stands for mantissa * 10^(exponent - kFloatExponentBias).
struct DecimalFloat {
  std::uint64_t mantissa = 0;  // two's complement
  std::uint8_t exponent = 0;
};

inline constexpr unsigned kFloatExponentBias = 128;
inline constexpr unsigned kMostPlainDigits = 40;     // behind the point
inline constexpr unsigned kMostFloatPrecision = 18;
inline constexpr std::size_t kMaxFloatBytes = 48;    // of a spelling

// Writes the spelling to `text`, of kMaxFloatBytes, and says how long it is: 0 if there is none.
[[nodiscard]] std::size_t spell_float(FloatSpelling spelling, unsigned precision, DecimalFloat number, std::uint8_t* text) noexcept;

}  // namespace npk::codec
