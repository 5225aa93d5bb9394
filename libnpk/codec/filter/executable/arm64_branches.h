// Calls (BL) and page addresses (ADRP) of ARM64 code, from relative to where they stand to positions in the block, in place (spec/filters/arm64_branches.md).
#pragma once

#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::arm64 {

inline constexpr std::size_t kUnitBytes = 1U << 18;  // decided about at a time, by four bits
inline constexpr std::uint8_t kNoCode = 4;           // 0 to 3: code whose words begin at positions of that remainder by 4

// With `forward`, relative to absolute, else back. `position`: of the first word, in the block; words are whole.
template <bool kForward>
[[gnu::always_inline]] inline std::uint32_t exchange(std::uint32_t word, std::uint32_t position) noexcept {
  const std::uint32_t words = position >> 2U, pages = position >> 12U;
  const std::uint32_t called = (kForward ? word + words : word - words) & 0x03FFFFFFU;
  const std::uint32_t page = (word >> 3U & 0x1FFFFCU) | (word >> 29U & 3U);
  const std::uint32_t moved = (kForward ? page + pages : page - pages) & 0x1FFFFFU;
  const std::uint32_t branch = (word & 0xFC000000U) | called;
  const std::uint32_t address = (word & 0x9F00001FU) | (moved & 3U) << 29U | (moved & 0x1FFFFCU) << 3U;
  const bool is_branch = (word & 0xFC000000U) == 0x94000000U, is_address = (word & 0x9F000000U) == 0x90000000U;
  return is_branch ? branch : is_address ? address : word;
}

template <bool kForward>
[[gnu::always_inline]] inline void exchange_words(const std::uint8_t* in, std::size_t words, std::uint32_t position, std::uint8_t* out) noexcept {
  for (std::size_t i = 0; i < words; ++i) store_le(out + 4 * i, exchange<kForward>(load_le<std::uint32_t>(in + 4 * i), position + static_cast<std::uint32_t>(4 * i)));
}

[[nodiscard]] inline std::size_t units_of(std::uint64_t raw_length) noexcept { return static_cast<std::size_t>((raw_length + kUnitBytes - 1) / kUnitBytes); }
[[nodiscard]] inline std::size_t head_bytes(std::uint64_t raw_length) noexcept { return (units_of(raw_length) + 1) / 2; }

}  // namespace npk::codec::arm64
