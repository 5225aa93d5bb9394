// Chunk leaves and nodes: chunk number -> hash, length, block, offset; block number -> frame (spec sections 6.4, 6.5).
#pragma once

#include <vector>

#include "npk/bytes.h"
#include "npk/limits.h"

namespace npk::format {

struct ChunkRow {
  Digest hash{};
  std::uint32_t length = 0;        // at least 1
  std::uint32_t block = 0;         // index into the page's blocks
  std::uint32_t offset = 0;        // in the raw block
};

struct BlockRow {
  std::uint64_t position = 0;      // of the frame
  std::uint64_t stored_length = 0; // of its body
  std::uint64_t raw_length = 0;
  Digest hash{};                   // BLAKE3 of the body
  std::uint64_t base_distance = 0; // 0: no base; else this block's number minus its base's
  bool is_dictionary = false;
};

// A chunk leaf. first_byte is the stream position of the first chunk: the sum of the lengths of all chunks before it.
struct ChunkPage {
  std::uint64_t first_chunk = 0;
  std::uint64_t first_block = 0;
  std::uint64_t first_byte = 0;
  std::vector<ChunkRow> chunks;
  std::vector<BlockRow> blocks;
};

[[nodiscard]] Bytes encode_chunk_page(const ChunkPage& page);

// Checks everything that can be checked within the page: lengths, blocks in range, chunks inside their raw block and not overlapping one before
// them, positions ascending, no dictionary with chunks, base distances not beyond block 0, and sums without overflow.
[[nodiscard]] Result<ChunkPage> decode_chunk_page(ByteView raw, const Limits& limits);

struct ChunkChild {
  std::uint64_t position = 0;
  std::uint64_t stored_length = 0;
  Digest hash{};
  std::uint64_t first_chunk = 0;
  std::uint64_t first_block = 0;
  std::uint64_t first_byte = 0;
};

struct ChunkNode {
  std::uint8_t height = 0;
  std::vector<ChunkChild> children;
};

[[nodiscard]] Bytes encode_chunk_node(const ChunkNode& node);
// Checks: at least one child; the three firsts ascend strictly and begin with the page header's.
[[nodiscard]] Result<ChunkNode> decode_chunk_node(ByteView raw, const Limits& limits);

}  // namespace npk::format
