// Every id the format writes to disk. spec/registry.md lists the same values; tests/structure compares the two.
// Ids are never reused; a reader refuses what it does not know only where the format says must-understand.
#pragma once

#include <cstdint>

namespace npk::format {

enum class FrameType : std::uint8_t {
  block = 1,
  dictionary = 2,
  manifest = 3,
  catalog_page = 4,
  chunk_page = 5,
  envelope = 6,
  signature = 7,
  parity = 8,
  commit = 9,
  trailer = 10,
  padding = 11,
  hint_page = 12,
};

// Bits of a frame header's flags byte. Bits not listed are reserved: written as zero, refused otherwise.
inline constexpr std::uint8_t kFrameMustUnderstand = 1U << 0;  // a reader that does not know the type refuses the package
inline constexpr std::uint8_t kFrameSealed = 1U << 1;          // the body is encrypted (spec: sealing)
inline constexpr std::uint8_t kFrameCarriesSalt = 1U << 2;     // the body begins with the writing session's 32-byte salt

// One step of a block's codec chain. An empty chain on disk is `store`; 0 never appears in a chain.
// 1..63 compressors, 64..127 filters, 128..255 for private use.
enum class CodecId : std::uint8_t {
  store = 0,
  zstd = 1,
  lz4 = 2,
  lzma2 = 3,
};

// How the values of a column lie in its bytes.
enum class ColumnEncoding : std::uint8_t {
  constant = 1,
  frame_of_reference = 2,
  delta = 3,
  zero_run = 4,
  dictionary = 5,
  bytes = 16,
};

enum class EntryKind : std::uint8_t {
  regular = 1,
  directory = 2,
  symlink = 3,
  character_device = 4,
  block_device = 5,
  fifo = 6,
};

}  // namespace npk::format
