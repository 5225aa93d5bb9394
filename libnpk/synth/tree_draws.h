// Private to npk_synth: what a tree decides by chance, each by a word of its own.
#pragma once

#include "synth/mix.h"

namespace npk::synth::internal {

enum class Purpose : std::uint64_t { size, size_again, size_once_more, directory, name, directory_name, fate, time, edit_kind, edit_place };

class Draws {
 public:
  explicit Draws(const Seed& seed) noexcept {
    const Seed own = permuted(seed, 0x74726565);
    key_ = {own.low, own.high};
  }
  [[nodiscard]] std::uint64_t word(Purpose purpose, std::uint64_t number, std::uint64_t other = 0) const noexcept {
    constexpr std::uint64_t kPurposes = 16;
    return twisted_mix(key_.base + number * kGamma, key_.twist ^ mix(other * kPurposes + static_cast<std::uint64_t>(purpose) + 1));
  }

 private:
  RandomKey key_;
};

}  // namespace npk::synth::internal
