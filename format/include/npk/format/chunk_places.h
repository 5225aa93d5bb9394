// What a manifest says of the chunks of the chunk leaf before it, for recovery where that leaf is lost (spec section 6.2).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "npk/bytes.h"
#include "npk/limits.h"

namespace npk::format {

struct ChunkPage;
struct EntryRow;

// By chunk.
struct ChunkPlaces {
  std::vector<std::uint64_t> blocks;   // index within the leaf; none: the manifest says nothing
  std::vector<std::uint64_t> lengths;  // as many; 0 where a row of the manifest has a run of just this chunk, which tells it
  std::vector<std::uint64_t> gaps;     // as many: bytes between the chunk before it in its block, or the block's start, and it; none if the chunks of
                                       // each block fill it from end to end
};

// `rows`: of the manifest, with the numbers that `leaf` has.
[[nodiscard]] ChunkPlaces places_of(const ChunkPage& leaf, std::span<const EntryRow> rows);

// Of a manifest's raw payload. Nothing is judged but that there are as many lengths and gaps as blocks, and that no gap is negative. Errors: as
// PageView; corrupt; limit (max_chunks_per_page).
[[nodiscard]] Result<ChunkPlaces> decode_chunk_places(ByteView raw, const Limits& limits);

}  // namespace npk::format
