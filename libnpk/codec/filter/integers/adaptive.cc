#include "codec/filter/integers/adaptive.h"

#include <algorithm>

namespace npk::codec::integers {
namespace {

constexpr unsigned kShift = 12;

std::int64_t from_zigzag(std::uint64_t zigzag) noexcept { return static_cast<std::int64_t>(zigzag >> 1) ^ -static_cast<std::int64_t>(zigzag & 1); }

std::uint64_t to_zigzag(std::int64_t number, unsigned bits) noexcept {
  const auto wrapped = static_cast<std::int64_t>(static_cast<std::uint64_t>(number) << (64 - bits)) >> (64 - bits);
  return (static_cast<std::uint64_t>(wrapped) << 1) ^ static_cast<std::uint64_t>(wrapped >> 63);
}

std::int16_t sign_of(std::int64_t number) noexcept { return static_cast<std::int16_t>((number > 0) - (number < 0)); }

}  // namespace

template <bool kGivesBack>
void AdaptivePrediction::run(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept {
  std::size_t channel = first % channels;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    Weights& weights = weights_[channel];
    std::uint32_t sum = 1U << (kShift - 1);
    for (std::size_t tap = 0; tap < kTaps; ++tap) sum += static_cast<std::uint32_t>(std::int32_t{weights[tap]} * before_[i + tap]);
    const std::int64_t prediction = static_cast<std::int32_t>(sum) >> kShift;
    const std::int64_t given = from_zigzag(numbers[i]);
    numbers[i] = to_zigzag(kGivesBack ? given + prediction : given - prediction, bits);
    const std::int64_t number = kGivesBack ? from_zigzag(numbers[i]) : given;
    const std::int16_t sign = sign_of(kGivesBack ? given : from_zigzag(numbers[i]));
    for (std::size_t tap = 0; tap < kTaps; ++tap) weights[tap] = static_cast<std::int16_t>(weights[tap] + sign * signs_[i + tap]);
    before_[kTaps + i] = static_cast<std::int16_t>(std::clamp<std::int64_t>(number, INT16_MIN, INT16_MAX));
    signs_[kTaps + i] = sign_of(number);
    if (++channel == channels) channel = 0;
  }
  std::copy_n(before_.begin() + static_cast<std::ptrdiff_t>(numbers.size()), kTaps, before_.begin());
  std::copy_n(signs_.begin() + static_cast<std::ptrdiff_t>(numbers.size()), kTaps, signs_.begin());
}

void AdaptivePrediction::take_from(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept {
  run<false>(bits, channels, first, numbers);
}

void AdaptivePrediction::give_back(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept {
  run<true>(bits, channels, first, numbers);
}

}  // namespace npk::codec::integers
