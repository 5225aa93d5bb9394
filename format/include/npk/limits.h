// Bounds that every decoder keeps, whatever a package claims. The defaults suit packages from strangers;
// an application that knows its packages may raise them, one that is short of memory may lower them.
#pragma once

#include <cstdint>

namespace npk {

// What decoding one frame may take of memory, whatever it claims (a constant column of many values costs no bytes):
//   catalog page, manifest  64 MiB for 2^20 runs; beyond, 64 bytes a run or attribute, of which there may be as many as
//                           the raw page has bytes, no more than max_page_raw_bytes / 4 runs and / 16 attributes;
//                           130 bytes a row; twice max_page_raw_bytes for the raw page and its paths
//   chunk page              the raw page, and 120 bytes a chunk or block (each has a hash of 32 bytes in the page)
//   block                   max_block_raw_bytes, the body, and the codec's own (codec::decoder_memory_bytes)
struct Limits {
  // Structure
  std::uint64_t max_frame_bytes = 1ULL << 30;          // stored length of one frame's body
  std::uint64_t max_block_raw_bytes = 256ULL << 20;    // one block, decoded
  std::uint64_t max_base_raw_bytes = 512ULL << 10;     // one base (spec: 512 KiB)
  std::uint64_t max_page_raw_bytes = 64ULL << 20;      // one catalog or chunk page or manifest, decoded
  std::uint32_t max_catalog_rows_per_page = 8192;
  std::uint32_t max_manifest_rows = 1U << 17;
  std::uint32_t max_chunks_per_page = 1U << 17;
  std::uint32_t max_tree_height = 8;                   // of catalog and chunk page trees
  std::uint32_t max_columns_per_page = 64;
  std::uint32_t max_codec_chain = 8;
  // Entries
  std::uint32_t max_path_bytes = 65'535;
  std::uint32_t max_name_bytes = 255;                  // one component, when extracting
  std::uint64_t max_xattr_bytes = 1ULL << 20;          // all attributes of one entry
  std::uint64_t max_entries = 1ULL << 32;
  std::uint64_t max_runs_per_entry = 1ULL << 24;
  // What a whole package may expand to: refused beyond both (holes not counted).
  std::uint64_t max_expanded_bytes_free = 16ULL << 30; // always allowed
  std::uint64_t max_expansion_ratio = 1000;            // expanded bytes per stored byte beyond that
  std::uint64_t max_pieces_free = 1ULL << 20;          // chunks as often as entries use them, beyond one for each entry;
                                                       // one more for each 32 stored bytes
  std::uint32_t max_symlink_depth = 40;
};

}  // namespace npk
