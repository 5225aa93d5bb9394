// What opening and look-ups cost, in frames and bytes read: bounded by the height of the trees, whatever the package's
// size.
#include <gtest/gtest.h>

#include "npk/files.h"
#include "package/reader/impl.h"
#include "support/package_builder.h"

namespace npk {
namespace {

using test::BuiltPackage;

constexpr std::uint64_t kFramesOfOpening = 1;  // the commit; superblock and trailer are not counted as frames

BuiltPackage package_of(std::size_t files) {
  return test::make_package(files, {.files = files,
                                    .largest_file = 300,
                                    .chunk_bytes = 200,
                                    .chunks_per_block = 10,
                                    .blocks_per_page = 4,
                                    .leaf_rows = 4,
                                    .fanout = 3,
                                    .holes = false});
}

PackageReader open(const BuiltPackage& built, std::uint64_t page_cache_bytes) {
  return PackageReader::open(memory_source(ByteView(built.bytes)), {.limits = {}, .page_cache_bytes = page_cache_bytes})
      .value();
}

// Pages from root to leaf.
std::uint64_t pages_of_descent(const PackageReader& reader, format::FrameType type,
                               const format::FrameReference& root) {
  const auto page = reader.impl().page_cache().load(type, root, UINT64_MAX).value();
  if (const auto* node = std::get_if<reader::CatalogBranch>(&page->content)) return node->height + 1U;
  if (const auto* node = std::get_if<format::ChunkNode>(&page->content)) return node->height + 1U;
  return 1;
}

std::uint64_t catalog_pages(const BuiltPackage& built) {
  const PackageReader reader = open(built, 0);
  return pages_of_descent(reader, format::FrameType::catalog_page, reader.info().commit.placement.catalog_root);
}

std::uint64_t chunk_pages(const BuiltPackage& built) {
  const PackageReader reader = open(built, 0);
  return pages_of_descent(reader, format::FrameType::chunk_page, reader.info().commit.placement.chunk_root);
}

TEST(Cost, OpeningReadsTheSameWhateverTheNumberOfEntries) {
  const BuiltPackage small = package_of(10), large = package_of(3000);
  const ReaderStatistics of_small = open(small, 0).statistics(), of_large = open(large, 0).statistics();
  EXPECT_EQ(of_small.frames_read, kFramesOfOpening);
  EXPECT_EQ(of_large.frames_read, kFramesOfOpening);
  EXPECT_LT(of_large.stored_bytes_read, 1000U);
  EXPECT_LE(of_large.stored_bytes_read, of_small.stored_bytes_read + 32) << "a few numbers are longer";
}

TEST(Cost, OpeningAndOneReadCostOneDescentOfEachTreeAndABlock) {
  for (const std::size_t files : {3U, 40U, 700U, 3000U}) {
    const BuiltPackage built = package_of(files);
    const std::uint64_t pages = catalog_pages(built) + chunk_pages(built);
    const PackageReader reader = open(built, 16U << 20);
    const auto& expected = built.entries[files / 2];
    const auto entry = reader.find(expected.path).value().value();
    Bytes out(1);
    ASSERT_TRUE(reader.open_stream(entry).value().read_at(0, out));
    EXPECT_EQ(out[0], expected.content[0]);
    EXPECT_EQ(reader.statistics().frames_read, kFramesOfOpening + pages + 1) << files << " files";
    EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
  }
}

TEST(Cost, AnEntryByNumberCostsADescentAtMostWhateverTheNumber) {
  const BuiltPackage built = package_of(3000);
  const std::uint64_t height = catalog_pages(built);
  ASSERT_GT(height, 5U);
  const PackageReader reader = open(built, 0);  // keeps the root and one page
  ASSERT_EQ(reader.entry(0)->path(), built.entries[0].path);
  EXPECT_EQ(reader.statistics().frames_read, kFramesOfOpening + height);
  for (std::uint64_t number = 1; number < reader.entry_count(); number += 7) {
    const std::uint64_t before = reader.statistics().frames_read;
    ASSERT_EQ(reader.entry(number)->path(), built.entries[number].path);
    ASSERT_LE(reader.statistics().frames_read - before, height - 1) << number;
  }
}

}  // namespace
}  // namespace npk
