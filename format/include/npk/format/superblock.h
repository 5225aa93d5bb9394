// The first 96 bytes of a package (spec section 4).
#pragma once

#include <array>

#include "npk/bytes.h"

namespace npk::format {

enum class Cipher : std::uint8_t {
  none = 0,
  xchacha20_poly1305 = 1,  // draft-irtf-cfrg-xchacha-03
  aes_256_gcm = 2,         // NIST SP 800-38D
};

using PackageId = std::array<std::uint8_t, 16>;

inline constexpr std::size_t kSuperblockBytes = 96;
inline constexpr std::array<std::uint8_t, 8> kSuperblockMagic = {0x89, 'N', 'P', 'K', '\r', '\n', 0x1A, '\n'};

struct Superblock {
  bool sealed = false;
  PackageId package_id{};
  Digest key_commitment{};  // to the first epoch key; zero unless sealed
  Cipher cipher{};          // of all sealed bodies; zero unless sealed

  friend bool operator==(const Superblock&, const Superblock&) = default;
};

[[nodiscard]] std::array<std::uint8_t, kSuperblockBytes> encode_superblock(const Superblock& superblock);

// Checks in the order of spec section 4: truncated, corrupt (not a package, checksum), unsupported (version), corrupt
// (reserved), unsupported (cipher).
[[nodiscard]] Result<Superblock> decode_superblock(ByteView bytes);

}  // namespace npk::format
