// What readers refuse is never written: expansion and pieces (spec section 16), runs of an entry. And nothing is merged on a
// fingerprint alone.
#include "npk/format/expansion.h"
#include "package/reader/expansion.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

// Four ways to be found: whole small files, chunks cut by content, chunks of one length, and a pipe.
TestTree look_alikes() {
  TestTree tree;
  for (std::uint64_t i = 0; i < 40; ++i) {
    tree.add({.path = "small" + std::to_string(i), .content = testing::make_data(DataKind::random, 5'000, i)});
    tree.add({.path = "twin" + std::to_string(i), .content = testing::make_data(DataKind::random, 5'000, i)});
  }
  for (std::uint64_t i = 0; i < 3; ++i) {
    tree.add({.path = "large" + std::to_string(i), .content = testing::make_data(DataKind::text, 1'500'000, 100 + i)});
    tree.add({.path = "pipe" + std::to_string(i), .content = testing::make_data(DataKind::text, 1'500'000, 100 + i), .sequential = true});
  }
  tree.sort();
  return tree;
}

TEST(Fingerprints, CollidingOnesMergeNothing) {
  const TestTree tree = look_alikes();
  constexpr std::uint64_t kUnique = 40 * 5'000 + 3 * 1'500'000;
  for (const Deduplication deduplication : {Deduplication::files, Deduplication::chunks}) {
    const WriterOptions options{.preset = Preset::fast, .chunk_bytes = 16384, .deduplication = deduplication};
    const testing::Packed apart = testing::pack(tree, options);
    for (const unsigned bits : {0U, 1U, 3U}) {
      const testing::Packed packed = testing::pack(tree, options, {.fingerprint_bits = bits});
      expect_entries(packed.bytes, tree.entries());
      EXPECT_EQ(testing::audit(packed.bytes).commit.placement.totals.unique_bytes, kUnique) << "and twins are still found";
      EXPECT_EQ(packed.bytes, apart.bytes) << bits;
    }
  }
}

Limits narrow() {
  Limits limits;
  limits.max_expanded_bytes_free = 1'000'000;
  limits.max_expansion_ratio = 20;
  limits.max_pieces_free = 50;
  return limits;
}

std::uint64_t pieces_beyond_one_each(const testing::PackageAudit& found) {
  std::uint64_t further = 0;
  for (const auto& [path, runs] : found.runs) {
    std::uint64_t pieces = 0;
    for (const format::Run& run : runs) pieces += std::max<std::uint64_t>(run.chunk_count, 1);
    further += pieces == 0 ? 0 : pieces - 1;
  }
  return further;
}

void expect_within(const testing::Packed& packed, const Limits& limits) {
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_TRUE(reader::check_expansion(open(packed.bytes).info(), limits));
  EXPECT_LE(pieces_beyond_one_each(found), format::most_further_pieces(packed.bytes.size(), limits));
}

TEST(Expansion, IsKeptWithinWhatReadersAllow) {
  TestTree tree({TestEntry{.path = "a_same", .content = Bytes(6'000'000, 0xA5)},
                 TestEntry{.path = "b_pipe", .content = Bytes(4'000'000, 0), .sequential = true},
                 TestEntry{.path = "c_few", .content = testing::make_data(DataKind::text, 3'000, 1)}});
  const testing::Packed plain = testing::pack(tree, {.preset = Preset::fast});
  EXPECT_FALSE(testing::audit(plain.bytes).frames.contains(format::FrameType::padding));
  EXPECT_EQ(reader::check_expansion(open(plain.bytes).info(), narrow()).error().code, Errc::limit) << "or this shows nothing";
  const testing::Packed padded = testing::pack(tree, {.preset = Preset::fast}, {.reader_limits = narrow()});
  expect_entries(padded.bytes, tree.entries());
  expect_within(padded, narrow());
  const std::uint64_t least = 10'003'000 / narrow().max_expansion_ratio;
  EXPECT_GE(padded.bytes.size(), least);
  EXPECT_LE(padded.bytes.size(), least + plain.bytes.size() + 2 * format::kFrameHeaderBytes) << "no more than is needed";
}

TEST(Expansion, CountsEveryNameOfALinkedFile) {
  TestTree tree;
  for (int i = 0; i < 100; ++i) tree.add({.path = "name" + std::to_string(i), .link_group = 1, .content = testing::make_data(DataKind::random, 100'000, 8)});
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast}, {.reader_limits = narrow()});
  EXPECT_GE(packed.bytes.size(), 10'000'000 / narrow().max_expansion_ratio);
  expect_within(packed, narrow());
}

TEST(Expansion, PiecesAreCountedToo) {
  Limits limits = narrow();
  limits.max_expanded_bytes_free = 1U << 30;
  const Bytes repeated(1'500'000, 7);  // 1,024 bytes at a time, at most 16,384
  TestTree tree({TestEntry{.path = "a", .content = repeated}, TestEntry{.path = "b", .content = repeated}});
  for (int i = 0; i < 60; ++i) tree.add({.path = "same" + std::to_string(i), .content = Bytes(10, 'x')});
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = 4096}, {.reader_limits = limits});
  const std::uint64_t pieces = pieces_beyond_one_each(testing::audit(packed.bytes));
  ASSERT_GT(pieces, 100U);
  EXPECT_GE(packed.bytes.size(), (pieces - limits.max_pieces_free) * 32);
  expect_within(packed, limits);
  expect_entries(packed.bytes, tree.entries());
}

TEST(Runs, StayFewWhateverRepeats) {
  constexpr std::size_t kMost = 20;
  Bytes content = testing::make_data(DataKind::random, 1'000'000, 3);
  content.resize(9'000'000, 0x11);
  const TestTree tree({TestEntry{.path = "long", .content = content}, TestEntry{.path = "short", .content = Bytes(3'000'000, 0x11)}});
  const WriterOptions options{.preset = Preset::fast, .chunk_bytes = 16384};
  ASSERT_GT(testing::audit(testing::pack(tree, options).bytes).runs.at("long").size(), 3 * kMost) << "or this shows nothing";
  const testing::Packed packed = testing::pack(tree, options, {.most_runs = kMost});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_LE(found.runs.at("long").size(), kMost + 1);
  EXPECT_LE(found.runs.at("short").size(), kMost + 1);
  EXPECT_LT(packed.bytes.size(), 1'100'000U) << "what is stored again compresses";
  expect_entries(packed.bytes, tree.entries());
}

// A byte of data, then a hole, 65,600 times; the holes of one byte come first and are those that are packed as data.
TEST(Holes, TheLargestAreKept) {
  constexpr std::size_t kShort = 70, kLong = kMostHoles - 6;
  TestEntry sparse{.path = "sparse"};
  for (std::size_t i = 0; i < kShort + kLong; ++i) {
    sparse.content.push_back('d');
    sparse.holes.push_back({sparse.content.size(), i < kShort ? 1U : 2U});
    sparse.content.insert(sparse.content.end(), i < kShort ? 1U : 2U, 0);
  }
  const TestTree tree({sparse});
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_EQ(found.commit.placement.totals.hole_bytes, 2 * kLong + 6);
  EXPECT_EQ(std::ranges::count(found.runs.at("sparse"), 0U, &format::Run::chunk_count), static_cast<std::ptrdiff_t>(kMostHoles));
  expect_entries(packed.bytes, tree.entries());
}

}  // namespace
}  // namespace npk::writer
