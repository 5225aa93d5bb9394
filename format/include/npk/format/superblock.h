// The first 96 bytes of a package (spec section 4).
#pragma once

#include <array>

#include "npk/bytes.h"

namespace npk::format {

using PackageId = std::array<std::uint8_t, 16>;

inline constexpr std::size_t kSuperblockBytes = 96;
inline constexpr std::array<std::uint8_t, 8> kSuperblockMagic = {0x89, 'N', 'P', 'K', '\r', '\n', 0x1A, '\n'};

struct Superblock {
  bool sealed = false;
  PackageId package_id{};
  Digest key_commitment{};  // zero unless sealed

  friend bool operator==(const Superblock&, const Superblock&) = default;
};

[[nodiscard]] std::array<std::uint8_t, kSuperblockBytes> encode_superblock(const Superblock& superblock);

// Checks in the order of spec section 4: truncated, corrupt (not a package, checksum), unsupported (version), corrupt (reserved).
[[nodiscard]] Result<Superblock> decode_superblock(ByteView bytes);

}  // namespace npk::format
