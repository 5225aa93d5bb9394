// What a part of a package in several files begins with (spec section 4.1). It is no part of the package: positions pass over it.
#pragma once

#include <array>

#include "npk/format/superblock.h"

namespace npk::format {

inline constexpr std::size_t kVolumeHeaderBytes = 64;
inline constexpr std::array<std::uint8_t, 8> kVolumeMagic = {0x89, 'N', 'P', 'V', '\r', '\n', 0x1A, '\n'};
inline constexpr std::uint32_t kMostVolumes = 65'535;

struct VolumeHeader {
  PackageId package_id{};
  std::uint32_t number = 1;        // from 1
  bool is_last = false;            // of those that were written at once
  std::uint64_t start = 0;         // position in the package of the first byte behind the header
  std::uint64_t length = 0;        // bytes of the package that it holds
  std::uint64_t volume_bytes = 0;  // most bytes of a part's file

  friend bool operator==(const VolumeHeader&, const VolumeHeader&) = default;
};

[[nodiscard]] std::array<std::uint8_t, kVolumeHeaderBytes> encode_volume_header(const VolumeHeader& header);

// Errors in the order of spec section 4.1: truncated, corrupt (no part of a package, checksum), unsupported (version), corrupt.
[[nodiscard]] Result<VolumeHeader> decode_volume_header(ByteView bytes);

}  // namespace npk::format
