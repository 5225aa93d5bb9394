// Floats that are decimals as integers, without a list of exceptions: of each float that is k / 10^e and the bits of the integer k, one becomes the
// other; all else stays. That is its own inverse (spec/filters/decimal_floats.md).
#pragma once

#include <array>
#include <bit>
#include <cmath>
#include <string_view>

#include "codec/filter/numeric/elements.h"

namespace npk::codec::numeric {

inline constexpr unsigned kMaxFloatDecimals = 10;
inline constexpr unsigned kMaxDoubleDecimals = 22;
// The powers that a double holds exactly.
inline constexpr std::array kPowersOfTen = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                                            1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};

template <class Number>
struct DecimalRules;
template <>
struct DecimalRules<std::uint32_t> {
  using Float = float;
  static constexpr std::int32_t kMost = (1 << 23) - 1;  // two integers up to here are never the same float, and their bits are 0, a denormal's or a NaN's
};
template <>
struct DecimalRules<std::uint64_t> {
  using Float = double;
  static constexpr std::int64_t kMost = 1'000'000'000'000'000;
};

template <class Number>
[[gnu::always_inline]] inline Number exchange_decimal(Number bits, double power) noexcept {
  using Rules = DecimalRules<Number>;
  using Float = typename Rules::Float;
  using Signed = std::make_signed_t<Number>;
  constexpr double kToInteger = 6755399441055744.0;  // 1.5 * 2^52: adding it rounds to integers, ties to even
  const auto held = static_cast<Signed>(bits);
  const bool is_integer = held >= -Rules::kMost && held <= Rules::kMost;
  const double scaled = static_cast<double>(std::bit_cast<Float>(bits)) * power;
  const bool in_range = std::fabs(scaled) <= static_cast<double>(Rules::kMost);
  const double rounded = ((in_range ? scaled : 0.0) + kToInteger) - kToInteger;
  const Signed integer = is_integer ? held : static_cast<Signed>(rounded);
  const auto decimal = std::bit_cast<Number>(static_cast<Float>(static_cast<double>(integer) / power));
  if (is_integer) return decimal;
  return in_range && decimal == bits ? static_cast<Number>(integer) : bits;
}

template <class E>
[[gnu::always_inline]] inline void exchange_decimals(const std::uint8_t* in, std::size_t count, double power, std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i < count; ++i) E::store(out + i * E::kWidth, exchange_decimal(E::load(in + i * E::kWidth), power));
}

// For elements of 4 or 8 bytes; `out` may be `in`.
using ExchangeDecimals = void (*)(const ElementForm& form, const std::uint8_t* in, std::size_t count, std::uint8_t* out);
// By the name of a PlaneKernel.
[[nodiscard]] ExchangeDecimals decimal_kernel(std::string_view name) noexcept;

}  // namespace npk::codec::numeric
