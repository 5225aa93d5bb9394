// Linear prediction of elements of 1 to 4 bytes: a weighted sum of those `distance`, twice `distance`, … before.
#pragma once

#include "codec/filter/integers/page_reader.h"
#include "codec/filter/numeric/elements.h"

namespace npk::codec::integers {

// An element as a signed number; bytes are taken to be around 128, as those of sound and images are.
template <class E>
[[gnu::always_inline]] inline std::int64_t number_of(typename E::Number element) noexcept {
  if constexpr (E::kWidth == 1) return static_cast<std::int64_t>(element) - 128;
  return static_cast<typename E::Signed>(element) >> E::kUnused;
}
template <class E>
[[gnu::always_inline]] inline typename E::Number element_of(std::int64_t number) noexcept {
  if constexpr (E::kWidth == 1) number += 128;
  return static_cast<typename E::Number>(static_cast<std::uint64_t>(number) << E::kUnused);
}

// Of the element at `at`, which has all the neighbours it needs, `left` bytes apart.
template <class E, unsigned kTaps>
[[gnu::always_inline]] inline typename E::Number predict_linearly(const LinearPrediction& linear, const std::uint8_t* at, std::size_t left) noexcept {
  std::int64_t sum = 0;
  for (unsigned tap = kTaps; tap > 0; --tap) sum += linear.weights[tap - 1] * number_of<E>(E::load(at - tap * left));
  return element_of<E>(sum >> linear.shift);
}

// Of element `index` of a segment; what would lie before its first counts as 0.
template <class E>
typename E::Number predict_near_front(const LinearPrediction& linear, const std::uint8_t* at, std::size_t left, std::size_t index,
                                      std::size_t distance) noexcept {
  std::int64_t sum = 0;
  for (std::size_t tap = 1; tap <= linear.taps && tap * distance <= index; ++tap)
    sum += linear.weights[tap - 1] * number_of<E>(E::load(at - tap * left));
  return element_of<E>(sum >> linear.shift);
}

}  // namespace npk::codec::integers
