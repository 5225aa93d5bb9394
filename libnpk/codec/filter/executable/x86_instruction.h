// How long instructions of x86-64 code are and what operands they have, from their operation bytes: prefixes, opcode, ModRM and SIB
// (spec/filters/x86_branches.md; Intel 64 and IA-32 Architectures Software Developer's Manual, volume 2, appendix A). Any bytes are some instruction.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::x86 {

enum class Displacement : std::uint8_t { none, byte, dword, place };
enum class Immediate : std::uint8_t { none, byte, word, dword, qword, enter, near, call, jump, branch };
inline constexpr std::array<std::uint8_t, 10> kImmediateBytes = {0, 1, 2, 4, 8, 3, 1, 4, 4, 4};

struct Instruction {
  std::uint32_t operation_bytes = 0;
  Displacement displacement = Displacement::none;
  std::uint8_t base = 0;  // the low three bits of ModRM, for a displacement of one byte
  Immediate immediate = Immediate::none;
};

inline constexpr std::size_t kMostOperationBytes = 12;    // four prefixes, REX, EVEX with its opcode, ModRM, SIB
inline constexpr std::size_t kMostInstructionBytes = 20;  // with a displacement and an immediate of four bytes each
inline constexpr std::uint32_t kMostPrefixes = 4;

// What an opcode says of its instruction: an Immediate in the low four bits, and flags.
inline constexpr std::uint8_t kModRm = 0x10, kWithoutOperand16 = 0x20, kWithRexW = 0x40, kByRegister = 0x80;
using Opcodes = std::array<std::uint8_t, 256>;

constexpr void set_opcodes(Opcodes& opcodes, std::size_t first, std::size_t last, Immediate immediate, unsigned flags = 0) {
  for (std::size_t i = first; i <= last; ++i) opcodes[i] = static_cast<std::uint8_t>(static_cast<unsigned>(immediate) | flags);
}

constexpr Opcodes kOneByteOpcodes = [] {
  using enum Immediate;
  Opcodes of{};
  for (std::size_t row = 0; row < 0x40; row += 8) {
    set_opcodes(of, row, row + 3, none, kModRm);
    set_opcodes(of, row + 4, row + 4, byte);
    set_opcodes(of, row + 5, row + 5, dword, kWithoutOperand16);
  }
  set_opcodes(of, 0x63, 0x63, none, kModRm);
  set_opcodes(of, 0x68, 0x68, dword, kWithoutOperand16);
  set_opcodes(of, 0x69, 0x69, dword, kModRm | kWithoutOperand16);
  set_opcodes(of, 0x6A, 0x6A, byte);
  set_opcodes(of, 0x6B, 0x6B, byte, kModRm);
  set_opcodes(of, 0x70, 0x7F, near);
  set_opcodes(of, 0x80, 0x83, byte, kModRm);
  set_opcodes(of, 0x81, 0x81, dword, kModRm | kWithoutOperand16);
  set_opcodes(of, 0x84, 0x8F, none, kModRm);
  set_opcodes(of, 0xA0, 0xA3, qword);
  set_opcodes(of, 0xA8, 0xA8, byte);
  set_opcodes(of, 0xA9, 0xA9, dword, kWithoutOperand16);
  set_opcodes(of, 0xB0, 0xB7, byte);
  set_opcodes(of, 0xB8, 0xBF, dword, kWithoutOperand16 | kWithRexW);
  set_opcodes(of, 0xC0, 0xC1, byte, kModRm);
  set_opcodes(of, 0xC2, 0xC2, word);
  set_opcodes(of, 0xC6, 0xC6, byte, kModRm);
  set_opcodes(of, 0xC7, 0xC7, dword, kModRm | kWithoutOperand16);
  set_opcodes(of, 0xC8, 0xC8, enter);
  set_opcodes(of, 0xCA, 0xCA, word);
  set_opcodes(of, 0xCD, 0xCD, byte);
  set_opcodes(of, 0xD0, 0xD3, none, kModRm);
  set_opcodes(of, 0xD8, 0xDF, none, kModRm);
  set_opcodes(of, 0xE0, 0xE3, near);
  set_opcodes(of, 0xE4, 0xE7, byte);
  set_opcodes(of, 0xE8, 0xE8, call);
  set_opcodes(of, 0xE9, 0xE9, jump);
  set_opcodes(of, 0xEB, 0xEB, near);
  set_opcodes(of, 0xF6, 0xF6, byte, kModRm | kByRegister);
  set_opcodes(of, 0xF7, 0xF7, dword, kModRm | kWithoutOperand16 | kByRegister);
  set_opcodes(of, 0xFE, 0xFF, none, kModRm);
  return of;
}();

// Behind 0F.
constexpr Opcodes kTwoByteOpcodes = [] {
  using enum Immediate;
  Opcodes of{};
  set_opcodes(of, 0x00, 0xFF, none, kModRm);
  for (const std::size_t code : std::array<std::size_t, 8>{0x04, 0x0A, 0x0B, 0x0C, 0x0E, 0x0F, 0x37, 0x77}) set_opcodes(of, code, code, none);
  set_opcodes(of, 0x05, 0x09, none);
  set_opcodes(of, 0x30, 0x35, none);
  set_opcodes(of, 0xA0, 0xA2, none);
  set_opcodes(of, 0xA8, 0xAA, none);
  set_opcodes(of, 0xC8, 0xCF, none);
  set_opcodes(of, 0x70, 0x73, byte, kModRm);
  for (const std::size_t code : std::array<std::size_t, 7>{0xA4, 0xAC, 0xBA, 0xC2, 0xC4, 0xC5, 0xC6}) set_opcodes(of, code, code, byte, kModRm);
  set_opcodes(of, 0x80, 0x8F, branch);
  return of;
}();

inline constexpr std::uint8_t kOpcode0F38 = kModRm, kOpcode0F3A = kModRm | static_cast<std::uint8_t>(Immediate::byte);

constexpr std::array<bool, 256> kIsPrefix = [] {
  std::array<bool, 256> is{};
  for (const std::size_t code : std::array<std::size_t, 11>{0x26, 0x2E, 0x36, 0x3E, 0x64, 0x65, 0x66, 0x67, 0xF0, 0xF2, 0xF3}) is[code] = true;
  return is;
}();

// Of a ModRM byte: the Displacement in the low two bits, as if there was no SIB, and whether there is.
inline constexpr std::uint8_t kHasSib = 4;
constexpr std::array<std::uint8_t, 256> kModes = [] {
  std::array<std::uint8_t, 256> modes{};
  for (unsigned mod_rm = 0; mod_rm < 0xC0; ++mod_rm) {
    const unsigned mode = mod_rm >> 6U, base = mod_rm & 7U;
    const Displacement displacement = mode == 1 ? Displacement::byte : mode == 2 ? Displacement::dword : base == 5 ? Displacement::place : Displacement::none;
    modes[mod_rm] = static_cast<std::uint8_t>(static_cast<unsigned>(displacement) | (base == 4 ? kHasSib : 0U));
  }
  return modes;
}();

// Of an opcode behind VEX or EVEX, whose map is one of those behind 0F, but has no branches.
[[nodiscard]] inline std::uint8_t vector_opcode(unsigned map, std::uint8_t opcode) noexcept {
  if (map == 3) return kOpcode0F3A;
  if (map != 1 || (opcode & 0xF0) == 0x80) return kModRm;
  return kTwoByteOpcodes[opcode];
}

// Moves `at` over an opcode that is more than a byte; its first byte is 0F, C4, C5 or 62.
[[nodiscard]] inline std::uint8_t long_opcode(const std::uint8_t*& at) noexcept {
  const std::uint8_t first = *at++;
  if (first == 0x0F) {
    const std::uint8_t second = *at++;
    if (second != 0x38 && second != 0x3A) return kTwoByteOpcodes[second];
    ++at;
    return second == 0x38 ? kOpcode0F38 : kOpcode0F3A;
  }
  const unsigned map = first == 0xC5 ? 1 : first == 0xC4 ? at[0] & 31U : at[0] & 7U;
  at += first == 0xC5 ? 1 : first == 0xC4 ? 2 : 3;
  return vector_opcode(map, *at++);
}

// `begin`: kMostOperationBytes bytes can be read. What follows prefixes is looked at in one word: where the next instruction begins waits for one load,
// not for one behind the other.
[[nodiscard]] [[gnu::always_inline]] inline Instruction instruction_at(const std::uint8_t* begin) noexcept {
  Instruction made;
  const std::uint8_t* at = begin;
  bool operand_16 = false;
  for (std::uint32_t i = 0; i < kMostPrefixes && kIsPrefix[*at]; ++i) operand_16 |= *at++ == 0x66;
  static_assert(kMostOperationBytes >= kMostPrefixes + sizeof(std::uint64_t));
  std::uint64_t word = load_le<std::uint64_t>(at);
  const bool has_rex = (word & 0xF0) == 0x40;
  const bool rex_w = has_rex && (word & 8U) != 0;
  word >>= has_rex ? 8 : 0;
  at += has_rex ? 1 : 0;
  const auto first = static_cast<std::uint8_t>(word);
  std::uint8_t opcode;
  if (first == 0x0F || first == 0x62 || (first & 0xFE) == 0xC4) [[unlikely]] {
    opcode = long_opcode(at);
    word = std::uint64_t{at[0]} | std::uint64_t{at[1]} << 8U;
  } else {
    opcode = kOneByteOpcodes[first];
    word >>= 8;
    ++at;
  }
  bool has_immediate = true;
  if ((opcode & kModRm) != 0) {
    const auto mod_rm = static_cast<std::uint8_t>(word);
    const std::uint8_t mode = kModes[mod_rm];
    made.base = mod_rm & 7U;
    made.displacement = static_cast<Displacement>(mode & 3U);
    if ((opcode & kByRegister) != 0) has_immediate = (mod_rm & 0x30U) == 0;
    if ((mode & kHasSib) != 0 && mod_rm < 0x40 && (word >> 8U & 7U) == 5) [[unlikely]] made.displacement = Displacement::dword;
    at += (mode & kHasSib) != 0 ? 2 : 1;
  }
  if (has_immediate) {
    made.immediate = static_cast<Immediate>(opcode & 15U);
    if ((opcode & kWithRexW) != 0 && rex_w) {
      made.immediate = Immediate::qword;
    } else if ((opcode & kWithoutOperand16) != 0 && operand_16) {
      made.immediate = Immediate::word;
    }
  }
  made.operation_bytes = static_cast<std::uint32_t>(at - begin);
  return made;
}

}  // namespace npk::codec::x86
