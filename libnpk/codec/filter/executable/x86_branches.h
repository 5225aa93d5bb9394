// Operands of x86-64 code that are relative to where they stand, as positions in the block and in streams of their own (spec/filters/x86_branches.md).
#pragma once

#include <array>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::x86 {

enum class Operand : std::uint8_t { none, call, jump, data };
inline constexpr std::size_t kStreams = 3;
inline constexpr std::size_t kStreamBytes = 3;  // of an operand: what its highest byte, 00 or FF, does not say
inline constexpr std::uint32_t kPositions = 1U << 25;

[[nodiscard]] constexpr std::size_t stream_of(Operand operand) noexcept { return static_cast<std::size_t>(operand) - 1; }

// What a byte may be the last byte before; that depends on the bytes before it too.
constexpr std::array<Operand, 256> kLastBytes = [] {
  std::array<Operand, 256> kinds{};
  kinds[0xE8] = kinds[0xE9] = Operand::call;
  for (std::size_t byte = 0x80; byte < 0x90; ++byte) kinds[byte] = Operand::jump;
  for (std::size_t byte = 0x05; byte < 0x40; byte += 8) kinds[byte] = Operand::data;
  return kinds;
}();

// Whether an operand of four bytes follows the byte at `at`, `fresh` bytes of `raw` behind the operand before (that at `at` included).
[[nodiscard]] [[gnu::always_inline]] inline Operand operand_after(const std::uint8_t* at, std::size_t fresh) noexcept {
  const Operand kind = kLastBytes[*at];
  if (kind == Operand::none || kind == Operand::call) return kind;
  if (kind == Operand::jump) return fresh >= 2 && at[-1] == 0x0F ? kind : Operand::none;
  if (fresh < 3 || (at[-2] & 0xF0) != 0x40) return Operand::none;
  return at[-1] == 0x8B || at[-1] == 0x8D || at[-1] == 0x89 ? kind : Operand::none;
}

}  // namespace npk::codec::x86
