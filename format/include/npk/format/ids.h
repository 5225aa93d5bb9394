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
  words = 64,
  json = 65,
  markup = 66,
  delimited = 67,
  lines = 68,
  integers = 69,
  byte_shuffle = 70,
  bit_shuffle = 71,
  element_delta = 72,
  decimal_floats = 73,
  x86_branches = 74,
  arm64_branches = 75,
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

enum class PageKind : std::uint8_t {
  catalog_leaf = 1,
  catalog_node = 2,
  manifest = 3,
  chunk_leaf = 4,
  chunk_node = 5,
  hint = 6,
  hint_node = 7,
};

// Sections of a commit's placement.
enum class SectionId : std::uint16_t {
  kept_statement = 1,
  metadata = 2,
};

enum class ColumnId : std::uint16_t {
  path_shared = 1,
  path_suffix_length = 2,
  path_suffix = 3,
  kind = 4,
  mode = 5,
  uid = 6,
  gid = 7,
  user_name = 8,
  group_name = 9,
  name_length = 10,
  name_bytes = 11,
  mtime_seconds = 12,
  mtime_nanoseconds = 13,
  size = 14,
  run_count = 15,
  run_first_chunk = 16,
  run_chunk_count = 17,
  run_bytes = 18,
  digest = 19,
  link_group = 20,
  target_length = 21,
  target_bytes = 22,
  device = 23,
  xattr_count = 24,
  xattr_name_length = 25,
  xattr_value_length = 26,
  xattr_bytes = 27,
  child_position = 32,
  child_stored_length = 33,
  child_hash = 34,
  child_entries = 35,
  child_content_hash = 36,
  chunk_length = 48,
  chunk_hash = 49,
  chunk_block = 50,
  chunk_offset = 51,
  block_position = 52,
  block_stored_length = 53,
  block_raw_length = 54,
  block_hash = 55,
  block_base = 56,
  block_is_dictionary = 57,
  child_first_number = 64,
  child_first_block = 65,
  child_first_byte = 66,
  hint_device = 80,
  hint_inode = 81,
  hint_ctime_seconds = 82,
  hint_ctime_nanoseconds = 83,
  hint_scan_seconds = 84,
};

}  // namespace npk::format
