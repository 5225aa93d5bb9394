// What a page's own prediction leaves of sound, predicted from as many of what it left before by weights that learn: least mean squares of which only
// the signs count (sign-sign LMS, R. W. Lucky 1966, as in lossless sound coders), so in integers, the same everywhere.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "codec/filter/integers/page_format.h"

namespace npk::codec::integers {

// Of one segment: a state of weights for each channel, all with the same numbers before. Begins with zeros. May be copied, to try a page.
class AdaptivePrediction {
 public:
  // Numbers and what is left of them are zigzag ones of `bits` bits, at most kPageValues; the first is of channel `first % channels`.
  void take_from(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept;
  void give_back(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept;

 private:
  static constexpr std::size_t kTaps = 32;

  template <bool kGivesBack>
  void run(unsigned bits, unsigned channels, std::size_t first, std::span<std::uint64_t> numbers) noexcept;

  using Weights = std::array<std::int16_t, kTaps>;  // modulo 2^16; of the oldest number first
  std::array<Weights, kMostAdaptiveChannels> weights_{};
  std::array<std::int16_t, kTaps + kPageValues> before_{};  // the last kTaps numbers, and a page's as they become known
  std::array<std::int16_t, kTaps + kPageValues> signs_{};
};

}  // namespace npk::codec::integers
