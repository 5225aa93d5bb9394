// Holes: as the file system tells them, and as zero runs of reproducible packages.
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

constexpr std::uint64_t kMiB = 1U << 20;

struct Layout {
  const char* name;
  std::uint64_t size;
  std::vector<ByteRange> holes;
};

// Start, middle, end, all, many; at, just before and just behind the borders of slices.
const Layout kLayouts[] = {
    {"start", 3 * kMiB, {{0, 200'000}}},
    {"end", 3 * kMiB, {{3 * kMiB - 200'000, 200'000}}},
    {"middle", 3 * kMiB, {{1'500'000, 700'000}}},
    {"all", 5 * kMiB, {{0, 5 * kMiB}}},
    {"all of a small file", 4096, {{0, 4096}}},
    {"small file", 100'000, {{4096, 65'536}}},
    {"at a border", 4 * kMiB, {{kMiB, kMiB}}},
    {"behind a border", 4 * kMiB, {{kMiB + 4096, kMiB - 4096}}},
    {"before a border", 4 * kMiB, {{kMiB - 4096, 4096}}},
    {"one page on a border", 4 * kMiB, {{2 * kMiB, 4096}, {3 * kMiB - 4096, 4096}}},
    {"one byte of data between", 2 * kMiB, {{0, kMiB}, {kMiB + 1, kMiB - 1}}},
    {"odd bytes", 2'345'678, {{1, 1'000'000}, {1'100'001, 999'999}}},
    {"touching", 2 * kMiB, {{0, 4096}, {4096, 4096}, {8192, 100'000}}},
    {"every other page", 2 * kMiB, [] {
       std::vector<ByteRange> holes;
       for (std::uint64_t at = 4096; at < 2 * kMiB; at += 8192) holes.push_back({at, 4096});
       return holes;
     }()},
};

TestEntry with_holes(const Layout& layout, DataKind kind) {
  Bytes content = testing::make_data(kind, layout.size, layout.size);
  for (const ByteRange& hole : layout.holes) std::fill_n(content.begin() + static_cast<std::ptrdiff_t>(hole.offset), hole.length, std::uint8_t{0});
  return {.path = layout.name, .content = std::move(content), .holes = layout.holes};
}

TestTree all_layouts(DataKind kind) {
  TestTree tree;
  for (const Layout& layout : kLayouts) tree.add(with_holes(layout, kind));
  tree.sort();
  return tree;
}

std::vector<ByteRange> holes_of(const std::vector<format::Run>& runs) {
  std::vector<ByteRange> holes;
  std::uint64_t at = 0;
  for (const format::Run& run : runs) {
    if (run.chunk_count == 0) holes.push_back({at, run.byte_count});
    at += run.byte_count;
  }
  return holes;
}

std::vector<ByteRange> joined(const std::vector<ByteRange>& holes) {
  std::vector<ByteRange> out;
  for (const ByteRange& hole : holes) {
    if (!out.empty() && out.back().offset + out.back().length == hole.offset) out.back().length += hole.length;
    else out.push_back(hole);
  }
  return out;
}

bool same(const std::vector<ByteRange>& a, const std::vector<ByteRange>& b) {
  return std::ranges::equal(a, b, [](const ByteRange& x, const ByteRange& y) { return x.offset == y.offset && x.length == y.length; });
}

TEST(Holes, ComeBackWhereTheyWere) {
  for (const DataKind kind : {DataKind::random, DataKind::text}) {
    for (const std::uint64_t chunk : {4096U, 65'536U}) {
      const TestTree tree = all_layouts(kind);
      const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .chunk_bytes = chunk});
      const testing::PackageAudit found = testing::audit(packed.bytes);
      expect_entries(packed.bytes, tree.entries());
      EXPECT_EQ(found.runs.size(), std::size(kLayouts));
      for (const Layout& layout : kLayouts) EXPECT_TRUE(same(holes_of(found.runs.at(layout.name)), joined(layout.holes))) << layout.name;
    }
  }
}

// In a reproducible package they come from aligned zero runs of 64 KiB and more within a slice, whatever the file system says.
TEST(Holes, ReproducibleOnesComeFromTheContent) {
  TestTree told, untold;
  for (const Layout& layout : kLayouts) {
    TestEntry entry = with_holes(layout, DataKind::random);
    told.add(entry);
    entry.holes.clear();
    untold.add(entry);
  }
  told.sort();
  untold.sort();
  const testing::Packed packed = testing::pack(untold, {.preset = Preset::fast, .reproducible = true});
  EXPECT_TRUE(testing::pack(told, {.preset = Preset::fast, .reproducible = true}).bytes == packed.bytes);
  expect_entries(packed.bytes, untold.entries());
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_TRUE(same(holes_of(found.runs.at("all")), {{0, 5 * kMiB}}));
  EXPECT_TRUE(same(holes_of(found.runs.at("start")), {{0, 200'000 / 4096 * 4096}}));
  EXPECT_TRUE(same(holes_of(found.runs.at("at a border")), {{kMiB, kMiB}}));
  EXPECT_TRUE(same(holes_of(found.runs.at("behind a border")), {{kMiB + 4096, kMiB - 4096}}));
  EXPECT_TRUE(same(holes_of(found.runs.at("before a border")), {})) << "shorter than 64 KiB";
  EXPECT_TRUE(same(holes_of(found.runs.at("small file")), {{4096, 65'536}}));
  EXPECT_TRUE(same(holes_of(found.runs.at("every other page")), {}));
}

TEST(Holes, OfPipesAreReproducibleToo) {
  TestTree tree;
  for (const Layout& layout : kLayouts) {
    TestEntry entry = with_holes(layout, DataKind::random);
    entry.holes.clear();
    entry.sequential = true;
    tree.add(std::move(entry));
  }
  tree.sort();
  const testing::Packed packed = testing::pack(tree, {.preset = Preset::fast, .reproducible = true});
  expect_entries(packed.bytes, tree.entries());
  EXPECT_TRUE(same(holes_of(testing::audit(packed.bytes).runs.at("all")), {{0, 5 * kMiB}}));
  EXPECT_TRUE(packed.problems.empty());
}

TEST(Holes, FileAboveFourGigabytes) {
  constexpr std::uint64_t kSize = (6ULL << 30) + 12'345;
  TestEntry entry{.path = "huge"};
  entry.generated_size = kSize;
  entry.generator = [](std::uint64_t offset, MutableBytes out) {
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = static_cast<std::uint8_t>((offset + i) * 0x9E3779B97F4A7C15ULL >> 56);
  };
  // Data: the first 70,000 bytes, 3 bytes across the 4 GiB border, the last 100,001.
  entry.holes = {{70'000, (4ULL << 30) - 1 - 70'000}, {(4ULL << 30) + 2, kSize - 100'001 - ((4ULL << 30) + 2)}};
  const testing::Packed packed = testing::pack(TestTree({entry}), {.preset = Preset::fast});
  const testing::PackageAudit found = testing::audit(packed.bytes);
  EXPECT_TRUE(same(holes_of(found.runs.at("huge")), entry.holes));
  EXPECT_EQ(found.commit.placement.totals.content_bytes, kSize);
  EXPECT_EQ(found.commit.placement.totals.unique_bytes, 70'000U + 3 + 100'001);
  const PackageReader reader = open(packed.bytes);
  const FileStream stream = reader.open_stream(reader.find("huge").value().value()).value();
  EXPECT_EQ(stream.size(), kSize);
  for (const std::uint64_t offset : std::vector<std::uint64_t>{0, 69'990, (4ULL << 30) - 5, (4ULL << 30) + 1, kSize - 100'010, kSize - 10}) {
    Bytes out(20, 0xEE), expected(20);
    const std::size_t count = stream.read_at(offset, out).value();
    ASSERT_EQ(count, std::min<std::uint64_t>(20, kSize - offset));
    entry.generator(offset, expected);
    for (const ByteRange& hole : entry.holes) {
      for (std::size_t i = 0; i < count; ++i)
        if (offset + i >= hole.offset && offset + i < hole.offset + hole.length) expected[i] = 0;
    }
    EXPECT_TRUE(std::equal(out.begin(), out.begin() + static_cast<std::ptrdiff_t>(count), expected.begin())) << offset;
  }
}

}  // namespace
}  // namespace npk::writer
