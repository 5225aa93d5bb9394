// Small blocks with a base: which chunks it is made of, that all comes back, and that the bytes do not depend on threads and memory.
#include "package/writer/base_choice.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

struct Group {
  std::vector<Bytes> content;

  [[nodiscard]] DividedGroup divide(std::size_t block_bytes, std::size_t most_base_bytes) const {
    std::vector<std::vector<std::uint32_t>> samples;
    std::vector<GroupChunk> chunks;
    for (const Bytes& chunk : content) samples.push_back(sample_content(chunk));
    for (std::size_t i = 0; i < content.size(); ++i) chunks.push_back({static_cast<std::uint32_t>(content[i].size()), samples[i]});
    return divide_group(chunks, block_bytes, most_base_bytes);
  }
};

void expect_each_once(const DividedGroup& group, std::size_t chunks) {
  std::vector<std::size_t> all;
  for (const auto& block : group.blocks) {
    EXPECT_FALSE(block.empty());
    EXPECT_TRUE(std::ranges::is_sorted(block));
    all.insert(all.end(), block.begin(), block.end());
  }
  std::ranges::sort(all);
  ASSERT_EQ(all.size(), chunks);
  for (std::size_t i = 0; i < chunks; ++i) EXPECT_EQ(all[i], i);
}

TEST(BaseChoice, TakesWhatMostBlocksHave) {
  Group group;
  const Bytes common = testing::make_data(DataKind::random, 10'000, 1);
  for (std::uint64_t i = 0; i < 40; ++i) {
    group.content.push_back(testing::make_data(DataKind::random, 20'000, 100 + i));
    if (i % 4 == 3) std::ranges::copy(common, group.content.back().begin() + 5'000);
  }
  const DividedGroup divided = group.divide(64U << 10, 40'000);
  ASSERT_TRUE(divided.has_base);
  expect_each_once(divided, 40);
  EXPECT_EQ(divided.blocks[0], std::vector<std::size_t>{3});  // one of those that have it, and no other: nothing else is in two blocks
}

TEST(BaseChoice, OfNothingInCommonThereIsNone) {
  Group group;
  for (std::uint64_t i = 0; i < 40; ++i) group.content.push_back(testing::make_data(DataKind::random, 20'000, 100 + i));
  const DividedGroup divided = group.divide(64U << 10, 512U << 10);
  EXPECT_FALSE(divided.has_base);
  expect_each_once(divided, 40);
}

TEST(BaseChoice, KeepsToBlocksAndBase) {
  for (std::uint64_t seed = 0; seed < 30; ++seed) {
    std::mt19937_64 random(seed);
    Group group;
    const std::size_t count = random() % 90;
    for (std::size_t i = 0; i < count; ++i) group.content.push_back(testing::make_data(DataKind::text, 1 + random() % 65'536, random() % 5));
    const std::size_t most = random() % (512U << 10);
    const DividedGroup divided = group.divide(64U << 10, most);
    expect_each_once(divided, count);
    std::size_t total = 0;
    for (const Bytes& chunk : group.content) total += chunk.size();
    for (std::size_t number = 0; number < divided.blocks.size(); ++number) {
      std::size_t bytes = 0;
      for (const std::size_t i : divided.blocks[number]) bytes += group.content[i].size();
      EXPECT_LE(bytes, divided.has_base && number == 0 ? std::min(most, total / 3) : std::size_t{64U << 10});
    }
    EXPECT_TRUE(!divided.has_base || total / 3 >= (64U << 10)) << "too few blocks for one to be a base";
  }
}

TEST(BaseChoice, ShortChunksHaveNoSamples) {
  for (std::size_t size = 0; size < 8; ++size) EXPECT_TRUE(sample_content(Bytes(size)).empty());
  EXPECT_FALSE(sample_content(testing::make_data(DataKind::text, 5'000, 1)).empty());
}

// Files alike, more than one group of them, and all that has other ways.
TestTree alike() {
  TestTree tree;
  for (std::uint64_t i = 0; i < 420; ++i)
    tree.add({.path = "t/f" + std::to_string(1000 + i) + ".c", .content = testing::make_data(DataKind::text, 5'000 + i * 97 % 20'000, i % 37 * 3 + i % 2)});
  tree.add({.path = "t/large.c", .content = testing::make_data(DataKind::text, 2'500'000, 5'000)});
  tree.add({.path = "t/pipe.c", .content = testing::make_data(DataKind::text, 1'500'000, 5'001), .sequential = true});
  tree.add({.path = "t/dense.png", .content = testing::make_data(DataKind::random, 400'000, 5'002)});
  tree.add({.path = "t/zeros", .content = testing::make_data(DataKind::zeros, 900'000, 5'003)});
  tree.sort();
  return tree;
}

std::size_t based(const testing::PackageAudit& audit) {
  return static_cast<std::size_t>(std::ranges::count_if(audit.blocks, [](const auto& block) { return block.base.has_value(); }));
}

TEST(Bases, SmallBlocksHaveThemAndComeBack) {
  const TestTree tree = alike();
  for (const Preset preset : {Preset::fast, Preset::standard}) {
    for (const std::uint64_t block : {64U << 10, 128U << 10, 512U << 10}) {
      SCOPED_TRACE(block);
      const WriterOptions options{.preset = preset, .block_bytes = block};
      WriterOptions without = options;
      without.bases = false;
      const Bytes with = testing::pack(tree, options).bytes, plain = testing::pack(tree, without).bytes;
      EXPECT_GT(based(testing::audit(with)), 5U);
      EXPECT_EQ(based(testing::audit(plain)), 0U);
      EXPECT_LT(with.size(), plain.size());
      expect_entries(with, tree.entries());
    }
  }
}

TEST(Bases, LargeBlocksOtherCodecsAndForcedFiltersHaveNone) {
  const TestTree tree = alike();
  for (const WriterOptions& options :
       {WriterOptions{.preset = Preset::standard}, WriterOptions{.block_bytes = 1U << 20}, WriterOptions{.codec = "lz4", .block_bytes = 128U << 10},
        WriterOptions{.codec = "store", .block_bytes = 128U << 10}, WriterOptions{.preset = Preset::max, .block_bytes = 256U << 10},
        WriterOptions{.chain = "lines+zstd:3", .block_bytes = 128U << 10}}) {
    EXPECT_EQ(based(testing::audit(testing::pack(tree, options).bytes)), 0U);
  }
}

TEST(Bases, SameBytesWhateverTheThreadsAndMemory) {
  const TestTree tree = alike();
  WriterOptions options{.preset = Preset::standard, .block_bytes = 128U << 10, .threads = 1};
  const Bytes expected = testing::pack(tree, options).bytes;
  for (const unsigned threads : {2U, 3U, 8U}) {
    options.threads = threads;
    EXPECT_TRUE(testing::pack(tree, options).bytes == expected) << threads;
  }
  options.memory_bytes = 96U << 20;
  EXPECT_TRUE(testing::pack(tree, options).bytes == expected);
}

// Segments end where a group would not fit any more.
TEST(Bases, OfSmallSegments) {
  const TestTree tree = alike();
  const Bytes package = testing::pack(tree, {.preset = Preset::fast, .block_bytes = 64U << 10, .chunk_bytes = 4096}, {.segment_input_bytes = 900U << 10}).bytes;
  EXPECT_GT(based(testing::audit(package)), 5U);
  expect_entries(package, tree.entries());
}

// Whoever reads needs the base: where it is damaged every block on it says so, and the others come back.
TEST(Bases, ADamagedBaseIsToldByEveryBlockOnIt) {
  const TestTree tree = alike();
  Bytes package = testing::pack(tree, {.preset = Preset::fast, .block_bytes = 64U << 10}).bytes;
  const testing::PackageAudit audit = testing::audit(package);
  const auto on_it = std::ranges::find_if(audit.blocks, [](const auto& block) { return block.base.has_value(); });
  ASSERT_NE(on_it, audit.blocks.end());
  const std::uint64_t base = *on_it->base;
  package[audit.blocks[base].position + format::kFrameHeaderBytes + audit.blocks[base].stored_length / 2] ^= 1;
  const PackageReader reader = open(package);
  std::size_t lost = 0, kept = 0;
  for (const TestEntry& entry : tree.entries()) {
    bool needs_it = false;
    for (const format::Run& run : audit.runs.at(entry.path)) {
      for (std::uint64_t i = 0; i < run.chunk_count; ++i) {
        const std::uint64_t block = audit.chunk_blocks[run.first_chunk + i];
        needs_it = needs_it || block == base || audit.blocks[block].base == base;
      }
    }
    FileStream stream = reader.open_stream(reader.find(entry.path).value().value()).value();
    Bytes content(stream.size());
    Result<std::size_t> count = 0;
    for (std::size_t at = 0; at < content.size() && count; at += count ? *count : 0) count = stream.read(MutableBytes(content).subspan(at));
    if (needs_it) {
      ASSERT_FALSE(count) << entry.path;
      EXPECT_EQ(count.error().code, Errc::corrupt);
    } else {
      EXPECT_TRUE(count && content == entry.content) << entry.path;
    }
    ++(needs_it ? lost : kept);
  }
  EXPECT_GT(lost, 10U);
  EXPECT_GT(kept, 10U);
}

}  // namespace
}  // namespace npk::writer
