// Files that can't be read, or change while they are: named once, counted, and the rest is right.
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

Bytes data(std::size_t size, std::uint64_t seed) { return testing::make_data(DataKind::text, size, seed); }

std::vector<TestEntry> good_entries() {
  std::vector<TestEntry> entries;
  for (int i = 0; i < 10; ++i) entries.push_back({.path = "good" + std::to_string(i), .content = data(50'000, static_cast<std::uint64_t>(i))});
  entries.push_back({.path = "good large", .content = data(1'200'000, 99)});
  return entries;
}

// The package has the good entries, all of them right, and none that failed.
void expect_only_good(const testing::Packed& packed, std::vector<TestEntry> good) {
  (void)testing::audit(packed.bytes);
  expect_entries(packed.bytes, good);
}

struct Trouble {
  const char* name;
  TestEntry entry;
};

std::vector<Trouble> failures() {
  std::vector<Trouble> out;
  out.push_back({"small file fails", {.path = "bad", .content = data(5000, 1), .fails_at = 2000}});
  out.push_back({"small file can't be opened", {.path = "bad", .content = data(5000, 1), .fails_to_open = true}});
  out.push_back({"large file fails at once", {.path = "bad", .content = data(5'000'000, 1), .fails_at = 0}});
  out.push_back({"large file fails in the middle", {.path = "bad", .content = data(5'000'000, 1), .fails_at = 2'500'000}});
  out.push_back({"large file fails at its end", {.path = "bad", .content = data(5'000'000, 1), .fails_at = 4'999'999}});
  out.push_back({"large file can't be opened", {.path = "bad", .content = data(5'000'000, 1), .fails_to_open = true}});
  out.push_back({"pipe fails at once", {.path = "bad", .content = data(3'000'000, 1), .sequential = true, .fails_at = 0}});
  out.push_back({"pipe fails in the middle", {.path = "bad", .content = data(3'000'000, 1), .sequential = true, .fails_at = 1'500'000}});
  out.push_back({"pipe fails behind its last byte", {.path = "bad", .content = data(2 * kSliceBytes, 1), .sequential = true, .fails_at = 2 * kSliceBytes}});
  out.push_back({"pipe can't be opened", {.path = "bad", .content = data(3'000'000, 1), .sequential = true, .fails_to_open = true}});
  out.push_back({"sparse file fails", {.path = "bad", .content = data(5'000'000, 1), .holes = {{1'000'000, 1'000'000}}, .fails_at = 3'000'000}});
  return out;
}

TEST(Trouble, UnreadableEntriesAreLeftOutAndNamedOnce) {
  ASSERT_EQ(failures().size(), 11U);
  for (const bool reproducible : {false, true}) {
    for (const Trouble& trouble : failures()) {
      SCOPED_TRACE(trouble.name);
      std::vector<TestEntry> entries = good_entries();
      const std::vector<TestEntry> good = entries;
      entries.push_back(trouble.entry);
      const testing::Packed packed = testing::pack(TestTree(entries), {.preset = Preset::fast, .reproducible = reproducible});
      EXPECT_EQ(packed.report.failed_entries, 1U);
      EXPECT_EQ(packed.report.changed_entries, 0U);
      EXPECT_EQ(packed.problem_paths(), std::vector<std::string>{"bad"});
      for (const Error& error : packed.problems) EXPECT_EQ(error.code, Errc::io);
      expect_only_good(packed, good);
    }
  }
}

TEST(Trouble, AllNamesOfAnUnreadableFileAreLeftOutAndNamed) {
  std::vector<TestEntry> entries = good_entries();
  const std::vector<TestEntry> good = entries;
  for (const char* path : {"bad1", "bad2", "bad3"}) entries.push_back({.path = path, .link_group = 1, .content = data(5000, 1), .fails_at = 0});
  const testing::Packed packed = testing::pack(TestTree(entries), {.preset = Preset::fast});
  EXPECT_EQ(packed.report.failed_entries, 3U);
  EXPECT_EQ(packed.problem_paths(), (std::vector<std::string>{"bad1", "bad2", "bad3"}));
  expect_only_good(packed, good);
}

// A source that was stopped is no unreadable file: what was packed without it would look whole.
TEST(Trouble, ACancelledSourceEndsThePack) {
  for (const bool sequential : {false, true}) {
    std::vector<TestEntry> entries = good_entries();
    entries.push_back({.path = "bad", .content = data(3'000'000, 1), .sequential = sequential, .fails_at = 1'500'000, .fails_with = Errc::cancelled});
    const auto packed = testing::try_pack(TestTree(entries), {.preset = Preset::fast});
    ASSERT_FALSE(packed.has_value());
    EXPECT_EQ(packed.error().code, Errc::cancelled);
  }
}

TEST(Trouble, EverythingUnreadableGivesAnEmptyPackage) {
  std::vector<TestEntry> entries;
  for (int i = 0; i < 700; ++i) entries.push_back({.path = "f" + std::to_string(i), .content = data(100, 1), .fails_at = 0});
  const testing::Packed packed = testing::pack(TestTree(entries));
  EXPECT_EQ(packed.report.failed_entries, 700U);
  EXPECT_EQ(packed.problems.size(), 700U);
  expect_only_good(packed, {});
}

// What is packed of a file that grows or shrinks is what it had, so far as it was there.
TEST(Trouble, FilesThatChangeArePackedAndNamedOnce) {
  for (const std::size_t size : {std::size_t{100}, std::size_t{60'000}, std::size_t{900'000}, kSliceBytes, std::size_t{2'500'000}, 3 * kSliceBytes}) {
    for (const std::ptrdiff_t by :
         std::vector<std::ptrdiff_t>{-1, 1, -50, 50, 2'000'000, -static_cast<std::ptrdiff_t>(size), -static_cast<std::ptrdiff_t>(size / 2)}) {
      SCOPED_TRACE(std::to_string(size) + " bytes, then " + std::to_string(by) + " more");
      std::vector<TestEntry> entries = good_entries();
      TestEntry changing{.path = "changing", .content = data(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(size) + by), 3), .scanned_size = size};
      entries.push_back(changing);
      const testing::Packed packed = testing::pack(TestTree(entries), {.preset = Preset::fast});
      EXPECT_EQ(packed.report.failed_entries, 0U);
      EXPECT_EQ(packed.report.changed_entries, 1U);
      EXPECT_EQ(packed.problem_paths(), std::vector<std::string>{"changing"});
      if (changing.content.size() > size) changing.content.resize(size);
      entries.back() = changing;
      expect_only_good(packed, entries);
    }
  }
}

TEST(Trouble, FilesRewrittenInTheirLengthAreNamedOnce) {
  const std::vector<ByteRange> hole = {{0, 100'000}};
  for (const std::size_t size : {std::size_t{100}, std::size_t{900'000}, 3 * kSliceBytes}) {
    for (const bool sparse : {false, true}) {
      if (sparse && size < 200'000) continue;
      TestEntry entry{.path = "f", .content = data(size, 3), .rewritten = true};
      if (sparse) {
        std::fill_n(entry.content.begin(), 100'000, std::uint8_t{0});
        entry.holes = hole;
      }
      std::vector<TestEntry> entries = good_entries();
      entries.push_back(entry);
      const testing::Packed packed = testing::pack(TestTree(entries), {.preset = Preset::fast});
      EXPECT_EQ(packed.report.changed_entries, 1U);
      EXPECT_EQ(packed.problem_paths(), std::vector<std::string>{"f"});
      expect_only_good(packed, entries);
    }
  }
}

TEST(Trouble, SparseFileThatShrinksKeepsToWhatIsLeft) {
  for (const std::size_t left : {0U, 50'000U, 1'500'000U, 3'500'000U}) {
    SCOPED_TRACE(left);
    TestEntry entry{.path = "f", .content = data(left, 3), .scanned_size = 4'000'000, .holes = {{100'000, 1'000'000}, {3'000'000, 200'000}}};
    for (const ByteRange& hole : entry.holes) {
      for (std::uint64_t at = hole.offset; at < std::min<std::uint64_t>(hole.offset + hole.length, left); ++at) entry.content[at] = 0;
    }
    const testing::Packed packed = testing::pack(TestTree({entry}), {.preset = Preset::fast});
    EXPECT_EQ(packed.report.changed_entries, 1U);
    EXPECT_EQ(packed.problems.size(), 1U);
    (void)testing::audit(packed.bytes);
    const PackageReader reader = open(packed.bytes);
    ASSERT_EQ(reader.entry_count(), 1U);
    const Bytes content = content_of(reader, "f");
    EXPECT_EQ(reader.digest(reader.entry(0).value()).value(), hash::blake3(content));
    // What is packed begins with what was left; what was a hole beyond it may still come as zeros.
    ASSERT_GE(content.size(), left);
    EXPECT_TRUE(std::equal(entry.content.begin(), entry.content.end(), content.begin()));
    EXPECT_TRUE(std::all_of(content.begin() + static_cast<std::ptrdiff_t>(left), content.end(), [](std::uint8_t byte) { return byte == 0; }));
  }
}

}  // namespace
}  // namespace npk::writer
