// Trees: exact counts and sums, copies, paths, and generations that follow from each other.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "hash/hash.h"
#include "npk/synth_tree.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

Bytes content_of(const TreeContent& content) {
  Bytes bytes(static_cast<std::size_t>(content.size()));
  EXPECT_EQ(content.read_at(0, bytes), bytes.size());
  return bytes;
}

struct Found {
  Bytes content;
  std::int64_t mtime_seconds;
  bool operator==(const Found&) const = default;
};
using Files = std::map<std::string, Found>;

Tree tree_of(const TreeOptions& options) {
  auto tree = Tree::create(options);
  if (!tree) ADD_FAILURE() << tree.error().to_string();
  return *std::move(tree);
}

Files files_of(const Tree& tree, std::uint32_t generation) {
  Files files;
  const auto walked = tree.for_each_file(generation, [&](TreeFile file) -> Result<void> {
    EXPECT_TRUE(files.emplace(file.path, Found{content_of(file.content), file.mtime_seconds}).second) << file.path << " twice";
    return {};
  });
  EXPECT_TRUE(walked.has_value());
  return files;
}

std::vector<std::uint64_t> sizes_of(const TreeOptions& options) {
  std::vector<std::uint64_t> sizes;
  const auto walked = tree_of(options).for_each_file(0, [&](TreeFile file) -> Result<void> {
    sizes.push_back(file.content.size());
    return {};
  });
  EXPECT_TRUE(walked.has_value());
  return sizes;
}

TEST(Sizes, AddUpExactly) {
  int cases = 0;
  for (const SizeDistribution distribution : {SizeDistribution::fixed, SizeDistribution::log_normal, SizeDistribution::zipf}) {
    for (const std::uint64_t files : {1ULL, 2ULL, 7ULL, 1000ULL}) {
      for (const std::uint64_t total : {0ULL, 1ULL, 999ULL, 12'345'678ULL, 1ULL << 54}) {
        for (const double dedup : {1.0, 1.4, 3.0, 5000.0}) {
          const std::vector<std::uint64_t> sizes =
              sizes_of({.seed = {files, total}, .files = files, .total_bytes = total, .sizes = distribution, .dedup = dedup});
          ASSERT_EQ(sizes.size(), files);
          std::uint64_t sum = 0;
          for (const std::uint64_t size : sizes) sum += size;
          EXPECT_EQ(sum, total) << files << " files, dedup " << dedup;
          ++cases;
        }
      }
    }
  }
  EXPECT_EQ(cases, 240);
}

TEST(Sizes, HaveTheirDistribution) {
  TreeOptions options{.seed = {1, 1}, .files = 20'000, .total_bytes = 2'000'000'000, .sizes = SizeDistribution::fixed};
  std::vector<std::uint64_t> sizes = sizes_of(options);
  EXPECT_LE(std::ranges::max(sizes) - std::ranges::min(sizes), 1U);
  options.sizes = SizeDistribution::log_normal;
  sizes = sizes_of(options);
  std::ranges::sort(sizes);
  const auto quantile = [&](double share) { return static_cast<double>(sizes[static_cast<std::size_t>(share * 20'000)]); };
  // One standard deviation is 2.5 doublings: 5.7 times.
  EXPECT_NEAR(std::log2(quantile(0.8413) / quantile(0.5)), 2.5, 0.15);
  EXPECT_NEAR(std::log2(quantile(0.5) / quantile(0.1587)), 2.5, 0.15);
  options.sizes = SizeDistribution::zipf;
  sizes = sizes_of(options);
  std::ranges::sort(sizes, std::greater());
  EXPECT_NEAR(static_cast<double>(sizes[99]) / static_cast<double>(sizes[999]), 10, 2);
  EXPECT_NEAR(static_cast<double>(sizes[999]) / static_cast<double>(sizes[9999]), 10, 2);
}

TEST(TreeShape, CopiesAreAsManyAsItSays) {
  const Tree tree = tree_of({.seed = {2, 2}, .files = 300, .total_bytes = 3'000'000, .directories = 7, .fan_out = 2, .dedup = 2.5, .compress = 2});
  EXPECT_EQ(tree.unique_files(), 120U);
  std::set<Bytes> contents;
  std::map<std::string, int> directories;
  for (const auto& [path, found] : files_of(tree, 0)) {
    contents.insert(found.content);
    ++directories[path.substr(0, path.rfind('/') + 1)];
  }
  EXPECT_GE(contents.size(), 119U);  // files of no bytes are equal, too
  EXPECT_LE(contents.size(), 121U);  // the last has what is missing from the sum
  EXPECT_EQ(directories.size(), 7U);
}

TEST(TreeShape, DirectoriesComeAfterTheirParents) {
  const Tree tree = tree_of({.seed = {3, 3}, .files = 0, .directories = *directories_of_depth(3, 4), .fan_out = 4});
  std::set<std::string> seen{""};
  std::size_t deepest = 0;
  ASSERT_TRUE(tree.for_each_directory([&](const std::string& path) -> Result<void> {
    const std::size_t slash = path.rfind('/');
    EXPECT_TRUE(seen.contains(slash == std::string::npos ? "" : path.substr(0, slash))) << path;
    EXPECT_TRUE(seen.insert(path).second) << path;
    deepest = std::max(deepest, static_cast<std::size_t>(std::ranges::count(path, '/')) + 1);
    return {};
  }).has_value());
  EXPECT_EQ(seen.size(), 85U);
  EXPECT_EQ(deepest, 3U);
  EXPECT_EQ(directories_of_depth(0, 16), 1U);
  EXPECT_EQ(directories_of_depth(4000, 1), 4001U);
  EXPECT_EQ(directories_of_depth(40, 16), std::nullopt);
}

TEST(TreeShape, NamesAreAsLongAsAsked) {
  for (const std::size_t least : {0UL, 40UL, 254UL, 255UL}) {
    const Tree tree = tree_of({.seed = {4, 4}, .files = 500, .total_bytes = 500, .name_bytes = least});
    for (const auto& [path, found] : files_of(tree, 0)) {
      EXPECT_GE(path.size(), least);
      EXPECT_LE(path.size(), std::max<std::size_t>(least, 20));
      EXPECT_EQ(path.find('/'), std::string::npos);
    }
  }
}

TEST(TreeShape, OptionsOutOfRangeAreNamed) {
  const std::vector<std::pair<TreeOptions, std::string>> refused = {
      {{.files = 1ULL << 32}, "files"},       {{.total_bytes = 5}, "files"},
      {{.files = 1, .total_bytes = 1ULL << 55}, "total_bytes"}, {{.spread = 7}, "spread"},
      {{.directories = 0}, "directories"},    {{.fan_out = 0}, "fan_out"},
      {{.name_bytes = 256}, "name_bytes"},    {{.dedup = 0}, "dedup"},
      {{.compress = 0.9}, "compress"},        {{.block_bytes = 1}, "block_bytes"},
      {{.edits = {.changed = 2}}, "edits.changed"}, {{.edits = {.changed = 0.9, .removed = 0.2}}, "edits"},
      {{.edits = {.places = 0}}, "edits.places"}};
  for (const auto& [options, field] : refused) {
    const auto tree = Tree::create(options);
    ASSERT_FALSE(tree.has_value()) << field;
    EXPECT_EQ(tree.error().code, Errc::misuse);
    EXPECT_TRUE(tree.error().message.starts_with(field)) << tree.error().message;
  }
}

TreeOptions edited_options() {
  return {.seed = {5, 6}, .files = 2000, .total_bytes = 4'000'000, .directories = 40, .fan_out = 5, .compress = 2,
          .edits = {.changed = 0.1, .renamed = 0.03, .removed = 0.02, .added = 0.025, .bytes = 0.1, .places = 3}};
}

TEST(Generations, AreAFunctionOfTheSeed) {
  const TreeOptions options = edited_options();
  EXPECT_EQ(files_of(tree_of(options), 5), files_of(tree_of(options), 5));
  TreeOptions other = options;
  other.seed.high = 7;
  EXPECT_NE(files_of(tree_of(options), 0), files_of(tree_of(other), 0));
}

TEST(Generations, ChangeTheSharesTheySay) {
  const Tree tree = tree_of(edited_options());
  const Files before = files_of(tree, 0), after = files_of(tree, 1);
  std::size_t same = 0, changed = 0, gone = 0;
  for (const auto& [path, found] : before) {
    const auto now = after.find(path);
    if (now == after.end()) {
      ++gone;
    } else if (now->second == found) {
      ++same;
    } else {
      ++changed;
      EXPECT_GT(now->second.mtime_seconds, found.mtime_seconds);
    }
  }
  EXPECT_NEAR(static_cast<double>(changed), 200, 60);
  EXPECT_NEAR(static_cast<double>(gone), 100, 40);  // 60 renamed, 40 removed
  const std::size_t fresh = after.size() - same - changed;
  EXPECT_NEAR(static_cast<double>(fresh), 110, 30);  // 60 renamed, 50 added
}

// Most of a changed file's bytes are as they were: what is left of it outside of the places.
TEST(Generations, KeepMostOfAChangedFile) {
  TreeOptions options = edited_options();
  options.files = 1;
  options.total_bytes = 1'000'000;
  options.edits = {.changed = 1, .renamed = 0, .removed = 0, .added = 0, .bytes = 0.05, .places = 4};
  options.compress = 1;
  const Tree tree = tree_of(options);
  const Bytes before = files_of(tree, 0).begin()->second.content, after = files_of(tree, 1).begin()->second.content;
  EXPECT_NE(before, after);
  std::set<Bytes> windows;
  constexpr std::size_t kWindow = 16;
  for (std::size_t at = 0; at + kWindow <= before.size(); ++at)
    windows.emplace(before.begin() + static_cast<std::ptrdiff_t>(at), before.begin() + static_cast<std::ptrdiff_t>(at + kWindow));
  std::size_t old = 0;
  for (std::size_t at = 0; at + kWindow <= after.size(); at += kWindow)
    old += windows.contains(Bytes(after.begin() + static_cast<std::ptrdiff_t>(at), after.begin() + static_cast<std::ptrdiff_t>(at + kWindow)));
  const double share = static_cast<double>(old * kWindow) / static_cast<double>(after.size());
  EXPECT_GE(share, 0.94);
  EXPECT_LT(share, 1);
}

// Applying the changes to one generation gives the other.
TEST(Generations, ChangesLeadFromOneToTheOther) {
  const Tree tree = tree_of(edited_options());
  for (const auto& [from, to] : {std::pair{0U, 1U}, {0U, 4U}, {3U, 7U}, {2U, 2U}}) {
    Files files = files_of(tree, from);
    std::size_t changes = 0;
    std::vector<TreeChange> all;
    ASSERT_TRUE(tree.for_each_change(from, to, [&](TreeChange change) -> Result<void> {
      ++changes;
      all.push_back(std::move(change));
      return {};
    }).has_value());
    std::map<std::string, Found> moved;
    for (const TreeChange& change : all) {
      if (change.old_path.empty()) continue;
      ASSERT_TRUE(files.contains(change.old_path)) << change.old_path;
      if (change.same_content) {
        EXPECT_EQ(content_of(change.now->content), files[change.old_path].content);
        EXPECT_EQ(change.now->mtime_seconds, files[change.old_path].mtime_seconds);
      }
      files.erase(change.old_path);
    }
    for (const TreeChange& change : all)
      if (change.now) {
        EXPECT_TRUE(files.emplace(change.now->path, Found{content_of(change.now->content), change.now->mtime_seconds}).second);
      }
    EXPECT_EQ(files, files_of(tree, to)) << from << " to " << to;
    EXPECT_EQ(changes == 0, from == to);
  }
  EXPECT_EQ(tree.for_each_change(2, 1, [](TreeChange) -> Result<void> { return {}; }).error().code, Errc::misuse);
}

TEST(Content, IsReadFromAnyPlace) {
  TreeContent content;
  Bytes expected;
  const auto insert = [&](std::uint64_t at, std::uint64_t seed, std::uint64_t size) {
    const ObjectGenerator object = generator_of({.seed = {seed, 0}, .size_bytes = size});
    const Bytes bytes = whole(object);
    content.insert(at, object);
    expected.insert(expected.begin() + static_cast<std::ptrdiff_t>(at), bytes.begin(), bytes.end());
  };
  const auto erase = [&](std::uint64_t at, std::uint64_t size) {
    content.erase(at, size);
    expected.erase(expected.begin() + static_cast<std::ptrdiff_t>(at), expected.begin() + static_cast<std::ptrdiff_t>(at + size));
  };
  insert(0, 1, 1000);
  insert(1000, 2, 10);
  insert(500, 3, 77);
  erase(490, 20);
  erase(0, 1);
  insert(0, 4, 5);
  erase(content.size() - 3, 3);
  insert(content.size(), 5, 0);
  ASSERT_EQ(content.size(), expected.size());
  for (std::size_t from = 0; from <= expected.size(); from += 7) {
    Bytes part(100);
    const std::size_t count = content.read_at(from, part);
    ASSERT_EQ(count, std::min<std::size_t>(100, expected.size() - from));
    ASSERT_TRUE(std::ranges::equal(ByteView(part).first(count), ByteView(expected).subspan(from, count))) << from;
  }
  const auto source = content.open("made");
  erase(0, content.size());
  EXPECT_EQ(content.size(), 0U);
  Bytes part(10);
  EXPECT_EQ(*source->read(part), 10U);
}

TEST(TreeShape, IsPinned) {
  hash::Blake3 digest;
  for (const auto& [path, found] : files_of(tree_of(edited_options()), 3)) {
    digest.update(as_bytes(path));
    digest.update(found.content);
  }
  EXPECT_EQ(hash::hex_of(digest.finish()), "5bff9e3a22957d4f4660f50d9d8fb6f847d5e5dc2008ed7f8569e048279d0928");
}

}  // namespace
}  // namespace npk::synth
