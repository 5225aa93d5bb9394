// Sources whose length is not known before: every length about a slice's border.
#include "support/fault_io.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

using testing::DataKind;
using testing::TestEntry;
using testing::TestTree;

TEST(UnknownSize, EveryLengthAboutASlice) {
  std::vector<std::size_t> sizes = {0, 1, 63, 64, 65, 262'143, 262'144, 262'145};
  for (std::size_t slices = 1; slices <= 3; ++slices) {
    for (const std::ptrdiff_t by : {-65, -64, -63, -2, -1, 0, 1, 2, 63, 64, 65})
      sizes.push_back(static_cast<std::size_t>(static_cast<std::ptrdiff_t>(slices * kSliceBytes) + by));
  }
  EXPECT_EQ(sizes.size(), 41U);
  for (const DataKind kind : {DataKind::text, DataKind::random, DataKind::zeros}) {
    TestTree pipes, files;
    for (const std::size_t size : sizes) {
      const TestEntry entry{.path = std::to_string(size), .content = testing::make_data(kind, size, size)};
      files.add(entry);
      pipes.add(entry).sequential = true;
    }
    files.sort();
    pipes.sort();
    for (const Deduplication deduplication : {Deduplication::chunks, Deduplication::none}) {
      const WriterOptions options{.preset = Preset::fast, .deduplication = deduplication};
      const testing::Packed packed = testing::pack(pipes, options);
      (void)testing::audit(packed.bytes);
      expect_entries(packed.bytes, pipes.entries());
      EXPECT_TRUE(packed.problems.empty());
      EXPECT_EQ(packed.report.content_root, testing::pack(files, options).report.content_root);
    }
  }
}

// A source may give as little as it likes at a time.
TEST(UnknownSize, ShortReadsGiveTheSamePackage) {
  const Bytes content = testing::make_data(DataKind::mixed, 3 * kSliceBytes + 77, 1);
  Bytes expected;
  for (const std::size_t most : {std::size_t{1} << 30, std::size_t{65'536}, std::size_t{999}}) {
    PackageWriter writer({.preset = Preset::fast});
    const PackageWriter::Opener opener = [&]() -> Result<std::unique_ptr<SequentialSource>> {
      return std::make_unique<testing::FaultSequentialSource>(std::make_unique<testing::MemorySequentialSource>(content),
                                                              testing::FaultPlan{.most_bytes_per_call = most});
    };
    ASSERT_TRUE(writer.add({.path = "p"}, opener));
    Bytes bytes;
    ASSERT_TRUE(writer.finish(*memory_sink(bytes)));
    EXPECT_TRUE(content_of(open(bytes), "p") == content);
    if (expected.empty()) expected = bytes;
    EXPECT_TRUE(bytes == expected) << most;
  }
}

}  // namespace
}  // namespace npk::writer
