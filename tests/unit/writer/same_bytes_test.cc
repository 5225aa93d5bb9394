// The same input and options give the same package, however many threads and however much memory; and the content root not even depends on options.
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

// Small files, files of several slices, pipes, holes, links, and what does not compress: everything that takes a way of its own.
TestTree every_way() {
  TestTree tree;
  std::uint64_t seed = 1;
  for (const DataKind kind : testing::kAllDataKinds) {
    const std::string name = "k" + std::to_string(static_cast<int>(kind));
    for (int i = 0; i < 60; ++i, ++seed)
      tree.add({.path = name + "/small" + std::to_string(i) + ".c", .content = testing::make_data(kind, 100 + seed * 37 % 9000, seed)});
    tree.add({.path = name + "/large", .content = testing::make_data(kind, 3'300'000, seed++)});
    tree.add({.path = name + "/pipe", .content = testing::make_data(kind, 2'500'000, seed++), .sequential = true});
    tree.add({.path = name, .kind = EntryKind::directory, .mode = 0755});
  }
  Bytes holey = testing::make_data(DataKind::random, 4U << 20, 5);
  std::fill_n(holey.begin() + 1'000'000, 1'500'000, std::uint8_t{0});
  tree.add({.path = "holey", .content = holey, .holes = {{1'000'000, 1'500'000}}});
  tree.add({.path = "one name", .link_group = 1, .content = testing::make_data(DataKind::text, 70'000, 9)});
  tree.add({.path = "other name", .link_group = 1, .content = testing::make_data(DataKind::text, 70'000, 9)});
  tree.sort();
  return tree;
}

// Too little memory for what is asked gives an error that names the least; that is the least.
std::uint64_t least_memory_accepted(WriterOptions options) {
  options.threads = 1;
  options.memory_bytes = 1;
  const auto refused = check_writer_options(options);
  EXPECT_FALSE(refused);
  if (refused) return 0;
  EXPECT_EQ(refused.error().code, Errc::limit);
  const std::string& message = refused.error().message;
  return std::stoull(message.substr(message.find_first_of("0123456789"))) << 20;
}

TEST(SameBytes, WhateverTheThreadsAndMemory) {
  const TestTree tree = every_way();
  for (const bool reproducible : {false, true}) {
    for (const Preset preset : {Preset::fast, Preset::standard}) {
      const WriterOptions options{.preset = preset, .block_bytes = 1U << 20, .chunk_bytes = 8192, .reproducible = reproducible};
      Bytes expected;
      for (const unsigned threads : {1U, 2U, 3U, 8U}) {
        SCOPED_TRACE(threads);
        WriterOptions these = options;
        these.threads = threads;
        const Bytes bytes = testing::pack(tree, these).bytes;
        if (threads == 1) {
          expected = bytes;
          (void)testing::audit(expected);
          expect_entries(expected, tree.entries());
        }
        EXPECT_TRUE(bytes == expected) << bytes.size() << " and " << expected.size() << " bytes";
      }
      for (const std::uint64_t memory : {least_memory_accepted(options), std::uint64_t{256} << 20}) {
        WriterOptions these = options;
        these.threads = 8;
        these.memory_bytes = memory;
        EXPECT_TRUE(testing::pack(tree, these).bytes == expected) << "memory " << memory;
      }
    }
  }
}

TEST(SameBytes, LeastMemoryNamedIsEnoughAndNoMore) {
  for (const Preset preset : {Preset::fast, Preset::standard, Preset::max}) {
    const WriterOptions options{.preset = preset};
    WriterOptions these = options;
    these.memory_bytes = least_memory_accepted(options);
    EXPECT_TRUE(check_writer_options(these));
    these.memory_bytes -= 2U << 20;
    EXPECT_EQ(check_writer_options(these).error().code, Errc::limit);
  }
}

TEST(SameBytes, WhateverTheOrderEntriesWereAdded) {
  const TestTree tree = every_way();
  std::vector<const TestEntry*> order;
  for (const TestEntry& entry : tree.entries()) {
    if (entry.link_group == 0) order.push_back(&entry);
  }
  Bytes expected;
  for (int round = 0; round < 3; ++round) {
    if (round == 1) std::ranges::reverse(order);
    if (round == 2) std::shuffle(order.begin(), order.end(), std::mt19937_64(7));
    PackageWriter writer({.preset = Preset::fast, .threads = 2});
    for (const TestEntry* entry : order) {
      const EntryRow row{.path = entry->path,
                         .kind = entry->kind,
                         .mode = entry->mode,
                         .uid = 0,
                         .gid = 0,
                         .user_name = {},
                         .group_name = {},
                         .mtime_seconds = 0,
                         .mtime_nanoseconds = 0,
                         .size = 0,
                         .runs = {},
                         .digest = {},
                         .link_group = 0,
                         .target = {},
                         .device = 0,
                         .xattrs = {}};
      ASSERT_TRUE(entry->kind == EntryKind::regular ? writer.add(row, entry->content) : writer.add(row));
    }
    Bytes bytes;
    ASSERT_TRUE(writer.finish(*memory_sink(bytes)));
    if (round == 0) expected = bytes;
    EXPECT_TRUE(bytes == expected);
  }
}

TEST(SameBytes, OptionsThatMatterChangeThem) {
  const TestTree tree = every_way();
  const Bytes plain = testing::pack(tree, {.preset = Preset::fast}).bytes;
  EXPECT_TRUE(testing::pack(tree, {.preset = Preset::fast}).bytes == plain);
  EXPECT_FALSE(testing::pack(tree, {.preset = Preset::standard}).bytes == plain);
  EXPECT_FALSE(testing::pack(tree, {.preset = Preset::fast, .message = "m"}).bytes == plain);
  EXPECT_FALSE(testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = 4096}).bytes == plain);
}

TEST(ContentRoot, DependsOnContentAlone) {
  const TestTree tree = every_way();
  const WriterOptions variants[] = {
      {.preset = Preset::fast},
      {.preset = Preset::standard},
      {.codec = "store"},
      {.codec = "lz4", .level = 9},
      {.codec = "lzma2", .block_bytes = 1U << 20},
      {.preset = Preset::fast, .level = 3},
      {.preset = Preset::fast, .block_bytes = 64U << 10},
      {.preset = Preset::fast, .chunk_bytes = 4096},
      {.preset = Preset::fast, .deduplication = Deduplication::none},
      {.preset = Preset::fast, .deduplication = Deduplication::files},
      {.preset = Preset::fast, .threads = 3},
      {.preset = Preset::fast, .reproducible = true},
      {.preset = Preset::fast, .time_seconds = 5, .message = "another day"},
  };
  const Digest root = testing::pack(tree, variants[0]).report.content_root;
  for (std::size_t i = 0; i < std::size(variants); ++i) {
    const testing::Packed packed = testing::pack(tree, variants[i]);
    EXPECT_EQ(packed.report.content_root, root) << "variant " << i;
    EXPECT_EQ(testing::audit(packed.bytes).commit.statement.content_root, root) << "variant " << i;
  }
}

TEST(ContentRoot, ChangesWithEveryField) {
  const TestEntry plain{.path = "p", .content = {1, 2, 3}};
  std::set<Digest> roots = {testing::pack(TestTree({plain})).report.content_root};
  std::size_t variants = 1;
  const auto vary = [&](auto change) {
    TestEntry entry = plain;
    change(entry);
    roots.insert(testing::pack(TestTree({entry})).report.content_root);
    EXPECT_EQ(roots.size(), ++variants);
  };
  vary([](TestEntry& entry) { entry.path = "q"; });
  vary([](TestEntry& entry) { entry.mode = 0600; });
  vary([](TestEntry& entry) { entry.uid = 1; });
  vary([](TestEntry& entry) { entry.gid = 1; });
  vary([](TestEntry& entry) { entry.user_name = "u"; });
  vary([](TestEntry& entry) { entry.group_name = "u"; });
  vary([](TestEntry& entry) { entry.mtime_seconds = 1; });
  vary([](TestEntry& entry) { entry.mtime_nanoseconds = 1; });
  vary([](TestEntry& entry) { entry.content = {1, 2, 4}; });
  vary([](TestEntry& entry) { entry.content = {1, 2}; });
  vary([](TestEntry& entry) { entry.xattrs = {{"user.a", "b"}}; });
  vary([](TestEntry& entry) { entry.xattrs = {{"user.a", "c"}}; });
  vary([](TestEntry& entry) { entry = {.path = "p", .kind = EntryKind::directory}; });
  vary([](TestEntry& entry) { entry = {.path = "p", .kind = EntryKind::symlink, .target = "t"}; });
  vary([](TestEntry& entry) { entry = {.path = "p", .kind = EntryKind::symlink, .target = "u"}; });
  vary([](TestEntry& entry) { entry = {.path = "p", .kind = EntryKind::block_device, .device = 1}; });
  vary([](TestEntry& entry) { entry = {.path = "p", .kind = EntryKind::block_device, .device = 2}; });
}

TEST(ContentRoot, HardLinksCount) {
  const Bytes content = {1, 2, 3};
  const TestTree apart({TestEntry{.path = "a", .content = content}, TestEntry{.path = "b", .content = content}});
  const TestTree linked({TestEntry{.path = "a", .link_group = 1, .content = content}, TestEntry{.path = "b", .link_group = 1, .content = content}});
  EXPECT_NE(testing::pack(apart).report.content_root, testing::pack(linked).report.content_root);
}

}  // namespace
}  // namespace npk::writer
