// Packages whose content filters take apart: the same bytes whatever the memory, no thread waiting for ever, and nothing lost on small ones.
#include <thread>

#include "codec/content_kind.h"
#include "package/writer/plan.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::TestTree;

std::string records(std::uint64_t first, std::size_t bytes, int kind) {
  std::string text = kind == 0 ? "[" : kind == 1 ? "<?xml version=\"1.0\"?>\n<list>" : "";
  for (std::uint64_t i = first; text.size() < bytes; ++i) {
    const std::string number = std::to_string(i), other = std::to_string((i + 1) * 0x9E3779B97F4A7C15ULL >> 40U);
    if (kind == 0) text += "{\"id\":" + number + ",\"name\":\"n" + other + "\"},\n";
    if (kind == 1) text += "<item id=\"" + number + "\" price=\"" + other + "\">text of " + other + "</item>\n";
    if (kind == 2) text += number + "," + other + ",name " + other + ",0." + other + "\n";
    if (kind == 3) text += "2026-01-01T00:00:0" + std::to_string(i % 10) + " host daemon[" + other + "]: request " + number + " answered\n";
  }
  return text;
}

constexpr std::array kNames = {"a.json", "b.xml", "c.csv", "d.log"};

void add_kinds(TestTree& tree, const std::string& folder, std::size_t bytes, std::uint64_t seed) {
  for (int kind = 0; kind < 4; ++kind) {
    const std::string text = records(seed, bytes, kind);
    tree.add({.path = folder + "-" + kNames[static_cast<std::size_t>(kind)], .content = {text.begin(), text.end()}});
  }
}

TestTree large_kinds() {
  TestTree tree;
  for (std::uint64_t i = 0; i < 6; ++i) add_kinds(tree, "f" + std::to_string(i), 1'500'000, i * 100'000);
  for (int i = 0; i < 40; ++i)
    tree.add({.path = "s" + std::to_string(i) + ".c", .content = testing::make_data(testing::DataKind::text, 100'000, 3U + static_cast<unsigned>(i))});
  tree.sort();
  return tree;
}

std::uint64_t least_memory(WriterOptions options) {
  options.threads = 1;
  options.memory_bytes = 1;
  const std::string message = check_writer_options(options).error().message;
  return std::stoull(message.substr(message.find_first_of("0123456789"))) << 20U;
}

TEST(FilteredPackage, SameBytesWhateverTheThreadsAndMemory) {
  const TestTree tree = large_kinds();
  const Bytes expected = testing::pack(tree, {.threads = 1}).bytes;
  (void)testing::audit(expected);
  expect_entries(expected, tree.entries());
  EXPECT_LT(expected.size() * 10, testing::pack(tree, {.choose_filters = false}).bytes.size() * 9);
  for (const unsigned threads : {2U, 3U, 4U}) EXPECT_TRUE(testing::pack(tree, {.threads = threads}).bytes == expected) << threads;
  for (const std::uint64_t memory : {least_memory({}), std::uint64_t{256} << 20U, std::uint64_t{400} << 20U})
    EXPECT_TRUE(testing::pack(tree, {.threads = 4, .memory_bytes = memory}).bytes == expected) << memory;
}

// Four threads share the one slot.
TEST(FilteredPackage, OneSlotServesAllThreads) {
  const TestTree tree = large_kinds();
  WritePlan plan = make_plan({.threads = 4}).value();
  EXPECT_EQ(plan.filter_slots, 4U);
  plan.filter_slots = 1;
  const WriterOptions options{.threads = 4, .memory_bytes = plan_memory(plan).working_bytes()};
  plan = make_plan(options).value();
  ASSERT_EQ(plan.threads, 4U);
  ASSERT_EQ(plan.filter_slots, 1U);
  EXPECT_TRUE(testing::pack(tree, options).bytes == testing::pack(tree, {.threads = 2}).bytes);
}

// Where the limit leaves room for them; rather than that, filters take more blocks apart.
TEST(FilteredPackage, PagesAreKeptFromBlockToBlock) {
  const auto pages_of = [](const WritePlan& plan) {
    const block::SealOptions options = seal_options(plan, {});
    return options.slots == nullptr ? nullptr : options.slots->take({}).value().pages();
  };
  for (const unsigned threads : {1U, 2U}) {
    const WritePlan plan = make_plan({.threads = threads}).value();
    EXPECT_NE(pages_of(plan), nullptr);
    const std::uint64_t least = plan_memory(plan).working_bytes();
    EXPECT_NE(pages_of(make_plan({.threads = threads, .memory_bytes = least}).value()), nullptr);
    const WritePlan tighter = make_plan({.threads = threads, .memory_bytes = least - 1}).value();
    EXPECT_EQ(pages_of(tighter), nullptr);
    EXPECT_EQ(tighter.filter_slots, threads);
  }
  EXPECT_EQ(pages_of(make_plan({.choose_filters = false}).value()), nullptr);
}

// While one thread seals a block of the longest kind, each of the others comes by one of its own.
TEST(FilteredPackage, EnoughComesInForAllThreads) {
  for (const unsigned threads : {2U, 4U, 16U}) {
    const WritePlan plan = make_plan({.threads = threads}).value();
    const auto filtered = std::span(plan.block_bytes).subspan(kFirstFilteredLane);
    EXPECT_GE(plan.tokens * kSliceBytes, threads * std::ranges::max(filtered)) << threads;
    EXPECT_LT(make_plan({.choose_filters = false, .threads = threads}).value().tokens, plan.tokens);
  }
}

TEST(FilteredPackage, OneSlotAndFourThreadsStopWhenAsked) {
  const TestTree tree = large_kinds();
  WritePlan plan = make_plan({.threads = 4}).value();
  plan.filter_slots = 1;
  for (int round = 0; round < 8; ++round) {
    std::stop_source stop;
    WriterOptions options{.threads = 4, .memory_bytes = plan_memory(plan).working_bytes(), .stop = stop.get_token()};
    int calls = 0;
    options.progress = [&](const Progress&) {
      if (++calls > round / 2) stop.request_stop();
    };
    Bytes bytes;
    const auto written = write_package(tree, *memory_sink(bytes), options);
    if (!written) {
      EXPECT_EQ(written.error().code, Errc::cancelled);
    }
  }
}

// A large file's kind is that of its slices, which begin in the middle of it, also where runs of zeros are looked for.
TEST(FilteredPackage, ReproducibleSlicesHaveTheirFilesKind) {
  TestTree tree;
  add_kinds(tree, "large", 5'000'000, 7);
  tree.sort();
  const Bytes reproducible = testing::pack(tree, {.threads = 2, .reproducible = true}).bytes;
  expect_entries(reproducible, tree.entries());
  EXPECT_EQ(reproducible.size(), testing::pack(tree, {.threads = 2}).bytes.size());
}

// With --max, which has far larger blocks for all else.
TEST(FilteredPackage, LargeTextThatNoFilterMakesSmallerGoesWithAllElse) {
  TestTree tree;
  const Bytes words = testing::make_data(testing::DataKind::text, 40'000, 9);
  std::string text;
  for (std::size_t i = 0; text.size() < 1'500'000; ++i) {
    for (std::uint64_t word = 0; word < 6; ++word)
      text += std::to_string((i * 6 + word + 1) * 0x9E3779B97F4A7C15ULL % 7919) + std::string(1, static_cast<char>('a' + (i * word) % 26)) + " ";
    text.back() = '\n';
  }
  ASSERT_EQ(codec::kind_of(as_bytes(text), text.size()), codec::ContentKind::lines);
  tree.add({.path = "large.txt", .content = {text.begin(), text.end()}});
  tree.add({.path = "main.c", .content = words});
  tree.sort();
  const Bytes package = testing::pack(tree, {.preset = Preset::max, .threads = 1}).bytes;
  expect_entries(package, tree.entries());
  EXPECT_EQ(testing::audit(package).blocks.size(), 1U);
  EXPECT_EQ(testing::audit(testing::pack(tree, {.threads = 1}).bytes).blocks.size(), 2U);
}

// A little of each kind goes with all else.
TEST(FilteredPackage, SmallOnesAreNoLargerForIt) {
  for (const std::size_t bytes : {2'500U, 5'000U, 20'000U}) {
    TestTree tree;
    add_kinds(tree, "small", bytes, 1);
    tree.add({.path = "main.c", .content = testing::make_data(testing::DataKind::text, 30'000, 5)});
    tree.sort();
    const Bytes with = testing::pack(tree, {.threads = 2}).bytes, without = testing::pack(tree, {.choose_filters = false, .threads = 2}).bytes;
    (void)testing::audit(with);
    expect_entries(with, tree.entries());
    EXPECT_LE(with.size(), without.size() + 32) << bytes;
  }
}

// Numbers that no other seed has.
std::string outline(std::uint64_t seed) {
  std::string text = "M";
  for (std::uint64_t i = 0; i < 40; ++i) text += std::to_string(((seed << 8U) + i + 1) * 0x9E3779B97F4A7C15ULL >> 44U) + (i % 2 == 0 ? "." : " ");
  return text;
}

// Pictures, and as many lists beside them: of the same outlines, or of others.
TestTree pictures_and_lists(std::uint64_t count, bool same) {
  TestTree tree;
  for (std::uint64_t i = 0; i < count; ++i) {
    std::string picture = "<svg xmlns=\"http://www.w3.org/2000/svg\">\n", list = "{";
    for (std::uint64_t path = 20 * i; path < 20 * (i + 1); ++path) {
      picture += "<path d=\"" + outline(path) + "\"/>\n";
      list += (list.size() == 1 ? "\"" : ",\n\"") + std::to_string(path) + "\":{\"outline\":\"" + outline(same ? path : path + 20 * count) + "\"}";
    }
    picture += "</svg>\n", list += "}\n";
    tree.add({.path = std::to_string(10'000 + i) + ".svg", .content = {picture.begin(), picture.end()}});
    tree.add({.path = std::to_string(10'000 + i) + ".json", .content = {list.begin(), list.end()}});
  }
  tree.sort();
  return tree;
}

testing::PackageAudit packed(const TestTree& tree, const WriterOptions& options = {}, const WriteBounds& bounds = {}) {
  const Bytes package = testing::pack(tree, options, bounds).bytes;
  expect_entries(package, tree.entries());
  return testing::audit(package);
}

// Filters would find in each what the compressor finds once in both.
TEST(FilteredPackage, WhatIsInTwoKindsIsInOneBlock) {
  constexpr std::uint64_t kFew = 40, kMany = 500;  // an ordinary block's length for both, and more
  EXPECT_EQ(packed(pictures_and_lists(kFew, false)).blocks.size(), 2U);
  EXPECT_EQ(packed(pictures_and_lists(kFew, true)).blocks.size(), 1U);
  const testing::PackageAudit many = packed(pictures_and_lists(kMany, true));
  ASSERT_EQ(many.blocks.size(), 1U);
  EXPECT_GT(many.blocks[0].raw_length, make_plan({}).value().block_bytes[0]);
  EXPECT_LT(testing::pack(pictures_and_lists(kFew, true)).bytes.size() * 3, testing::pack(pictures_and_lists(kFew, false)).bytes.size() * 2);
}

TEST(FilteredPackage, WhatIsInTwoKindsIsInOneBlockOfEachSegment) {
  const testing::PackageAudit found = packed(pictures_and_lists(100, true), {.order = FileOrder::path}, {.segment_input_bytes = 500U << 10});
  EXPECT_GE(found.segment_bytes.size(), 3U);
  EXPECT_EQ(found.blocks.size(), found.segment_bytes.size());
}

TEST(FilteredPackage, WhatHasNoFiltersByDefault) {
  const auto filters = [](const WriterOptions& options) { return make_plan(options).value().choose_filters; };
  EXPECT_TRUE(filters({}));
  EXPECT_TRUE(filters({.preset = Preset::max}));
  EXPECT_FALSE(filters({.preset = Preset::fast}));
  EXPECT_TRUE(filters({.preset = Preset::fast, .choose_filters = true}));
  EXPECT_FALSE(filters({.codec = "zstd"}));
  EXPECT_FALSE(filters({.level = 3}));
  EXPECT_FALSE(filters({.block_bytes = 128U << 10}));
  EXPECT_TRUE(filters({.choose_filters = true, .block_bytes = 128U << 10}));
  EXPECT_FALSE(filters({.choose_filters = false}));
  EXPECT_FALSE(filters({.chain = "json"}));
}

}  // namespace
}  // namespace npk::writer
