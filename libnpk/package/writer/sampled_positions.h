// Positions of content that are picked by what is there, so that stretches in common have the same ones wherever they lie.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "npk/bytes.h"

namespace npk::writer {

// SSE2 has this multiplication, as has every other vector unit.
using SampledLanes __attribute__((vector_size(16))) = std::uint16_t;

// Which of the eight positions at `at` and every second byte after it are sampled, one in 128 by a hash of the four bytes there: all ones in their lanes.
inline SampledLanes sampled_of_eight(const std::uint8_t* at) noexcept {
  constexpr std::uint16_t kSampled = 0xFFFF >> 7;
  SampledLanes low;
  SampledLanes high;
  std::memcpy(&low, at, sizeof low);
  std::memcpy(&high, at + 2, sizeof high);
  return ((((low * 0x9E37) ^ (high * 0x85EB) ^ (high >> 7)) + 0x5A5A) * 0x9E37) <= kSampled;
}

// take(at) for those that have so many bytes from there on, in order; the last sixteen may be left out.
inline void for_each_sampled(ByteView data, std::size_t bytes, auto&& take) {
  constexpr std::size_t kStrideBytes = sizeof(SampledLanes);
  for (std::size_t i = 0; i + kStrideBytes + bytes <= data.size(); i += kStrideBytes) {
    const SampledLanes found = (sampled_of_eight(&data[i]) & 0x00FF) | (sampled_of_eight(&data[i + 1]) & 0xFF00);  // a byte a position
    std::array<std::uint64_t, 2> words;
    std::memcpy(words.data(), &found, sizeof words);
    if ((words[0] | words[1]) == 0) [[likely]] continue;
    for (std::size_t half = 0; half < words.size(); ++half) {
      for (std::uint64_t hits = words[half]; hits != 0;) {
        const auto byte = static_cast<std::size_t>(std::countr_zero(hits)) / 8;
        take(&data[i + half * 8 + byte]);
        hits &= ~(std::uint64_t{0xFF} << (byte * 8));
      }
    }
  }
}

}  // namespace npk::writer
