// How often each of many hashes came, as far as it matters whether they repeat: a word for each, as most come once.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>

#include "codec/filter/encoder_memory.h"

namespace npk::codec {

class RepeatCounts {
 public:
  RepeatCounts() = default;
  // For at most `hashes` of them.
  explicit RepeatCounts(std::size_t hashes) : slots_(std::bit_ceil(hashes + hashes / 3 + 2)) {}

  // Counts `hash`; its place, for good. Two hashes that begin with the same 24 bits and belong near the same place may be one.
  std::uint32_t add(std::uint64_t hash) {
    const auto mark = static_cast<std::uint32_t>(hash >> 40U) << 8U;
    std::size_t at = place_of(hash);
    while (slots_[at] != 0 && (slots_[at] & ~kMost) != mark) at = (at + 1) & (slots_.size() - 1);
    slots_[at] = std::min(slots_[at] | mark, mark | (kMost - 1)) + 1;
    return static_cast<std::uint32_t>(at);
  }
  // Up to kMost.
  [[nodiscard]] std::uint32_t operator[](std::uint32_t place) const noexcept { return slots_[place] & kMost; }
  // A hint that add(hash) will be called soon. Inline, as g++ 12 leaves out calls of functions that only prefetch.
  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[place_of(hash)]); }

  static constexpr std::uint32_t kMost = 255;

 private:
  [[nodiscard]] std::size_t place_of(std::uint64_t hash) const noexcept { return (hash ^ hash >> 29U) & (slots_.size() - 1); }

  FilterVector<std::uint32_t> slots_;  // 24 bits of the hash and 8 of its count; 0: free
};

}  // namespace npk::codec
