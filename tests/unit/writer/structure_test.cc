// How a package is laid out: segments, trees of many pages, look-ups in them.
#include "block/open.h"
#include "package/writer/page_tree.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

// Spec section 12: a chunk page and a manifest at least every 64 MiB of input.
TEST(Segments, EndEvery64MiBOfInput) {
  TestEntry large{.path = "large"};
  large.generated_size = 200U << 20;
  large.generator = [](std::uint64_t offset, MutableBytes out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>(((offset + i) >> 4) * 0x9E3779B97F4A7C15ULL >> 58);
  };
  TestTree tree({large});
  for (int i = 0; i < 20; ++i)
    tree.add({.path = "small" + std::to_string(i), .content = testing::make_data(DataKind::text, 10'000, static_cast<std::uint64_t>(i))});
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = 65'536, .deduplication = Deduplication::none});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_GE(found.chunk_leaves, 4U);
  EXPECT_EQ(found.segment_bytes.size(), found.chunk_leaves);
  for (const std::uint64_t bytes : found.segment_bytes) EXPECT_LE(bytes, 64U << 20);
  EXPECT_EQ(found.chunk_nodes, 1U);
  const PackageReader reader = open(packed.bytes);
  const FileStream stream = reader.open_stream(reader.find("large").value().value()).value();
  std::mt19937_64 random(1);
  for (int i = 0; i < 40; ++i) {
    const std::uint64_t offset = random() % ((200U << 20) - 5000);
    Bytes out(5000), expected(5000);
    ASSERT_EQ(stream.read_at(offset, out).value(), out.size());
    large.generator(offset, expected);
    ASSERT_TRUE(out == expected) << offset;
  }
}

TEST(Segments, CountInputThatIsStoredAlreadyToo) {
  TestTree tree;
  const Bytes content = testing::make_data(DataKind::random, 4U << 20, 1);
  for (int i = 0; i < 40; ++i) tree.add({.path = "copy" + std::to_string(i), .content = content});
  tree.sort();
  const testing::PackageAudit found = testing::audit(testing::pack(tree, {.preset = Preset::fast}).bytes);
  EXPECT_EQ(found.chunk_leaves, 1U) << "a segment without new chunks needs no chunk page";
  EXPECT_GE(found.frames.at(format::FrameType::manifest), 3U) << "160 MiB of input";
}

// Repetitive content has blocks of its own, but where one ordinary block holds it with all else.
TEST(Blocks, OfRepetitiveContentJoinWhatTheyFitBeside) {
  const auto blocks = [](std::size_t repetitive_bytes) {
    TestTree tree;
    Bytes letters = testing::make_data(DataKind::random, 300'000, 1);
    for (std::uint8_t& byte : letters) byte = static_cast<std::uint8_t>('a' + byte % 16);
    tree.add({.path = "letters", .content = letters});
    Bytes repeated(repetitive_bytes);
    for (std::size_t i = 0; i < repeated.size(); ++i) repeated[i] = i % 2000 == 0 ? static_cast<std::uint8_t>('A' + i / 2000 % 50) : letters[i % 2000];
    tree.add({.path = "repeated", .content = std::move(repeated)});
    const Bytes package = testing::pack(tree, {.deduplication = Deduplication::files}).bytes;
    expect_entries(package, tree.entries());
    return testing::audit(package).blocks.size();
  };
  EXPECT_EQ(blocks(900'000), 1U);
  EXPECT_EQ(blocks(5'000'000), 2U);
}

// 70,000 in one directory: pages above the first, look-ups by path and by number.
TEST(ManyEntries, InOneDirectory) {
  constexpr std::uint64_t kCount = 70'000;
  TestTree tree;
  for (std::uint64_t i = 0; i < kCount; ++i) {
    TestEntry& entry = tree.add({.path = "directory/entry " + std::to_string(i * 7919 % kCount), .mtime_seconds = static_cast<std::int64_t>(i)});
    if (i % 50 == 0) entry.content = testing::make_data(DataKind::text, 10 + i % 300, i);
  }
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_EQ(found.entries.size(), kCount);
  EXPECT_GE(found.catalog_leaves, kCount / 2048 + 1);
  EXPECT_LE(found.catalog_leaves, kCount / 256);
  EXPECT_LE(found.largest_catalog_leaf, 2048U);
  EXPECT_GT(found.catalog_nodes, 1U);
  EXPECT_LE(found.catalog_nodes, found.catalog_leaves / 16 + 2);
  const PackageReader reader = open(packed.bytes);
  for (std::uint64_t number = 0; number < kCount; number += 131) {
    const TestEntry& entry = tree.entries()[number];
    EXPECT_EQ(reader.entry(number).value().path(), entry.path);
    const auto found_entry = reader.find(entry.path).value();
    ASSERT_TRUE(found_entry) << entry.path;
    EXPECT_EQ(found_entry->number(), number);
    EXPECT_EQ(found_entry->row().mtime_seconds, entry.mtime_seconds);
    EXPECT_TRUE(content_of(reader, *found_entry) == entry.content);
  }
  EXPECT_FALSE(reader.find("directory/entry x").value());
}

// Attributes and paths count: no page or manifest passes the limits, and all of it is found again.
TEST(ManyEntries, LargeRowsEndPagesAndManifestsEarly) {
  TestTree tree;
  const std::string value(60'000, 'v'), name(40'000, 'n');
  for (std::uint64_t i = 0; i < 600; ++i) {
    tree.add({.path = "x" + std::to_string(i), .xattrs = {{"user.v", value}}});
    tree.add({.path = "p" + std::to_string(i) + name});
  }
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_EQ(found.entries.size(), 1200U);
  EXPECT_GE(found.frames.at(format::FrameType::manifest), 3U) << "60 MB of rows";
  EXPECT_GE(found.catalog_leaves, 50U);
  EXPECT_EQ(found.catalog_nodes, 1U);
  const PackageReader reader = open(packed.bytes);
  std::uint64_t seen = 0;
  ASSERT_TRUE(reader.for_each([&](const Entry& entry) { return entry.path() == tree.entries()[seen++].path; }));
  EXPECT_EQ(seen, 1200U);
}

// Trees of any height, over leaves that are only claimed: 128 children a node.
TEST(PageTrees, HaveOneRootHoweverManyLeaves) {
  for (const std::size_t leaves : {0U, 1U, 2U, 128U, 129U, 16'384U, 16'385U, 50'000U}) {
    SCOPED_TRACE(leaves);
    std::size_t nodes = 0, levels = 0;
    for (std::size_t level = leaves; level > 1; ++levels) nodes += level = (level + 127) / 128;
    std::vector<format::ChunkChild> chunk_leaves(leaves);
    for (std::size_t i = 0; i < leaves; ++i)
      chunk_leaves[i] = {.position = 96 + i, .stored_length = 1, .hash = {}, .first_chunk = i, .first_block = i, .first_byte = i};
    Bytes out;
    const std::unique_ptr<Sink> sink = memory_sink(out);
    FrameWriter frames(*sink, {}, nullptr);
    ASSERT_TRUE(frames.write_superblock());
    const format::FrameReference root = write_chunk_tree(chunk_leaves, {}, 1, frames).value();
    EXPECT_EQ(root.exists(), leaves != 0);
    EXPECT_TRUE(leaves != 1 || root.position == 96);
    std::size_t count = 0;
    std::uint8_t height = 0;
    const format::PackageTag tag{};
    for (std::size_t at = format::kSuperblockBytes; at < out.size(); ++count) {
      const auto header = format::decode_frame_header(ByteView(out).subspan(at), tag, {}).value();
      const ByteView body = ByteView(out).subspan(at + format::kFrameHeaderBytes, header.stored_length);
      const auto node = format::decode_chunk_node(block::open_page(body, {}).value(), {});
      ASSERT_TRUE(node) << node.error().to_string();
      height = node->height;
      EXPECT_TRUE(at != root.position || node->children.front().first_chunk == 0);
      at += format::kFrameHeaderBytes + header.stored_length;
    }
    EXPECT_EQ(count, nodes);
    EXPECT_EQ(height, levels);
  }
}

// An insertion changes one leaf and what is above it: the others are the same bytes.
TEST(ManyEntries, InsertionChangesOneLeaf) {
  TestTree tree;
  for (std::uint64_t i = 0; i < 40'000; ++i) tree.add({.path = "entry" + std::to_string(100'000 + i)});
  tree.sort();
  const auto leaves = [](const Bytes& package) {
    std::set<Digest> hashes;
    const testing::PackageAudit found = testing::audit(package);
    for (std::size_t i = 0; i + 1 < found.frame_positions.size(); ++i) {
      const std::uint64_t begin = found.frame_positions[i];
      if (package[begin + 4] != static_cast<std::uint8_t>(format::FrameType::catalog_page)) continue;
      hashes.insert(
          hash::blake3(ByteView(package).subspan(begin + format::kFrameHeaderBytes, found.frame_positions[i + 1] - begin - format::kFrameHeaderBytes)));
    }
    return hashes;
  };
  const std::set<Digest> before = leaves(testing::pack(tree, {.preset = Preset::fast}).bytes);
  tree.add({.path = "entry120000a"});
  tree.sort();
  const std::set<Digest> after = leaves(testing::pack(tree, {.preset = Preset::fast}).bytes);
  std::vector<Digest> fresh;
  std::ranges::set_difference(after, before, std::back_inserter(fresh));
  EXPECT_GE(before.size(), 6U);
  EXPECT_LE(fresh.size(), 4U) << "a leaf, perhaps its neighbour, and the nodes above";
}

}  // namespace
}  // namespace npk::writer
