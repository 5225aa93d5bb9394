// Elements of 1 to 8 bytes as numbers whose arithmetic wraps as theirs does, and what is predicted from what.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

#include "codec/filter/numeric/element_form.h"

namespace npk::codec::numeric {

// Number is an unsigned type; an element of 3 bytes lies in the upper 24 bits of 32, so that sums and signs are those of 24.
template <class NumberType, unsigned kBytes, bool kBigEndian>
struct Element {
  using Number = NumberType;
  using Signed = std::make_signed_t<Number>;
  static constexpr unsigned kWidth = kBytes;
  static constexpr unsigned kUnused = 8 * (sizeof(Number) - kBytes);  // low bits, always 0

  [[gnu::always_inline]] static Number swapped(Number value) noexcept {
    if constexpr (sizeof(Number) == 1) return value;
    if constexpr (sizeof(Number) == 2) return __builtin_bswap16(value);
    if constexpr (sizeof(Number) == 4) return __builtin_bswap32(value);
    if constexpr (sizeof(Number) == 8) return __builtin_bswap64(value);
  }
  static constexpr bool kIsBigEndian = kBigEndian;
  static constexpr bool kSwap = kBigEndian == (std::endian::native == std::endian::little);

  [[gnu::always_inline]] static Number load(const std::uint8_t* from) noexcept {
    if constexpr (kUnused != 0) {
      return static_cast<Number>(kBigEndian ? from[0] << 24U | from[1] << 16U | from[2] << 8U : from[2] << 24U | from[1] << 16U | from[0] << 8U);
    } else {
      Number value;
      std::memcpy(&value, from, sizeof value);
      return kSwap ? swapped(value) : value;
    }
  }
  [[gnu::always_inline]] static void store(std::uint8_t* to, Number value) noexcept {
    if constexpr (kUnused != 0) {
      to[kBigEndian ? 0 : 2] = static_cast<std::uint8_t>(value >> 24U);
      to[1] = static_cast<std::uint8_t>(value >> 16U);
      to[kBigEndian ? 2 : 0] = static_cast<std::uint8_t>(value >> 8U);
    } else {
      if (kSwap) value = swapped(value);
      std::memcpy(to, &value, sizeof value);
    }
  }
  [[gnu::always_inline]] static Number zigzag(Number value) noexcept {
    const auto sign = static_cast<Number>(static_cast<Signed>(value) >> (8 * sizeof(Number) - 1));
    return static_cast<Number>(static_cast<Number>(value << 1U) ^ static_cast<Number>(sign << kUnused));
  }
  [[gnu::always_inline]] static Number unzigzag(Number value) noexcept {
    const auto sign = static_cast<Number>(0U - ((value >> kUnused) & 1U));
    return static_cast<Number>(static_cast<Number>((value >> 1U) ^ sign) >> kUnused << kUnused);
  }
  // left + half of the way up, rounded down.
  [[gnu::always_inline]] static Number mean(Number left, Number up) noexcept {
    const auto half = static_cast<Number>(static_cast<Signed>(static_cast<Number>(up - left)) >> 1);
    return static_cast<Number>(left + static_cast<Number>(half >> kUnused << kUnused));
  }
  // The median of left, up and left + up - corner, seen from the corner.
  [[gnu::always_inline]] static Number median(Number left, Number up, Number corner) noexcept {
    const auto a = static_cast<Signed>(static_cast<Number>(left - corner));
    const auto b = static_cast<Signed>(static_cast<Number>(up - corner));
    const auto sum = static_cast<Signed>(static_cast<Number>(static_cast<Number>(a) + static_cast<Number>(b)));
    const Signed least = std::min(a, b), most = std::max(a, b);
    return static_cast<Number>(corner + static_cast<Number>(std::max(least, std::min(most, sum))));
  }
};

// The prediction of the element at `at` (a pointer into interleaved elements), which has all the neighbours it needs; `left` and `row` in bytes.
template <class E, Predictor kPredictor>
[[gnu::always_inline]] inline typename E::Number predict(const std::uint8_t* at, std::size_t left, std::size_t row) noexcept {
  using Number = typename E::Number;
  if constexpr (kPredictor == Predictor::none) return 0;
  if constexpr (kPredictor == Predictor::left || kPredictor == Predictor::exclusive) return E::load(at - left);
  if constexpr (kPredictor == Predictor::twice) return static_cast<Number>(E::load(at - left) + E::load(at - left) - E::load(at - 2 * left));
  if constexpr (kPredictor == Predictor::up) return E::load(at - row);
  if constexpr (kPredictor == Predictor::gradient) return static_cast<Number>(E::load(at - left) + E::load(at - row) - E::load(at - row - left));
  if constexpr (kPredictor == Predictor::mean) return E::mean(E::load(at - left), E::load(at - row));
  if constexpr (kPredictor == Predictor::median) return E::median(E::load(at - left), E::load(at - row), E::load(at - row - left));
}

// Elements that a predictor cannot have: the first `distance` are taken as they are, those up to here from the left.
[[nodiscard]] inline std::size_t elements_before(const ElementForm& form) noexcept {
  if (form.predictor == Predictor::twice) return std::size_t{2} * form.distance;
  if (form.has_row()) return std::size_t{form.row} + form.distance;
  return form.has_distance() ? form.distance : 0;
}

// Calls body.operator()<Element>() with the type of a form's elements.
template <class Body>
void with_element(const ElementForm& form, Body&& body) {
  switch (form.width) {
    case 1: return body.template operator()<Element<std::uint8_t, 1, false>>();
    case 2: return form.big_endian ? body.template operator()<Element<std::uint16_t, 2, true>>() : body.template operator()<Element<std::uint16_t, 2, false>>();
    case 3: return form.big_endian ? body.template operator()<Element<std::uint32_t, 3, true>>() : body.template operator()<Element<std::uint32_t, 3, false>>();
    case 4: return form.big_endian ? body.template operator()<Element<std::uint32_t, 4, true>>() : body.template operator()<Element<std::uint32_t, 4, false>>();
    default:
      return form.big_endian ? body.template operator()<Element<std::uint64_t, 8, true>>() : body.template operator()<Element<std::uint64_t, 8, false>>();
  }
}

}  // namespace npk::codec::numeric
