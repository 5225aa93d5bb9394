// How a group of chunks becomes small blocks and one base for them (spec section 5): of the chunks with the content that most
// of its blocks have, by samples of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "npk/bytes.h"

namespace npk::writer {

struct BaseOptions {
  std::size_t most_bytes = 0;   // of a base, raw; 0: there are none
  std::size_t group_bytes = 0;  // raw
};

// Hashes of 8 bytes of content, of about one position in 32, picked by their content, in order. Any thread.
[[nodiscard]] std::vector<std::uint32_t> sample_content(ByteView chunk);

struct GroupChunk {
  std::uint32_t length = 0;
  std::span<const std::uint32_t> samples;
};

struct DividedGroup {
  bool has_base = false;                         // the first block, of the others
  std::vector<std::vector<std::size_t>> blocks;  // of chunks, ascending; no block is empty
};

// Into blocks of at most `block_bytes`, but of one chunk that is longer, and a base, unless the group is too small for one. For the base
// are taken, by turns, the chunk whose samples the most other blocks have, for its length, which no chunk taken before has
// (a greedy cover, as of COVER dictionaries, but of whole chunks, which are stored once). Integers only.
[[nodiscard]] DividedGroup divide_group(std::span<const GroupChunk> chunks, std::size_t block_bytes, std::size_t most_base_bytes);

}  // namespace npk::writer
