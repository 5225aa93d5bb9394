// What kernels and host agree on: laid out as the structures of kernels/dialect.cl, numbers as its constants.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

namespace npk::accel {

struct ItemRecord {
  std::uint64_t input_offset = 0, input_bytes = 0, output_offset = 0, output_room = 0;
  std::uint64_t first_tile = 0, tile_count = 0;
  std::uint64_t parameter = 0;
  std::uint64_t expected_bytes = 0;
};
struct TileRecord {
  std::uint32_t item = 0, unused = 0;
  std::uint64_t begin = 0;
};
struct OutcomeRecord {
  std::uint64_t bytes = 0;
  std::uint32_t status = 0, unused = 0;
};
static_assert(sizeof(ItemRecord) == 64 && sizeof(TileRecord) == 16 && sizeof(OutcomeRecord) == 16);

enum class Kernel : std::uint8_t {
  sum_tiles, varint_sizes, varint_write, varint_count, varint_read, zigzag_encode, zigzag_decode, delta_encode, delta_sums, delta_restore,
  dictionary_lookup, bit_pack, bit_unpack, frame_ranges, frame_headers, frame_encode, frame_decode, histogram_clear, histogram, entropy,
  match_count, match_write, cut_count, cut_write, blake3_leaves, blake3_parents, lz4_decode,
};
inline constexpr std::array<const char*, 27> kKernelNames = {
    "sum_tiles", "varint_sizes", "varint_write", "varint_count", "varint_read", "zigzag_encode", "zigzag_decode", "delta_encode", "delta_sums", "delta_restore",
    "dictionary_lookup", "bit_pack", "bit_unpack", "frame_ranges", "frame_headers", "frame_encode", "frame_decode", "histogram_clear", "histogram", "entropy",
    "match_count", "match_write", "cut_count", "cut_write", "blake3_leaves", "blake3_parents", "lz4_decode"};
static_assert(kKernelNames[static_cast<std::size_t>(Kernel::lz4_decode)] == std::string_view("lz4_decode"));

// Elements of a tile.
inline constexpr std::uint64_t kVarintTileValues = 64;
inline constexpr std::uint64_t kVarintTileBytes = 256;
inline constexpr std::uint64_t kDeltaTileValues = 128;
inline constexpr std::uint64_t kValueTile = 4096;
inline constexpr std::uint64_t kHistogramTileBytes = 32768;
inline constexpr std::uint64_t kMatchTileBytes = 512;
inline constexpr std::uint64_t kCutTileBytes = 1024;
inline constexpr std::uint64_t kLeafBytes = 1024;
inline constexpr std::uint32_t kLargestGroup = 256;

}  // namespace npk::accel
