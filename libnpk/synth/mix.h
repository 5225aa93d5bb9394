// Private to npk_synth: the finalizer of SplitMix64, keys made with it, and wide products.
#pragma once

#include <cstdint>

#include "npk/synth.h"

namespace npk::synth::internal {

__extension__ using Wide = unsigned __int128;

inline constexpr std::uint64_t kGamma = 0x9E3779B97F4A7C15;
inline constexpr std::uint64_t kFirstFactor = 0xBF58476D1CE4E5B9;
inline constexpr std::uint64_t kSecondFactor = 0x94D049BB133111EB;

[[nodiscard]] constexpr std::uint64_t twisted_mix(std::uint64_t x, std::uint64_t twist) noexcept {
  x = ((x ^ (x >> 30)) * kFirstFactor) ^ twist;
  x = (x ^ (x >> 27)) * kSecondFactor;
  return x ^ (x >> 31);
}
[[nodiscard]] constexpr std::uint64_t mix(std::uint64_t x) noexcept { return twisted_mix(x, 0); }

[[nodiscard]] constexpr std::uint64_t random_word(const RandomKey& key, std::uint64_t word) noexcept {
  return twisted_mix(key.base + word * kGamma, key.twist);
}

// A permutation of 128 bits: four rounds of a Feistel network. So no two seeds share a key.
[[nodiscard]] constexpr Seed permuted(Seed seed, std::uint64_t label) noexcept {
  for (std::uint64_t round = 1; round <= 4; ++round) {
    const std::uint64_t next = seed.low ^ mix(seed.high + label + round * kGamma);
    seed.low = seed.high;
    seed.high = next;
  }
  return seed;
}

}  // namespace npk::synth::internal
