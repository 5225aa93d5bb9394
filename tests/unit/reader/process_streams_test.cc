// process_streams over streams of a package: the entries' bytes in every mode, and a damaged entry is its own affair.
#include "npk/process_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "npk/stream_source.h"
#include "unit/reader/block_package.h"
#include "unit/reader/stream_support.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;

// Each entry as work whose consumer collects.
struct Collected {
  Collected(const PackageReader& reader, const std::vector<BuiltEntry>& entries) : contents(entries.size()) {
    for (std::size_t i = 0; i < entries.size(); ++i) {
      streams.push_back(std::make_shared<const FileStream>(test::stream_of(reader, entries[i].path)));
      work.push_back({std::make_shared<FileStreamSource>(streams.back(), entries[i].path),
                      [&into = contents[i]](std::uint64_t offset, ByteView bytes) -> Result<void> {
                        if (offset != into.size()) return fail(Errc::internal, "out of order");
                        into.insert(into.end(), bytes.begin(), bytes.end());
                        return {};
                      }});
    }
  }

  std::vector<Bytes> contents;
  std::vector<std::shared_ptr<const FileStream>> streams;
  std::vector<StreamWork> work;
};

ProcessOptions options_for(ChunkMode mode) {
  ProcessOptions options;
  options.max_workers = 4;
  options.mode = mode;
  options.chunk_bytes = 1777;
  options.load = [] { return 0.0; };  // adaptive: grows to the most
  return options;
}

class ProcessPackageStreams : public ::testing::TestWithParam<ChunkMode> {};

TEST_P(ProcessPackageStreams, GiveEachConsumerItsEntry) {
  const BuiltPackage built = test::make_package(3, {.files = 30, .codec = format::CodecId::zstd, .bases = true});
  const PackageReader reader = test::open_package(built.bytes, 20'000);
  Collected collected(reader, built.entries);
  const ProcessReport report = process_streams(collected.work, options_for(GetParam())).value();
  ASSERT_EQ(report.results.size(), built.entries.size());
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < built.entries.size(); ++i) {
    EXPECT_TRUE(report.results[i]) << report.results[i].error().to_string();
    EXPECT_EQ(collected.contents[i], built.entries[i].content) << built.entries[i].path;
    EXPECT_EQ(collected.streams[i]->statistics().bytes_delivered, built.entries[i].content.size());
    EXPECT_EQ(collected.streams[i]->position(), 0U);
    bytes += built.entries[i].content.size();
  }
  EXPECT_EQ(report.bytes, bytes);
}

// One block an entry; a bit of one entry's stored bytes is turned. Its consumer has seen what lies before, which is
// nothing.
TEST_P(ProcessPackageStreams, ADamagedEntryFailsInItsSlotOnly) {
  constexpr std::size_t kDamaged = 4;
  BuiltPackage built = test::make_block_package(10, 20'000);
  const Bytes& content = built.entries[kDamaged].content;
  const auto stored = std::ranges::search(built.bytes, content);
  ASSERT_FALSE(stored.empty());
  stored.front() ^= 1;
  const PackageReader reader = test::open_package(built.bytes);
  Collected collected(reader, built.entries);
  const ProcessReport report = process_streams(collected.work, options_for(GetParam())).value();
  for (std::size_t i = 0; i < built.entries.size(); ++i) {
    ASSERT_EQ(report.results[i].has_value(), i != kDamaged) << i;
    EXPECT_EQ(collected.contents[i], i == kDamaged ? Bytes() : built.entries[i].content) << i;
  }
  EXPECT_EQ(report.results[kDamaged].error().code, Errc::corrupt);
}

TEST_P(ProcessPackageStreams, AClosedStreamIsMisuseInItsSlotOnly) {
  const BuiltPackage built = test::make_block_package(3, 5000);
  const PackageReader reader = test::open_package(built.bytes);
  Collected collected(reader, built.entries);
  const auto closed = std::make_shared<FileStream>(test::stream_of(reader, built.entries[1].path));
  closed->close();
  collected.work[1].source = std::make_shared<FileStreamSource>(closed);
  const ProcessReport report = process_streams(collected.work, options_for(GetParam())).value();
  ASSERT_FALSE(report.results[1]);
  EXPECT_EQ(report.results[1].error().code, Errc::misuse);
  EXPECT_EQ(collected.contents[0], built.entries[0].content);
  EXPECT_EQ(collected.contents[2], built.entries[2].content);
}

INSTANTIATE_TEST_SUITE_P(Modes, ProcessPackageStreams,
                         ::testing::Values(ChunkMode::sequential, ChunkMode::parallel, ChunkMode::adaptive));

}  // namespace
}  // namespace npk
