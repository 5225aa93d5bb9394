// Order by content: what is alike lies side by side, whatever its path says, and nothing else changes.
#include "package/writer/similarity_order.h"

#include <random>

#include "package/writer/data_order.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

constexpr int kVersions = 5, kFamilies = 12;
constexpr std::uint64_t kFileBytes = 20'000;

// The family's content with 40 bytes of its own.
Bytes version_of(int family, int version) {
  Bytes content = testing::make_data(DataKind::random, kFileBytes, 100 + static_cast<std::uint64_t>(family));
  const Bytes edit = testing::make_data(DataKind::random, 40, 9000 + static_cast<std::uint64_t>(100 * family + version));
  std::ranges::copy(edit, content.begin() + 1000 + 500 * version);
  return content;
}

std::string name_of(int family, int version) { return "v" + std::to_string(version) + "/f" + std::to_string(10 + family); }

// Each version in a directory of its own, so that path order has the members of a family apart.
TestTree families() {
  TestTree tree;
  for (int version = 0; version < kVersions; ++version)
    for (int family = 0; family < kFamilies; ++family) tree.add({.path = name_of(family, version), .content = version_of(family, version)});
  tree.sort();
  return tree;
}

std::vector<std::string> paths_in(const TestTree& tree, const DataOrder& order) {
  std::vector<std::string> paths;
  for (const std::uint64_t number : order.numbers) paths.push_back(tree.entries()[number].path);
  return paths;
}

DataOrder ordered(const TestTree& tree, const SimilarityOptions& options = {.group_bytes = 1U << 20}) {
  const auto order = data_order(tree, FileOrder::similar, options);
  EXPECT_TRUE(order) << order.error().message;
  return order ? *order : DataOrder();
}

TEST(SimilarityOrder, DrawsVersionsOfAFileTogether) {
  const TestTree tree = families();
  std::vector<std::string> expected;
  for (int family = 0; family < kFamilies; ++family)
    for (int version = 0; version < kVersions; ++version) expected.push_back(name_of(family, version));
  EXPECT_EQ(paths_in(tree, ordered(tree)), expected);
}

TEST(SimilarityOrder, EndsAGroupAtItsBytes) {
  const TestTree tree = families();
  const auto paths = paths_in(tree, ordered(tree, {.group_bytes = 2 * kFileBytes}));
  for (std::size_t i = 0; i < 2 * kFamilies; i += 2) EXPECT_EQ(paths[i].substr(2), paths[i + 1].substr(2));
  EXPECT_EQ(paths[0], name_of(0, 0));
  EXPECT_EQ(paths[2 * kFamilies].substr(0, 2), "v2");
}

TEST(SimilarityOrder, LeavesWhatIsNotAlikeWhereItIs) {
  TestTree tree;
  for (int i = 0; i < 40; ++i)
    tree.add({.path = "f" + std::to_string(100 + i), .content = testing::make_data(DataKind::random, 30'000, 7 + static_cast<std::uint64_t>(i))});
  tree.add({.path = "tiny", .content = testing::make_data(DataKind::text, 10, 1)});
  tree.add({.path = "pipe", .content = version_of(0, 0), .sequential = true});
  tree.add({.path = "locked", .content = version_of(0, 1), .fails_to_open = true});
  tree.add({.path = "torn", .content = version_of(0, 2), .fails_at = 100});
  tree.sort();
  const DataOrder similar = ordered(tree);
  EXPECT_EQ(similar.numbers, data_order(tree, FileOrder::kind, {}).value().numbers);
  EXPECT_EQ(std::ranges::count(similar.in_large_group, true), 0);
}

// Beside the families, whose files fit into a block each time, is one of many versions, and what has a licence in common with it only.
TEST(SimilarityOrder, DrawsMoreThanABlockHoldsTogetherWhereItIsMostlyTheSame) {
  constexpr std::uint64_t kGroupBytes = kVersions * kFileBytes;
  TestTree tree = families();
  for (int version = 0; version < 12; ++version) tree.add({.path = "many" + std::to_string(10 + version), .content = version_of(kFamilies, version)});
  const Bytes first = version_of(kFamilies, 0);
  for (int i = 0; i < 12; ++i) {
    Bytes content = testing::make_data(DataKind::random, kFileBytes, 500 + static_cast<std::uint64_t>(i));
    std::copy_n(first.begin(), kFileBytes / 4, content.begin());
    tree.add({.path = "other" + std::to_string(10 + i), .content = std::move(content)});
  }
  tree.add({.path = "alone", .content = testing::make_data(DataKind::random, 2 * kGroupBytes, 3)});
  tree.sort();
  const DataOrder order = ordered(tree, {.group_bytes = kGroupBytes, .large_group_bytes = 10 * kFileBytes});
  std::vector<std::string> large;
  for (std::size_t i = 0; i < order.numbers.size(); ++i)
    if (order.in_large_group[i]) large.push_back(tree.entries()[order.numbers[i]].path);
  EXPECT_EQ(large, (std::vector<std::string>{"many10", "many11", "many12", "many13", "many14", "many15", "many16", "many17", "many18", "many19"}));
  EXPECT_EQ(std::ranges::count(ordered(tree, {.group_bytes = kGroupBytes}).in_large_group, true), 0);
}

// Of files with a third in common: what has blocks of its kind, long ones, is not drawn further than an ordinary block for so little.
TEST(SimilarityOrder, DrawsFilteredKindsFurtherOnlyWhereMoreIsTheSame) {
  const Bytes same = testing::make_data(DataKind::random, kFileBytes / 3, 77);  // with this seed four or five of 16 minima are of it
  const auto count_in_large_group = [&](const std::string& extension) {
    TestTree tree;
    for (int i = 0; i < 12; ++i) {
      Bytes content = testing::make_data(DataKind::random, kFileBytes, 600 + static_cast<std::uint64_t>(i));
      std::ranges::copy(same, content.begin());
      tree.add({.path = "file" + std::to_string(10 + i) + extension, .content = std::move(content)});
    }
    tree.sort();
    return std::ranges::count(ordered(tree, {.group_bytes = 4 * kFileBytes, .large_group_bytes = 12 * kFileBytes}).in_large_group, true);
  };
  EXPECT_GT(count_in_large_group(".c"), 8);
  EXPECT_EQ(count_in_large_group(".html"), 0);
  EXPECT_EQ(count_in_large_group(".json"), 0);
}

TEST(SimilarityOrder, LeavesMoreBytesThanAllowedAlone) {
  const TestTree tree = families();
  const auto by_kind = data_order(tree, FileOrder::kind, {}).value();
  const std::uint64_t bytes = kVersions * kFamilies * kFileBytes;
  EXPECT_EQ(ordered(tree, {.group_bytes = 1U << 20, .most_bytes = bytes - 1}), by_kind);
  EXPECT_NE(ordered(tree, {.group_bytes = 1U << 20, .most_bytes = bytes}).numbers, by_kind.numbers);
}

// Not even looked at: of these hardly anything will be stored.
TEST(SimilarityOrder, LeavesWhatIsLikelyKnownWhereItIs) {
  TestTree known;
  const TestTree original = families();
  for (TestEntry entry : original.entries()) {
    entry.likely_known = true;
    known.add(std::move(entry));
  }
  const auto by_kind = data_order(known, FileOrder::kind, {}).value();
  EXPECT_EQ(ordered(known).numbers, by_kind.numbers);
  EXPECT_EQ(ordered(known, {.group_bytes = 1U << 20, .most_bytes = 0}).numbers, by_kind.numbers);
}

TEST(SimilarityOrder, IsTheSameForAnyThreads) {
  const TestTree tree = families();
  const auto expected = ordered(tree);
  for (const unsigned threads : {2U, 5U, 16U}) EXPECT_EQ(ordered(tree, {.threads = threads, .group_bytes = 1U << 20}), expected);
}

TEST(SimilarityOrder, Stops) {
  std::stop_source stop;
  stop.request_stop();
  const auto order = data_order(families(), FileOrder::similar, {.group_bytes = 1U << 20, .stop = stop.get_token()});
  ASSERT_FALSE(order);
  EXPECT_EQ(order.error().code, Errc::cancelled);
}

// Blocks that hold one version each find nothing to copy; ordered, four fifths of the content is a copy.
TEST(SimilarityOrder, MakesThePackageSmaller) {
  const TestTree tree = families();
  WriterOptions options{.block_bytes = 256U << 10, .deduplication = Deduplication::files};
  options.order = FileOrder::path;
  const std::size_t by_path = testing::pack(tree, options).bytes.size();
  options.order = FileOrder::similar;
  const Bytes similar = testing::pack(tree, options).bytes;
  expect_entries(similar, tree.entries());
  EXPECT_LT(similar.size() * 3, by_path);
}

// A change in each version every `apart` bytes.
TestTree versions_of(const Bytes& original, int count, std::size_t apart) {
  TestTree tree;
  for (int version = 0; version < count; ++version) {
    Bytes content = original;
    for (std::size_t at = 1000 + 300 * static_cast<std::size_t>(version); at < content.size(); at += apart) ++content[at];
    tree.add({.path = "v" + std::to_string(10 + version), .content = std::move(content)});
  }
  tree.sort();
  return tree;
}

// Four bits a byte.
Bytes letters(std::size_t bytes, std::uint64_t seed) {
  Bytes made = testing::make_data(DataKind::random, bytes, seed);
  for (std::uint8_t& byte : made) byte = static_cast<std::uint8_t>('a' + byte % 16);
  return made;
}

// 12 MB that are 400 kB and changes: ordinary blocks of the standard preset would hold those 400 kB three times.
TEST(SimilarityOrder, PutsALargeGroupIntoALargerBlock) {
  const TestTree tree = versions_of(letters(400'000, 5), 30, 10'000);
  const auto packed_bytes = [&](FileOrder order) {
    const Bytes package = testing::pack(tree, {.deduplication = Deduplication::files, .order = order}).bytes;
    expect_entries(package, tree.entries());
    return package.size();
  };
  EXPECT_LT(packed_bytes(FileOrder::similar) * 3, packed_bytes(FileOrder::kind) * 2);
}

// Each longer than what an ordinary block's search has of the past.
TEST(SimilarityOrder, FindsLongVersionsInALongBlock) {
  constexpr std::size_t kVersionBytes = 2'600'000;
  const TestTree tree = versions_of(letters(kVersionBytes, 6), 4, 20'000);
  const Bytes package = testing::pack(tree, {.deduplication = Deduplication::files, .order = FileOrder::similar}).bytes;
  expect_entries(package, tree.entries());
  EXPECT_EQ(testing::audit(package).blocks.size(), 1U);
  EXPECT_LT(package.size(), kVersionBytes * 3 / 4) << "once";
}

// 9 MB of what looks like code, in versions: one block longer than ordinary ones, with words and without a trial (a level below 0).
TEST(SimilarityOrder, PutsALargeGroupOfTextIntoALongBlockWithWords) {
  std::mt19937_64 random(21);
  std::vector<std::string> words(2000);
  for (std::string& word : words)
    for (std::uint64_t length = 5 + random() % 6; length > 0; --length) word += static_cast<char>('a' + random() % 26);
  std::string original;
  while (original.size() < 750'000) original += words[random() % words.size()] + (random() % 9 == 0 ? ";\n  " : " ");
  TestTree tree;
  for (int version = 0; version < 12; ++version) {
    std::string text = original;
    for (std::size_t at = 1000 + 300 * static_cast<std::size_t>(version); at < text.size(); at += 10'000) text[at] = 'Z';
    tree.add({.path = "v" + std::to_string(10 + version), .content = Bytes(text.begin(), text.end())});
  }
  tree.sort();
  const Bytes package = testing::pack(tree, {.deduplication = Deduplication::files, .order = FileOrder::similar}).bytes;
  expect_entries(package, tree.entries());
  const testing::PackageAudit audit = testing::audit(package);
  ASSERT_EQ(audit.blocks.size(), 1U);
  ASSERT_EQ(audit.blocks[0].chain.size(), 2U);
  EXPECT_EQ(audit.blocks[0].chain[0].id, format::CodecId::words);
  EXPECT_LT(audit.blocks[0].chain[0].level, -40);
}

// A read of a stored block reads all of it.
TEST(SimilarityOrder, LeavesALargeGroupOfNoiseInShortBlocks) {
  const TestTree tree = versions_of(testing::make_data(DataKind::random, 900'000, 5), 12, 10'000);
  const Bytes package = testing::pack(tree, {.deduplication = Deduplication::files, .order = FileOrder::similar}).bytes;
  expect_entries(package, tree.entries());
  EXPECT_GE(testing::audit(package).blocks.size(), 12U);
}

}  // namespace
}  // namespace npk::writer
