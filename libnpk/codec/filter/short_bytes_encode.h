// Byte strings that are mostly short, compared without calls.
#pragma once

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

#include "npk/bytes.h"

namespace npk::codec {

// At most 8 bytes as a number, the first in its lowest bits.
[[nodiscard]] inline std::uint64_t load_word(const std::uint8_t* from, std::size_t length) noexcept {
  if (length == 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    return word;
  }
  if (length >= 4) {
    std::uint32_t low = 0, high = 0;
    std::memcpy(&low, from, 4);
    std::memcpy(&high, from + length - 4, 4);
    return low | std::uint64_t{high} >> 8 * (8 - length) << 32U;
  }
  if (length == 0) return 0;
  const std::size_t middle = length / 2, last = length - 1;
  return from[0] | std::uint64_t{from[middle]} << 8 * middle | std::uint64_t{from[last]} << 8 * last;
}

[[nodiscard]] inline bool same_bytes(const std::uint8_t* left, const std::uint8_t* right, std::size_t length) noexcept {
  if (length > 16) return std::memcmp(left, right, length) == 0;
  if (length <= 8) return load_word(left, length) == load_word(right, length);
  return load_word(left, 8) == load_word(right, 8) && load_word(left + length - 8, 8) == load_word(right + length - 8, 8);
}

// How many bytes both begin with.
[[nodiscard]] inline std::size_t shared_length(ByteView left, ByteView right) noexcept {
  const std::size_t most = std::min(left.size(), right.size());
  std::size_t shared = 0;
  for (; shared + 8 <= most; shared += 8) {
    const std::uint64_t difference = load_le<std::uint64_t>(left.data() + shared) ^ load_le<std::uint64_t>(right.data() + shared);
    if (difference != 0) return shared + static_cast<std::size_t>(std::countr_zero(difference)) / 8;
  }
  while (shared < most && left[shared] == right[shared]) ++shared;
  return shared;
}

}  // namespace npk::codec
