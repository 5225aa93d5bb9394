// BLAKE3, the hash all of npk's identities are made of. Algorithm: the BLAKE3 paper (O'Connor, Aumasson, Neves,
// Wilcox-O'Hearn, 2021); code: its authors' C and assembly, which choose the instruction set at run time.
// Nothing here can fail. Objects are not thread-safe; distinct objects may be used at once.
#pragma once

#include <array>
#include <cstddef>
#include <string>
#include <string_view>

#include "npk/bytes.h"

namespace npk::hash {

// The 32-byte plain hash of `bytes`, what b3sum prints.
[[nodiscard]] Digest blake3(ByteView bytes) noexcept;

// Hashes piece by piece: the digest depends on the bytes, not on how they were cut. A copy continues independently.
class Blake3 {
 public:
  Blake3() noexcept;
  // BLAKE3's key derivation mode: a hash domain of its own for each context, a fixed text unique to its use.
  [[nodiscard]] static Blake3 derive_key(std::string_view context) noexcept;

  void update(ByteView bytes) noexcept;
  // Of all bytes so far; more may follow.
  [[nodiscard]] Digest finish() const noexcept;

 private:
  static constexpr std::size_t kStateBytes = 1920;  // sizeof(blake3_hasher), checked in blake3.cc
  alignas(16) std::array<std::byte, kStateBytes> state_;
};

// Lower-case hexadecimal, as b3sum prints a hash.
void append_hex(std::string& out, ByteView bytes);
[[nodiscard]] std::string hex_of(ByteView bytes);

}  // namespace npk::hash
