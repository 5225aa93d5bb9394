// What is stored once, and what is stored uncompressed: counted in the package.
#include "block/seal.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

Bytes joined(const Bytes& first, const Bytes& second) {
  Bytes all = first;
  all.insert(all.end(), second.begin(), second.end());
  return all;
}

// Two equal files, two that differ by an insertion at the front, one that begins as another and then differs.
TestTree repeats() {
  const Bytes twin = testing::make_data(DataKind::random, 3'000'000, 1);
  const Bytes shifted = testing::make_data(DataKind::random, 3'000'000, 2);
  TestTree tree({TestEntry{.path = "twin1", .content = twin}, TestEntry{.path = "twin2", .content = twin}, TestEntry{.path = "front", .content = shifted},
                 TestEntry{.path = "shifted", .content = joined(testing::make_data(DataKind::random, 1001, 3), shifted)}});
  return tree;
}

TEST(Deduplication, SharesWhatItSays) {
  const TestTree tree = repeats();
  constexpr std::uint64_t kAll = 12'001'001;
  const auto unique = [&](Deduplication deduplication) {
    const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = 16384, .deduplication = deduplication});
    expect_entries(packed.bytes, tree.entries());
    const testing::PackageAudit found = testing::audit(packed.bytes);
    EXPECT_EQ(packed.report.input_bytes, kAll);
    EXPECT_EQ(packed.report.duplicate_bytes + found.commit.placement.totals.unique_bytes, kAll);
    return found.commit.placement.totals.unique_bytes;
  };
  EXPECT_EQ(unique(Deduplication::none), kAll);
  EXPECT_EQ(unique(Deduplication::files), kAll - 3'000'000);
  const std::uint64_t by_chunks = unique(Deduplication::chunks);
  EXPECT_GE(by_chunks, 6'001'001U);
  EXPECT_LE(by_chunks, 6'001'001U + 2 * 65'536U);  // the chunks about the insertion
}

TEST(Deduplication, ShiftedFileSharesAllChunksButTheFirst) {
  const Bytes base = testing::make_data(DataKind::text, 2'000'000, 4);
  for (const std::size_t shift : {1U, 63U, 64U, 65U, 4096U, 100'000U}) {
    const Bytes moved = joined(testing::make_data(DataKind::random, shift, 5), base);
    const TestTree tree({TestEntry{.path = "a", .content = base}, TestEntry{.path = "b", .content = moved}});
    const testing::PackageAudit found = testing::audit(testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = 8192}).bytes);
    const auto chunks_of = [&](const std::string& path) {
      std::set<std::uint64_t> numbers;
      for (const format::Run& run : found.runs.at(path))
        for (std::uint64_t i = 0; i < run.chunk_count; ++i) numbers.insert(run.first_chunk + i);
      return numbers;
    };
    std::set<std::uint64_t> only_b;
    const std::set<std::uint64_t> a = chunks_of("a"), b = chunks_of("b");
    std::ranges::set_difference(b, a, std::inserter(only_b, only_b.begin()));
    EXPECT_GT(a.size(), 60U);
    EXPECT_GE(only_b.size(), 1U);
    EXPECT_LE(only_b.size(), 5U + shift / 2048) << "shift " << shift;
  }
}

TEST(Deduplication, EqualFilesAreOneWhateverTheirSize) {
  for (const std::size_t size : {1U, 4096U, 262'143U, 262'144U, 1'048'575U, 1'048'576U, 2'500'000U}) {
    TestTree tree;
    const Bytes content = testing::make_data(DataKind::text, size, size);
    for (int i = 0; i < 5; ++i) tree.add({.path = "copy" + std::to_string(i), .content = content});
    tree.add({.path = "pipe", .content = content, .sequential = true});
    tree.sort();
    for (const Deduplication deduplication : {Deduplication::files, Deduplication::chunks}) {
      const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .deduplication = deduplication});
      EXPECT_EQ(packed.report.totals.unique_bytes, size) << static_cast<int>(deduplication) << " " << size;
      expect_entries(packed.bytes, tree.entries());
    }
  }
}

TEST(Deduplication, HardLinksCostARowOnly) {
  TestTree tree;
  const Bytes content = testing::make_data(DataKind::random, 2'000'000, 8);
  for (int i = 0; i < 100; ++i) tree.add({.path = "name" + std::to_string(i), .link_group = 1, .content = content});
  tree.add({.path = "empty1", .link_group = 2});
  tree.add({.path = "empty2", .link_group = 2});
  tree.add({.path = "link1", .kind = EntryKind::symlink, .target = "t", .link_group = 3});
  tree.add({.path = "link2", .kind = EntryKind::symlink, .target = "t", .link_group = 3});
  tree.sort();
  for (const Deduplication deduplication : {Deduplication::none, Deduplication::chunks}) {
    const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .deduplication = deduplication});
    EXPECT_EQ(packed.report.totals.unique_bytes, 2'000'000U);
    EXPECT_EQ(packed.report.totals.content_bytes, 200'000'000U);
    EXPECT_EQ(packed.report.input_bytes, 2'000'000U) << "read once";
    EXPECT_LE(packed.bytes.size(), 2'000'000U + 40'000U);
    (void)testing::audit(packed.bytes);
    expect_entries(packed.bytes, tree.entries());
  }
}

// N10, C4: what does not compress is stored as it is, and grows by headers only.
TEST(Incompressible, IsStoredAndGrowsByHeadersOnly) {
  TestTree tree;
  for (int i = 0; i < 4; ++i)
    tree.add({.path = "media" + std::to_string(i) + ".jpg", .content = testing::make_data(DataKind::random, 3'000'000, static_cast<std::uint64_t>(i))});
  for (int i = 0; i < 50; ++i)
    tree.add({.path = "small" + std::to_string(i) + ".png", .content = testing::make_data(DataKind::random, 20'000, 100 + static_cast<std::uint64_t>(i))});
  tree.sort();
  for (const char* codec : {"zstd", "lz4", "lzma2", "store"}) {
    SCOPED_TRACE(codec);
    const testing::Packed packed = testing::pack(tree, {.codec = codec, .block_bytes = 1U << 20});
    const testing::PackageAudit found = testing::audit(packed.bytes);
    for (const testing::AuditedBlock& block : found.blocks) {
      EXPECT_TRUE(block.chain.empty());
      EXPECT_EQ(block.stored_length, block.raw_length + format::kInnerHeaderFixedBytes);
    }
    EXPECT_EQ(found.commit.placement.totals.unique_bytes, 13'000'000U);
    // Frame headers, 50 bytes a chunk, 60 an entry, and 1 KiB for the rest.
    EXPECT_LE(packed.bytes.size(), 13'000'000U + 88 * found.blocks.size() + 50 * found.chunks.size() + 60 * tree.entry_count() + 1500);
  }
}

TEST(Incompressible, AlreadyCompressedFileIsStoredBesideText) {
  // A zstd frame of text, made by the writer itself: what a .zst file is.
  const Bytes text = testing::make_data(DataKind::text, 6'000'000, 21);
  const Bytes compressed = testing::pack(TestTree({TestEntry{.path = "t", .content = text}}), {.preset = Preset::fast}).bytes;
  ASSERT_LT(compressed.size(), text.size() / 2);
  const TestTree tree({TestEntry{.path = "a.zst", .content = compressed}, TestEntry{.path = "b.txt", .content = text}});
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  std::uint64_t stored_raw = 0, compressed_raw = 0;
  for (const testing::AuditedBlock& block : found.blocks) (block.chain.empty() ? stored_raw : compressed_raw) += block.raw_length;
  EXPECT_EQ(stored_raw, compressed.size());
  EXPECT_EQ(compressed_raw, text.size());
}

TEST(Levels, AreRecordedInTheChain) {
  const TestTree tree({TestEntry{.path = "t", .content = testing::make_data(DataKind::text, 500'000, 1)}});
  const struct {
    WriterOptions options;
    format::CodecId id;
    std::int8_t level;
  } cases[] = {
      {{.preset = Preset::fast}, format::CodecId::zstd, 1},
      {{.preset = Preset::standard, .choose_filters = false}, format::CodecId::zstd, 6},
      {{.preset = Preset::standard, .choose_filters = true}, format::CodecId::zstd, 9},  // taken for lines
      {{.codec = "zstd", .level = 3}, format::CodecId::zstd, 3},
      {{.codec = "zstd", .level = -5}, format::CodecId::zstd, -5},
      {{.codec = "lz4", .level = 0}, format::CodecId::lz4, 0},
      {{.codec = "lz4", .level = 12}, format::CodecId::lz4, 12},
      {{.codec = "lzma2", .level = 2, .block_bytes = 1U << 20}, format::CodecId::lzma2, 2},
  };
  for (const auto& expected : cases) {
    const testing::PackageAudit found = testing::audit(testing::pack(tree, expected.options).bytes);
    ASSERT_EQ(found.blocks.size(), 1U);
    ASSERT_FALSE(found.blocks[0].chain.empty());
    EXPECT_EQ(found.blocks[0].chain.back().id, expected.id);
    EXPECT_EQ(found.blocks[0].chain.back().level, expected.level);
  }
}

TEST(Blocks, HoldNoMoreThanTheirSize) {
  TestTree tree;
  for (int i = 0; i < 300; ++i)
    tree.add({.path = "f" + std::to_string(i), .content = testing::make_data(DataKind::text, 30'000, static_cast<std::uint64_t>(i))});
  tree.sort();
  for (const std::uint64_t block_bytes : {64U << 10, 100'000U, 1U << 20}) {
    const testing::PackageAudit found = testing::audit(testing::pack(tree, {.preset = Preset::fast, .block_bytes = block_bytes}).bytes);
    std::uint64_t raw = 0;
    std::set<std::uint64_t> bases;
    for (const testing::AuditedBlock& block : found.blocks) {
      if (block.base) bases.insert(*block.base);
    }
    for (std::uint64_t number = 0; number < found.blocks.size(); ++number) {
      EXPECT_LE(found.blocks[number].raw_length, bases.contains(number) ? Limits().max_base_raw_bytes : block_bytes);
      raw += found.blocks[number].raw_length;
    }
    EXPECT_EQ(bases.empty(), block_bytes > (512U << 10));
    EXPECT_EQ(raw, 9'000'000U);
    EXPECT_LE(found.blocks.size(), 2 * raw / block_bytes + 2) << "blocks are filled";
  }
}

}  // namespace
}  // namespace npk::writer
