// Chunk leaves that are lost, made anew of manifests and blocks.
#include "recover_support.h"
#include "unit/compact/compact_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

// Several generations, each with a file of many chunks, small ones and a part of what was there before.
void grow(AppendedPackage& package, unsigned generations) {
  fill_small(package);
  package.pack();
  for (unsigned i = 1; i < generations; ++i) {
    const std::string name = "more" + std::to_string(i);
    package.write(name, text_of(DataKind::random, 400'000, 100 + i) + text_of(DataKind::random, 150'000, 1));
    package.write("small" + std::to_string(i), text_of(DataKind::text, 5'000, 200 + i));
    package.append();
  }
}

// Those of these numbers, of the frames of a type; or all.
Bytes without_type(Bytes bytes, FrameType type, const std::set<std::size_t>& numbers = {}) {
  const auto positions = frame_positions(bytes);
  const PackageFrames frames = frames_of(bytes);
  std::size_t met = 0;
  for (std::size_t i = 0; i < frames.frames.size(); ++i)
    if (frames.frames[i].header.type == type && (numbers.empty() || numbers.contains(met++)))
      bytes = with_zeros(std::move(bytes), positions[i] + 64, positions[i] + 72);
  return bytes;
}

TEST(RebuiltLeaves, OfAllGenerations) {
  AppendedPackage package;
  grow(package, 5);
  const Recovered recovered = recover_bytes(without_type(package.bytes(), FrameType::chunk_page));
  ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_TRUE(recovered.report->lost.empty());
  EXPECT_EQ(recovered.report->rebuilt_chunks, package.open()->info().commit.placement.totals.chunks);
  EXPECT_TRUE(recovered.state() == package.in_package());
}

bool has_gaps(const AppendedPackage& package) {
  std::map<std::uint64_t, std::uint64_t> covered, raw;  // by block
  const auto reader = package.open();
  const auto& chunks = reader->impl().chunks();
  for (std::uint64_t i = 0; i < chunks.totals().chunks; ++i) {
    const auto chunk = chunks.chunk(i);
    covered[chunk->block] += chunk->length;
    raw[chunk->block] = chunks.block(chunk->block)->row.raw_length;
  }
  return covered != raw;
}

void expect_rebuilt(const AppendedPackage& package) {
  const Recovered recovered = recover_bytes(without_type(package.bytes(), FrameType::chunk_page), {.identities = package.keys()});
  ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_EQ(recovered.report->rebuilt_chunks, package.open()->info().commit.placement.totals.chunks);
  EXPECT_TRUE(recovered.state() == package.in_package());
}

TEST(RebuiltLeaves, OfAHistoryWrittenAnew) {
  AppendedPackage package;
  grow(package, 5);
  compacted(package);
  expect_rebuilt(package);
  purged(package, {"t/more2"});
  expect_rebuilt(package);
}

// Blocks that are copied with what no kept generation needs: bytes that no chunk covers.
TEST(RebuiltLeaves, WhereChunksDoNotFillTheirBlocks) {
  AppendedPackage package;
  for (int i = 0; i < 200; ++i) package.write("f" + std::to_string(100 + i), text_of(DataKind::text, 2'000, static_cast<std::uint64_t>(i)));
  package.pack();
  for (const char* gone : {"f112", "f150", "f299"}) package.remove(gone);
  package.append();
  compacted(package, {.last = 1});
  ASSERT_TRUE(has_gaps(package));
  expect_rebuilt(package);
}

// Segments in which no file ends have manifests too.
TEST(RebuiltLeaves, WithinALargeFile) {
  TestTree tree;
  tree.add({.path = "large", .content = make_data(DataKind::random, 900'000, 1)});
  tree.add({.path = "small", .content = make_data(DataKind::text, 9'000, 2)});
  WriterOptions options;
  options.preset = Preset::fast;
  options.block_bytes = 64U << 10;
  options.chunk_bytes = 4U << 10;
  const Packed packed = testing::pack(tree, options, {.segment_input_bytes = 200U << 10});
  const Recovered recovered = recover_bytes(without_type(packed.bytes, FrameType::chunk_page));
  ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_GT(recovered.report->rebuilt_chunks, 10U);
  EXPECT_TRUE(recovered.state() == AppendedPackage::state_of(PackageReader::open(memory_source(packed.bytes)).value()));
}

// A leaf that nothing tells costs what its chunks are in; where the next one begins a node says.
TEST(RebuiltLeaves, BehindOneThatNothingTells) {
  AppendedPackage package;
  grow(package, 4);
  const Bytes bytes = without_type(without_type(package.bytes(), FrameType::chunk_page, {0, 1, 2}), FrameType::manifest, {1});
  const Recovered recovered = recover_bytes(bytes, {.newest = true});
  ASSERT_TRUE(recovered.report);
  EXPECT_EQ(recovered.lost_paths(), (std::set<std::string>{"t/more1", "t/small1"}));
  EXPECT_NE(recovered.report->rebuilt_chunks, 0U);
  expect_true_or_listed(recovered, package.in_package());
}

TEST(RebuiltLeaves, BehindALostManifest) {
  AppendedPackage package;
  grow(package, 3);
  const Bytes bytes = without_type(without_type(package.bytes(), FrameType::chunk_page, {1}), FrameType::manifest, {0});
  const Recovered recovered = recover_bytes(bytes);
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_TRUE(recovered.state() == package.in_package());
}

// A block that is lost with the leaf costs what lies in it, no more.
TEST(RebuiltLeaves, BesideALostBlock) {
  AppendedPackage package;
  grow(package, 1);
  const auto reader = package.open();
  ASSERT_TRUE(reader);
  const Bytes bytes = without_type(package.bytes(), FrameType::chunk_page);
  for (const auto& [position, paths] : needs_of(*reader)) {
    const Recovered recovered = recover_bytes(with_zeros(bytes, position, position + 64));
    ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
    EXPECT_EQ(recovered.lost_paths(), paths) << position;
    expect_true_or_listed(recovered, package.in_package());
  }
}

// Small blocks have one among them as their base, which only their own headers name then: if it is lost, what is on it is.
TEST(RebuiltLeaves, OfBlocksWithABase) {
  AppendedPackage package;
  for (int i = 0; i < 40; ++i)
    package.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i % 9)) + std::to_string(i));
  package.pack();
  const auto reader = package.open();
  ASSERT_TRUE(reader);
  const Bytes bytes = without_type(package.bytes(), FrameType::chunk_page);
  const Recovered whole = recover_bytes(bytes);
  ASSERT_TRUE(whole.report) << whole.report.error().to_string();
  EXPECT_TRUE(whole.report->is_complete());
  EXPECT_TRUE(whole.state() == package.in_package());
  std::size_t most = 0, least = SIZE_MAX;
  for (const auto& [position, paths] : needs_of(*reader)) {
    const Recovered recovered = recover_bytes(with_zeros(bytes, position, position + 64));
    ASSERT_TRUE(recovered.report) << position;
    EXPECT_EQ(recovered.lost_paths(), paths) << position;
    most = std::max(most, paths.size());
    least = std::min(least, paths.size());
  }
  EXPECT_GT(most, 2 * least) << "no block has a base";
}

}  // namespace
}  // namespace npk::testing
