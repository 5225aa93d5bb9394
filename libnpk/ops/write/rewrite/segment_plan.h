// What becomes of the blocks of one or more chunk pages when they are written anew as one page: which are copied as they
// are stored, and which chunks are packed together into new ones. Decided on the pages, and on what `filtered_lane` says.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "ops/write/rewrite/live_chunks.h"
#include "package/reader/chunk_table.h"
#include "package/writer/batch.h"

namespace npk::ops {

using ChunkLeafPointer = std::shared_ptr<const reader::ChunkLeaf>;

struct BlockRules {
  std::array<std::size_t, writer::kLanes> block_bytes{};  // raw, of new blocks
  // A block is copied if no more than this of it is not needed, in 1/256. 0: none at all, gaps that no chunk covers
  // included.
  std::uint64_t most_waste = 0;
  bool copies = true;  // false: everything is packed anew
  writer::BaseOptions bases;  // of new blocks
};

// Which lane of filtered content an old block belongs to; nothing where neither its chain nor its content says.
using FilteredLane = std::function<std::optional<writer::Lane>(const reader::BlockLocation&)>;

struct PlannedChunk {
  std::size_t row = 0;       // in the new page
  std::uint32_t offset = 0;  // in the old block
  std::uint32_t length = 0;
  Digest hash{};
};

struct PlannedSource {
  reader::BlockLocation block;
  std::vector<PlannedChunk> chunks;  // ascending, in the block too
};

// What is made at once: one block or more.
struct PlannedBlock {
  bool is_copy = false;   // a block for each source; the first is the base of the others
  bool is_group = false;  // several blocks, which their content decides (package/writer/base_choice.h)
  writer::Lane lane = writer::Lane::ordinary;
  std::vector<PlannedSource> sources;
  std::uint64_t raw_length = 0;
};

struct PlannedSegment {
  format::ChunkPage page;            // the chunks, but for where they come to lie; no blocks
  std::vector<PlannedBlock> blocks;
  std::uint64_t old_chunk_end = 0;   // behind the last chunk of the old pages
};

// `first`: what lies before the new page. The pages are neighbours, with live chunks.
[[nodiscard]] PlannedSegment plan_segment(std::span<const ChunkLeafPointer> leaves, const LiveChunks& live,
                                          const BlockRules& rules, const FilteredLane& filtered_lane, const reader::ChunkCounts& first);

}  // namespace npk::ops
