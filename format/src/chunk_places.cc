#include "npk/format/chunk_places.h"

#include <algorithm>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/page.h"

namespace npk::format {
namespace {

// Nothing where there is no byte that no chunk covers.
std::vector<std::uint64_t> gaps_of(const ChunkPage& leaf) {
  std::vector<std::uint64_t> gaps, ends(leaf.blocks.size());
  for (const ChunkRow& chunk : leaf.chunks) {
    gaps.push_back(chunk.offset - ends[chunk.block]);
    ends[chunk.block] = std::uint64_t{chunk.offset} + chunk.length;
  }
  bool is_filled = std::ranges::all_of(gaps, [](std::uint64_t gap) { return gap == 0; });
  for (std::size_t i = 0; i < ends.size(); ++i) is_filled = is_filled && (ends[i] == leaf.blocks[i].raw_length || leaf.blocks[i].is_dictionary);
  return is_filled ? std::vector<std::uint64_t>() : gaps;
}

}  // namespace

ChunkPlaces places_of(const ChunkPage& leaf, std::span<const EntryRow> rows) {
  ChunkPlaces places{.blocks = {}, .lengths = {}, .gaps = gaps_of(leaf)};
  for (const ChunkRow& chunk : leaf.chunks) {
    places.blocks.push_back(chunk.block);
    places.lengths.push_back(chunk.length);
  }
  for (const EntryRow& row : rows) {
    for (const Run& run : row.runs) {
      const std::uint64_t chunk = run.first_chunk - leaf.first_chunk;
      if (run.chunk_count != 1 || run.first_chunk < leaf.first_chunk || chunk >= places.lengths.size()) continue;
      places.lengths[static_cast<std::size_t>(chunk)] = 0;
    }
  }
  return places;
}

Result<ChunkPlaces> decode_chunk_places(ByteView raw, const Limits& limits) {
  NPK_ASSIGN(const PageView page, PageView::parse(raw, limits));
  ChunkPlaces places;
  NPK_ASSIGN(places.blocks, page.all_integers(ColumnId::chunk_block, limits.max_chunks_per_page));
  NPK_ASSIGN(places.lengths, page.integers(ColumnId::chunk_length, places.blocks.size()));
  NPK_ASSIGN(places.gaps, page.all_integers(ColumnId::chunk_offset, limits.max_chunks_per_page));
  if (!places.gaps.empty() && places.gaps.size() != places.blocks.size())
    return fail_corrupt("a manifest tells offsets of more or fewer chunks than blocks");
  for (std::uint64_t& gap : places.gaps) {
    if (gap % 2 != 0) return fail_corrupt("a chunk overlaps the one before it");
    gap /= 2;  // zigzag of what is not negative
  }
  return places;
}

}  // namespace npk::format
