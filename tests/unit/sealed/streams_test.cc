// process_streams over entries of a sealed package: every consumer gets its content, and what was altered fails in its slot.
#include "npk/process_streams.h"

#include "npk/stream_source.h"
#include "sealed_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

constexpr std::size_t kFiles = 12;

TestTree files() {
  TestTree tree;
  for (std::size_t i = 0; i < kFiles; ++i) tree.add(file_entry("f" + std::to_string(10 + i), make_data(DataKind::random, 64U << 10, i)));
  return tree;
}

Bytes package_of(const TestTree& tree) {
  WriterOptions options = sealed_options();
  options.block_bytes = 64U << 10;
  options.deduplication = Deduplication::files;
  return pack(tree, options).bytes;
}

class SealedStreams : public ::testing::TestWithParam<ChunkMode> {
 protected:
  // What each consumer got, and what was said of its stream.
  struct Processed {
    std::vector<Bytes> contents = std::vector<Bytes>(kFiles);
    ProcessReport report;
  };
  [[nodiscard]] Processed process(ByteView package) const {
    const PackageReader reader = open_sealed(package, identities(identity())).value();
    Processed processed;
    std::vector<StreamWork> work;
    for (std::size_t i = 0; i < kFiles; ++i) {
      FileStream stream = reader.open_stream(reader.find(tree_.entries()[i].path).value().value()).value();
      work.push_back({std::make_shared<FileStreamSource>(std::make_shared<const FileStream>(std::move(stream))),
                      [&into = processed.contents[i]](std::uint64_t offset, ByteView bytes) -> Result<void> {
                        if (offset != into.size()) return fail(Errc::internal, "out of order");
                        into.insert(into.end(), bytes.begin(), bytes.end());
                        return {};
                      }});
    }
    ProcessOptions options;
    options.max_workers = 4;
    options.mode = GetParam();
    options.chunk_bytes = 10'000;
    options.load = [] { return 0.0; };
    processed.report = process_streams(work, options).value();
    return processed;
  }

  const TestTree tree_ = files();
  const Bytes bytes_ = package_of(tree_);
};

TEST_P(SealedStreams, GiveEachConsumerItsEntry) {
  const Processed processed = process(bytes_);
  for (std::size_t i = 0; i < kFiles; ++i) {
    EXPECT_TRUE(processed.report.results[i]) << processed.report.results[i].error().to_string();
    EXPECT_TRUE(processed.contents[i] == tree_.entries()[i].content) << i;
  }
  EXPECT_EQ(processed.report.bytes, kFiles * (64U << 10));
}

// Said to be another frame than it is, with all in the clear made to fit: its seal tells.
TEST_P(SealedStreams, AnAlteredBlockGivesItsConsumerNothing) {
  PackageFrames package = frames_of(bytes_);
  package.of(FrameType::block, 3).header.seal_counter = 77;
  const Processed processed = process(forge(package));
  std::size_t failed = 0;
  for (std::size_t i = 0; i < kFiles; ++i) {
    if (processed.report.results[i]) {
      EXPECT_TRUE(processed.contents[i] == tree_.entries()[i].content) << i;
      continue;
    }
    EXPECT_EQ(processed.report.results[i].error().code, Errc::auth_failed);
    const Bytes& part = processed.contents[i];
    ASSERT_LE(part.size(), tree_.entries()[i].content.size());
    EXPECT_TRUE(std::equal(part.begin(), part.end(), tree_.entries()[i].content.begin())) << "only what was opened";
    ++failed;
  }
  EXPECT_GE(failed, 1U);
  EXPECT_LE(failed, 2U) << "the entries in that block";
}

INSTANTIATE_TEST_SUITE_P(Modes, SealedStreams, ::testing::Values(ChunkMode::sequential, ChunkMode::parallel, ChunkMode::adaptive));

}  // namespace
}  // namespace npk::testing
