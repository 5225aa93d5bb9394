// Opening, look-ups, listing, digests.
#include <gtest/gtest.h>

#include <algorithm>

#include "hash/hash.h"
#include "npk/files.h"
#include "npk/format/path.h"
#include "npk/reader.h"
#include "support/package_builder.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;

PackageReader open(const Bytes& bytes, const ReaderOptions& options = {}) {
  return PackageReader::open(memory_source(ByteView(bytes)), options).value();
}

class Shapes : public testing::TestWithParam<std::size_t> {};

TEST_P(Shapes, EveryEntryIsFoundByPathAndByNumberAndInOrder) {
  const BuiltPackage built = test::make_package(GetParam(), {.files = 100, .leaf_rows = GetParam(), .fanout = 3});
  const PackageReader reader = open(built.bytes);
  ASSERT_EQ(reader.entry_count(), built.entries.size());
  for (std::size_t i = 0; i < built.entries.size(); ++i) {
    const BuiltEntry& entry = built.entries[i];
    EXPECT_EQ(reader.entry(i).value().path(), entry.path);
    const auto found = reader.find(entry.path).value();
    ASSERT_TRUE(found.has_value()) << entry.path;
    EXPECT_EQ(found->number(), i);
    EXPECT_EQ(found->row().size, entry.size);
    EXPECT_EQ(reader.digest(*found).value(), hash::blake3(entry.content));
    EXPECT_FALSE(reader.find(entry.path + "!").value().has_value());
  }
  std::vector<std::string> listed;
  const auto list = [&](const Entry& entry) {
    listed.emplace_back(entry.path());
    return true;
  };
  ASSERT_TRUE(reader.for_each(list));
  ASSERT_EQ(listed.size(), built.entries.size());
  EXPECT_TRUE(std::ranges::is_sorted(listed, format::path_less));
}

TEST_P(Shapes, LowerBoundAgreesWithThePlainOne) {
  const BuiltPackage built = test::make_package(GetParam(), {.files = 60, .leaf_rows = GetParam()});
  const PackageReader reader = open(built.bytes);
  std::vector<std::string> sought = {"a",        "dir0", "dir2",     "dir2/file-3",
                                     "dir2/zzz", "zzz",  "dir2\x01", std::string("dir3/\xff", 6)};
  for (const BuiltEntry& entry : built.entries) sought.push_back(entry.path);
  for (const std::string& path : sought) {
    const auto expected =
        std::ranges::lower_bound(built.entries, path, format::path_less, &BuiltEntry::path) - built.entries.begin();
    EXPECT_EQ(reader.lower_bound(path).value(), static_cast<std::uint64_t>(expected)) << path;
  }
}

INSTANTIATE_TEST_SUITE_P(LeafRows, Shapes, testing::Values(1, 2, 7, 1000));

TEST(Reader, ListsARangeAndStopsWhenTold) {
  const BuiltPackage built = test::make_package(3, {.files = 30});
  const PackageReader reader = open(built.bytes);
  std::vector<std::uint64_t> seen;
  const auto collect = [&](const Entry& entry) {
    seen.push_back(entry.number());
    return seen.size() < 5;
  };
  ASSERT_TRUE(reader.for_each(collect, 10, 13));
  EXPECT_EQ(seen, (std::vector<std::uint64_t>{10, 11, 12}));
  seen.clear();
  ASSERT_TRUE(reader.for_each(collect));
  EXPECT_EQ(seen.size(), 5U);
}

TEST(Reader, AskingWrongIsMisuse) {
  test::PackageBuilder builder("kinds");
  BuiltEntry directory;
  directory.path = "d";
  directory.kind = EntryKind::directory;
  BuiltEntry empty;
  empty.path = "d/empty";
  builder.commit({directory, empty});
  builder.trailer();
  const PackageReader reader = open(builder.bytes());
  EXPECT_EQ(reader.entry(2).error().code, Errc::misuse);
  EXPECT_EQ(reader.open_stream(reader.entry(0).value()).error().code, Errc::misuse);
  EXPECT_EQ(reader.digest(reader.entry(0).value()).error().code, Errc::misuse);
  EXPECT_EQ(reader.digest(reader.entry(1).value()).value(), hash::blake3({}));
}

TEST(Reader, AnEmptyPackageIsAPackage) {
  test::PackageBuilder builder("empty");
  builder.commit({});
  builder.trailer();
  const PackageReader reader = open(builder.bytes());
  EXPECT_EQ(reader.entry_count(), 0U);
  EXPECT_FALSE(reader.find("x").value().has_value());
  EXPECT_EQ(reader.lower_bound("x").value(), 0U);
  EXPECT_TRUE(reader.for_each([](const Entry&) { return true; }));
}

TEST(Reader, APackageMayLieBehindOtherBytes) {
  const BuiltPackage built = test::make_package(5);
  Bytes file(12'345, 0x7F);
  file.insert(file.end(), built.bytes.begin(), built.bytes.end());
  const PackageReader reader = open(file);
  EXPECT_EQ(reader.info().package_offset, 12'345U);
  const auto entry = reader.find(built.entries.back().path).value().value();
  Bytes content(built.entries.back().size);
  FileStream stream = reader.open_stream(entry).value();
  ASSERT_EQ(stream.read_at(0, content).value(), content.size());
  EXPECT_EQ(content, built.entries.back().content);
}

TEST(Reader, SaysWhyItDoesNotOpen) {
  const auto code = [](const Bytes& bytes) { return PackageReader::open(memory_source(ByteView(bytes))).error().code; };
  EXPECT_EQ(code({}), Errc::truncated);
  EXPECT_EQ(code(Bytes(95)), Errc::truncated);
  EXPECT_EQ(code(Bytes(5000)), Errc::corrupt);
  const auto sealed = format::encode_superblock({.sealed = true, .package_id = {1}, .key_commitment = {}, .cipher = format::Cipher::xchacha20_poly1305});
  EXPECT_EQ(code(Bytes(sealed.begin(), sealed.end())), Errc::no_key);
  EXPECT_EQ(PackageReader::open_file("/nonexistent/x.npk").error().code, Errc::not_found);
}

TEST(Reader, OpeningCostsFewReads) {
  const BuiltPackage built = test::make_package(1, {.files = 500, .leaf_rows = 50, .fanout = 20});
  const PackageReader reader = open(built.bytes);
  EXPECT_EQ(reader.statistics().frames_read, 1U);  // the commit; superblock and trailer are read beside it
  static_cast<void>(reader.find(built.entries[250].path).value());
  EXPECT_EQ(reader.statistics().frames_read, 3U);
  static_cast<void>(reader.find(built.entries[250].path).value());
  EXPECT_EQ(reader.statistics().frames_read, 3U);
  EXPECT_EQ(reader.statistics().blocks_decoded, 0U);
}

TEST(Reader, PagesAreKeptWithinTheirBound) {
  const BuiltPackage built = test::make_package(2, {.files = 300, .leaf_rows = 4, .fanout = 4});
  const PackageReader reader =
      open(built.bytes, {.limits = {}, .block_cache_bytes = 1 << 20, .page_cache_bytes = 20'000});
  std::size_t count = 0;
  const auto visit = [&](const Entry&) { return ++count > 0; };
  ASSERT_TRUE(reader.for_each(visit));
  EXPECT_EQ(count, 300U);
  const std::uint64_t frames = reader.statistics().frames_read;
  ASSERT_TRUE(reader.for_each(visit));
  EXPECT_GT(reader.statistics().frames_read, frames + 50);  // had to be read again
}

}  // namespace
}  // namespace npk
