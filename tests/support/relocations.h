// What looks like an executable's table of relocations, and like machine code: made, each seed's own.
#pragma once

#include "npk/bytes.h"
#include "support/test_tree.h"

namespace npk::testing {

// Elf64_Rela: where, R_X86_64_RELATIVE, and an address, at most `bytes` in whole records.
inline Bytes make_relocations(std::size_t bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes table;
  std::uint64_t where = 0x3D5000, address = 0x120000;
  while (table.size() + 24 <= bytes) {
    for (const std::uint64_t field : {where += 8 + random() % 3 * 8, std::uint64_t{8}, address += random() % 0x400}) {
      for (unsigned i = 0; i < 8; ++i) table.push_back(static_cast<std::uint8_t>(field >> 8 * i));
    }
  }
  return table;
}

// The head of an ELF file for x86-64, then instructions that differ in their operands.
inline Bytes make_code(std::size_t bytes, std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Bytes code = {0x7F, 'E', 'L', 'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3, 0, 62, 0};
  code.resize(64);
  while (code.size() < bytes) {
    const std::uint64_t word = random();
    const auto low = static_cast<std::uint8_t>(word >> 32), high = static_cast<std::uint8_t>(word >> 40);
    switch (word % 4) {
      case 0: code.insert(code.end(), {0x48, 0x8B, 0x45, low}); break;
      case 1: code.insert(code.end(), {0xE8, low, high, 0, 0}); break;
      case 2: code.insert(code.end(), {0x0F, 0x84, low, 0, 0, 0}); break;
      default: code.insert(code.end(), {0x48, 0x89, static_cast<std::uint8_t>(0xC0 | low % 64)});
    }
  }
  code.resize(bytes);
  return code;
}

}  // namespace npk::testing
