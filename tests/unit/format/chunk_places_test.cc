// What a manifest tells of the chunks of the leaf before it.
#include <gtest/gtest.h>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/page.h"

namespace npk::format {
namespace {

ChunkPage leaf_of(std::vector<ChunkRow> chunks, std::vector<BlockRow> blocks) {
  return {.first_chunk = 10, .first_block = 3, .first_byte = 0, .chunks = std::move(chunks), .blocks = std::move(blocks)};
}
ChunkRow chunk(std::uint32_t length, std::uint32_t block, std::uint32_t offset) { return {.hash = {}, .length = length, .block = block, .offset = offset}; }
BlockRow block(std::uint64_t raw_length) {
  BlockRow row;
  row.raw_length = raw_length;
  return row;
}

ChunkPlaces decoded(const ChunkPlaces& places) {
  const auto again = decode_chunk_places(encode_catalog_page(PageKind::manifest, {}, places), Limits());
  EXPECT_TRUE(again) << again.error().to_string();
  return again.value_or(ChunkPlaces());
}

TEST(ChunkPlaces, NoGapsWhereChunksFillTheirBlocks) {
  const ChunkPlaces places = places_of(leaf_of({chunk(5, 0, 0), chunk(7, 1, 0), chunk(3, 0, 5)}, {block(8), block(7)}), {});
  EXPECT_EQ(places.blocks, (std::vector<std::uint64_t>{0, 1, 0}));
  EXPECT_EQ(places.lengths, (std::vector<std::uint64_t>{5, 7, 3}));
  EXPECT_TRUE(places.gaps.empty());
  EXPECT_EQ(decoded(places).lengths, places.lengths);
}

TEST(ChunkPlaces, GapsBeforeBetweenAndBehind) {
  EXPECT_EQ(places_of(leaf_of({chunk(5, 0, 2), chunk(3, 0, 9)}, {block(12)}), {}).gaps, (std::vector<std::uint64_t>{2, 2}));
  const ChunkPlaces behind = places_of(leaf_of({chunk(5, 0, 0)}, {block(6)}), {});
  EXPECT_EQ(behind.gaps, (std::vector<std::uint64_t>{0})) << "told, though it is nothing: the block has more bytes";
  EXPECT_EQ(decoded(behind).gaps, behind.gaps);
}

TEST(ChunkPlaces, LengthsThatRowsTellAreLeftOut) {
  const std::vector<format::Run> one{{.first_chunk = 11, .chunk_count = 1, .byte_count = 7}}, two{{.first_chunk = 12, .chunk_count = 2, .byte_count = 5}};
  std::vector<EntryRow> rows(2);
  rows[0].runs = one;
  rows[1].runs = two;
  const ChunkPlaces places = places_of(leaf_of({chunk(5, 0, 0), chunk(7, 0, 5), chunk(3, 0, 12), chunk(2, 0, 15)}, {block(17)}), rows);
  EXPECT_EQ(places.lengths, (std::vector<std::uint64_t>{5, 0, 3, 2}));
}

TEST(ChunkPlaces, AChunkThatOverlapsIsRefused) {
  PageBuilder page({.kind = PageKind::manifest, .row_count = 0});
  const std::vector<std::uint64_t> values{1};
  page.add_integers(ColumnId::chunk_length, values);
  page.add_integers(ColumnId::chunk_block, values);
  page.add_integers(ColumnId::chunk_offset, values);  // zigzag: -1
  EXPECT_EQ(decode_chunk_places(page.build(), Limits()).error().code, Errc::corrupt);
}

TEST(ChunkPlaces, OffsetsOfFewerChunksAreRefused) {
  PageBuilder page({.kind = PageKind::manifest, .row_count = 0});
  const std::vector<std::uint64_t> two{1, 1}, one{2};
  page.add_integers(ColumnId::chunk_block, two);
  page.add_integers(ColumnId::chunk_offset, one);
  EXPECT_EQ(decode_chunk_places(page.build(), Limits()).error().code, Errc::corrupt);
}

}  // namespace
}  // namespace npk::format
