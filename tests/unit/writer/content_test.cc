// Round trips: sizes, kinds of data, codecs, presets, chunk and block sizes.
#include "unit/writer/read_back.h"

#include "unit/hash/blake3_vectors.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

constexpr std::size_t kChunk = 64U << 10;  // average; a sixteenth of kBlock
constexpr std::size_t kBlock = 1U << 20;

// Sizes about every border there is: of an octet, 16 bits, a chunk (least, average, most), a whole file, a slice, a block.
std::vector<std::size_t> border_sizes() {
  std::vector<std::size_t> sizes = {0, 1, 255, 256, 5U << 20};
  for (const std::size_t border : {kChunk / 4, kChunk, 4 * kChunk, kBlock, std::size_t{512} << 10, 2 * kBlock}) {
    for (const std::size_t size : {border - 1, border, border + 1}) sizes.push_back(size);
  }
  return sizes;
}

TestTree border_tree(DataKind kind, std::size_t largest) {
  TestTree tree;
  for (const std::size_t size : border_sizes()) {
    if (size <= largest) tree.add({.path = "size" + std::to_string(size), .content = testing::make_data(kind, size, size)});
  }
  tree.sort();
  return tree;
}

TestTree small_tree(DataKind kind) {
  TestTree tree;
  for (const std::size_t size : {0U, 1U, 255U, 256U, 4095U, 4096U, 4097U, 65'535U, 65'536U, 65'537U, 300'000U, 1'100'000U})
    tree.add({.path = "size" + std::to_string(size), .content = testing::make_data(kind, size, size)});
  tree.sort();
  return tree;
}

void expect_round_trip(const TestTree& tree, const WriterOptions& options) {
  const testing::Packed packed = testing::pack(tree, options);
  EXPECT_TRUE(packed.problems.empty());
  EXPECT_EQ(packed.report.package_bytes, packed.bytes.size());
  (void)testing::audit(packed.bytes);
  expect_entries(packed.bytes, tree.entries());
}

class EveryKind : public ::testing::TestWithParam<DataKind> {};

TEST_P(EveryKind, EverySizeWithThePresets) {
  for (const Preset preset : {Preset::fast, Preset::standard})
    expect_round_trip(border_tree(GetParam(), SIZE_MAX), {.preset = preset});
}

TEST_P(EveryKind, EverySizeWithBordersOfChunkAndBlock) {
  expect_round_trip(border_tree(GetParam(), SIZE_MAX), {.preset = Preset::fast, .block_bytes = kBlock, .chunk_bytes = kChunk});
}

TEST_P(EveryKind, EveryCodecByName) {
  const TestTree tree = small_tree(GetParam());
  for (const char* codec : {"store", "zstd", "lz4", "lzma2"}) {
    SCOPED_TRACE(codec);
    expect_round_trip(tree, {.codec = codec, .block_bytes = 256U << 10});
  }
}

TEST_P(EveryKind, EveryChunkSizeAndDeduplication) {
  const TestTree tree = small_tree(GetParam());
  for (std::uint64_t chunk = 4096; chunk <= 4U << 20; chunk *= 4) {
    SCOPED_TRACE(chunk);
    expect_round_trip(tree, {.preset = Preset::fast, .block_bytes = std::max<std::uint64_t>(4 * chunk, 64U << 10), .chunk_bytes = chunk});
  }
  for (const Deduplication deduplication : {Deduplication::none, Deduplication::files})
    expect_round_trip(tree, {.preset = Preset::fast, .deduplication = deduplication});
}

INSTANTIATE_TEST_SUITE_P(Writer, EveryKind, ::testing::ValuesIn(testing::kAllDataKinds));

TEST(Content, SmallestPresetRoundTrips) { expect_round_trip(small_tree(DataKind::mixed), {.preset = Preset::max, .block_bytes = 8U << 20, .threads = 1}); }

// The reader prints what b3sum would: the authors' vectors, packed.
TEST(Content, DigestsAreThePublishedOnes) {
  TestTree tree;
  for (const auto& vector : hash::kBlake3Vectors) {
    Bytes content(vector.length);
    for (std::size_t i = 0; i < content.size(); ++i) content[i] = static_cast<std::uint8_t>(i % 251);
    tree.add({.path = "v" + std::to_string(vector.length), .content = std::move(content)});
  }
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.chunk_bytes = 4096});
  const PackageReader reader = open(packed.bytes);
  for (const auto& vector : hash::kBlake3Vectors) {
    const Digest digest = reader.digest(reader.find("v" + std::to_string(vector.length)).value().value()).value();
    std::string hex;
    for (const std::uint8_t byte : digest) {
      constexpr char kDigits[] = "0123456789abcdef";
      hex += kDigits[byte >> 4];
      hex += kDigits[byte & 15];
    }
    EXPECT_EQ(hex, vector.hash) << vector.length;
  }
}

TEST(Content, NothingAtAll) {
  const testing::Packed packed = testing::pack(TestTree());
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_EQ(found.frames.size(), 2U);  // commit and trailer
  EXPECT_EQ(open(packed.bytes).entry_count(), 0U);
}

TEST(Content, OddShapesAlone) {
  const std::vector<TestEntry> shapes = {
      {.path = "empty"},
      {.path = "link", .kind = EntryKind::symlink, .mode = 0777, .target = "no/where"},
      {.path = "dir", .kind = EntryKind::directory, .mode = 01777},
      {.path = "pipe", .kind = EntryKind::fifo},
      {.path = "device", .kind = EntryKind::character_device, .device = (std::uint64_t{259} << 32) | 1'048'575},
      {.path = "xattrs", .xattrs = {{"user.a", std::string(70'000, 'x')}, {"user.b", ""}}},
      {.path = std::string(255, 'n'), .content = {1}},
      {.path = "zeros", .content = Bytes(3U << 20)},
  };
  for (const TestEntry& shape : shapes) {
    SCOPED_TRACE(shape.path);
    expect_round_trip(TestTree({shape}), {.preset = Preset::fast});
  }
  std::string deep = "d";
  for (int i = 0; i < 4000; ++i) deep += "/d";
  expect_round_trip(TestTree({TestEntry{.path = deep, .content = {1, 2, 3}}}), {.preset = Preset::fast});
}

TEST(Content, EveryFieldOfEveryKindTogether) {
  TestTree tree;
  const std::uint64_t large = UINT32_MAX;
  tree.add({.path = "a",
            .kind = EntryKind::directory,
            .mode = 03770,
            .uid = 1,
            .gid = large,
            .user_name = "user",
            .group_name = "grüppe",
            .mtime_seconds = -1,
            .mtime_nanoseconds = 999'999'999});
  tree.add({.path = "a/b",
            .mode = 06755,
            .uid = large,
            .mtime_seconds = INT64_MIN / 2,
            .xattrs = {{"system.posix_acl_access", std::string("\2\0\0\0", 4)}, {"user.x", "y"}},
            .content = {1}});
  tree.add({.path = "a b", .kind = EntryKind::symlink, .mode = 0777, .mtime_seconds = 1'700'000'000, .mtime_nanoseconds = 1, .target = "a\xff/../b"});
  tree.add({.path = "a-b\xfe", .kind = EntryKind::block_device, .mode = 0600, .user_name = "user", .device = large << 32});
  tree.add({.path = "a/c", .kind = EntryKind::fifo, .mode = 0});
  tree.sort();
  expect_round_trip(tree, {});
}

}  // namespace
}  // namespace npk::writer
