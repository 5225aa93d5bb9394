// Streams of filtered ARM64 code, and words of instructions with their fields in bytes of their own (spec/filters/arm64_branches.md).
#pragma once

#include <array>

#include "codec/filter/executable/stretches.h"

namespace npk::codec::arm64 {

enum Stream : std::uint8_t {
  kOperations,  // four bytes a word, as are the next two
  kCalls,
  kPages,
  kOther,
  kTests,
  kJumps,  // two planes
  kBranches = kJumps + 2,
  kRecords = kBranches + 2,
  kStreams = kRecords + executable::kRecordStreams,
};
inline constexpr std::size_t kWordBytes = 4;
// Code of kind k has its words from byte k of a stretch on.
using Layout = executable::Layout<kStreams, kOther, kRecords, kWordBytes, kWordBytes>;

// By a word's highest byte.
enum class Class : std::uint8_t { plain, immediate, pair, call, jump, branch, test, page };
constexpr std::array<Class, 256> kClasses = [] {
  std::array<Class, 256> classes{};
  for (unsigned high = 0; high < 256; ++high) {
    Class& made = classes[high];
    if ((high & 0x1FU) == 0x11 || (high & 0x3BU) == 0x39) made = Class::immediate;
    if ((high & 0x3AU) == 0x28) made = Class::pair;
    if ((high & 0xFCU) == 0x94) made = Class::call;
    if ((high & 0xFCU) == 0x14) made = Class::jump;
    if (high == 0x54 || (high & 0x7EU) == 0x34) made = Class::branch;
    if ((high & 0x7EU) == 0x36) made = Class::test;
    if ((high & 0x9FU) == 0x90) made = Class::page;
  }
  return classes;
}();
[[nodiscard]] constexpr Class class_of(std::uint32_t word) noexcept { return kClasses[word >> 24U]; }

// Bits `from` to `from` + `count` - 1 of `value`, at `to`.
template <unsigned from, unsigned count, unsigned to>
[[nodiscard]] constexpr std::uint32_t moved(std::uint32_t value) noexcept {
  return (value >> from & ((1U << count) - 1)) << to;
}

// An operation is the highest byte of a word, then three bytes with a register in the low five bits of each: Rm, Rn and Rd.
[[nodiscard]] constexpr std::uint32_t plain_operation(std::uint32_t word) noexcept {
  return (word & 0xFF000000U) | moved<13, 3, 21>(word) | moved<16, 5, 16>(word) | moved<10, 3, 13>(word) | moved<5, 5, 8>(word) | moved<21, 3, 5>(word) |
         moved<0, 5, 0>(word);
}
[[nodiscard]] constexpr std::uint32_t plain_word(std::uint32_t operation) noexcept {
  return (operation & 0xFF000000U) | moved<21, 3, 13>(operation) | moved<16, 5, 16>(operation) | moved<13, 3, 10>(operation) | moved<8, 5, 5>(operation) |
         moved<5, 3, 21>(operation) | moved<0, 5, 0>(operation);
}

// The low eight bits of an immediate of 12 take the byte of Rm.
inline constexpr std::uint32_t kOperationImmediate = 0x00FFE080U;
[[nodiscard]] constexpr std::uint32_t immediate_operation(std::uint32_t word) noexcept {
  return (word & 0xFF000000U) | moved<10, 8, 16>(word) | moved<18, 3, 13>(word) | moved<5, 5, 8>(word) | moved<21, 1, 7>(word) | moved<22, 2, 5>(word) |
         moved<0, 5, 0>(word);
}
[[nodiscard]] constexpr std::uint32_t immediate_word(std::uint32_t operation) noexcept {
  return (operation & 0xFF000000U) | moved<16, 8, 10>(operation) | moved<13, 3, 18>(operation) | moved<8, 5, 5>(operation) | moved<7, 1, 21>(operation) |
         moved<5, 2, 22>(operation) | moved<0, 5, 0>(operation);
}

// Of two registers to load or store the second takes the byte of Rm.
[[nodiscard]] constexpr std::uint32_t pair_operation(std::uint32_t word) noexcept {
  return (word & 0xFF000000U) | moved<15, 3, 21>(word) | moved<10, 5, 16>(word) | moved<18, 3, 13>(word) | moved<5, 5, 8>(word) |
         moved<21, 1, 7>(word) | moved<22, 2, 5>(word) | moved<0, 5, 0>(word);
}
[[nodiscard]] constexpr std::uint32_t pair_word(std::uint32_t operation) noexcept {
  return (operation & 0xFF000000U) | moved<21, 3, 15>(operation) | moved<16, 5, 10>(operation) | moved<13, 3, 18>(operation) | moved<8, 5, 5>(operation) |
         moved<7, 1, 21>(operation) | moved<5, 2, 22>(operation) | moved<0, 5, 0>(operation);
}

// What an address lies behind its page's begin is in the first word of class immediate, of the words that follow within so many bytes, whose Rn
// is the register that has the page.
inline constexpr std::size_t kPageReach = 8 * kWordBytes;
inline constexpr std::uint32_t kImmediateBits = 12, kWordImmediate = 0xFFFU << 10U;

// Loads and stores count in what they move.
[[nodiscard]] constexpr std::uint32_t scale_of(std::uint32_t word) noexcept {
  if ((word & 0x3B000000U) != 0x39000000U) return 0;
  return (word & 0x04800000U) == 0x04800000U ? 4 : word >> 30U;
}
[[nodiscard]] constexpr std::uint32_t low_address(std::uint32_t word) noexcept {
  const std::uint32_t immediate = moved<10, kImmediateBits, 0>(word), scale = scale_of(word);
  return (immediate << scale | immediate >> (kImmediateBits - scale)) & 0xFFFU;
}
// The immediate's bits of a word whose other bits are as in `word`.
[[nodiscard]] constexpr std::uint32_t immediate_of(std::uint32_t low_address, std::uint32_t word) noexcept {
  const std::uint32_t scale = scale_of(word);
  return ((low_address >> scale | low_address << (kImmediateBits - scale)) & 0xFFFU) << 10U;
}

}  // namespace npk::codec::arm64
