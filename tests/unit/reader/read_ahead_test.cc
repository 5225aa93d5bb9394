// Read-ahead: only readers in order get it and pay for it, nothing is decoded twice, and closing, seeking and forking
// in the middle of it are safe.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <thread>

#include "package/reader/impl.h"
#include "pool/pipeline.h"
#include "unit/reader/gate_source.h"
#include "unit/reader/stream_support.h"

namespace npk {
namespace {

using test::BuiltPackage;

constexpr std::size_t kBlocks = 12, kChunks = 4, kChunkBytes = 6000;
constexpr std::size_t kBlockBytes = kChunks * kChunkBytes;

BuiltPackage blocks(format::CodecId codec = format::CodecId::zstd) {
  return test::blocks_package(kBlocks, kChunks, kChunkBytes, codec);
}

TEST(ReadAhead, AReaderInOrderDecodesEachBlockOnce) {
  const BuiltPackage built = blocks();
  for (const bool read_ahead : {false, true}) {
    for (const std::size_t piece : {std::size_t{1000}, std::size_t{kBlockBytes}, std::size_t{100'000}}) {
      const PackageReader reader = test::open_package(built.bytes);
      FileStream stream = test::stream_of(reader, "file", {.read_ahead = read_ahead});
      test::expect_rest(stream, built.entries[0].content, piece);
      EXPECT_EQ(reader.statistics().blocks_decoded, kBlocks);
      EXPECT_EQ(stream.statistics().cache_misses, kBlocks);
      EXPECT_LE(stream.statistics().blocks_read_ahead, read_ahead ? kBlocks - 1 : 0);
      EXPECT_EQ(reader.statistics().raw_bytes_decoded, built.entries[0].size);
    }
  }
}

// Blocks of 24,000 bytes in buffers of 24 KiB; the cache has room for all of them.
TEST(ReadAhead, AReaderInOrderDecodesIntoTheSameMemoryAgain) {
  const BuiltPackage built = blocks();
  const PackageReader reader = test::open_package(built.bytes, kBlocks * (24U << 10));
  FileStream stream = test::stream_of(reader, "file", {.read_ahead = false});
  test::expect_rest(stream, built.entries[0].content, kBlockBytes);
  EXPECT_LE(reader.impl().pool()->statistics().misses, kBlocks / 2) << "two before it is known, a quarter, and one at work";
  EXPECT_LE(reader.impl().block_cache().cached_bytes(), kBlocks / 2 * (24U << 10));
}

// A cache that keeps nothing costs the two reads before reading is known to be in order, and no more.
TEST(ReadAhead, HoldsTheBlockThatACacheWithoutRoomWouldLose) {
  const BuiltPackage built = blocks();
  const PackageReader reader = test::open_package(built.bytes, 0);
  FileStream stream = test::stream_of(reader, "file");
  test::expect_rest(stream, built.entries[0].content, 1000);
  EXPECT_EQ(reader.statistics().blocks_decoded, kBlocks + 2);
}

TEST(ReadAhead, AReaderAtRandomDecodesWhatItTouchesAndNoMore) {
  const BuiltPackage built = blocks();
  const PackageReader reader = test::open_package(built.bytes);
  FileStream stream = test::stream_of(reader, "file");
  std::mt19937_64 random(3);
  std::vector<bool> touched(kBlocks);
  Bytes out(500);
  for (int i = 0; i < 10; ++i) {
    const std::uint64_t offset = random() % (built.entries[0].size - out.size());
    ASSERT_TRUE(stream.seek(offset));
    ASSERT_TRUE(stream.read(out));
    ASSERT_TRUE(stream.read(std::span(out).first(1)));  // two in order are no evidence
    for (std::uint64_t at = offset; at <= offset + out.size(); at += out.size())
      touched[static_cast<std::size_t>(at / kBlockBytes)] = true;
  }
  EXPECT_EQ(stream.statistics().blocks_read_ahead, 0U);
  EXPECT_EQ(reader.statistics().blocks_decoded, static_cast<std::uint64_t>(std::ranges::count(touched, true)));
}

TEST(ReadAhead, ReadAtInOrderIsNotReadingInOrder) {
  const BuiltPackage built = blocks();
  const PackageReader reader = test::open_package(built.bytes);
  const FileStream stream = test::stream_of(reader, "file");
  Bytes out(1000);
  for (std::uint64_t at = 0; at < kBlockBytes; at += out.size()) ASSERT_TRUE(stream.read_at(at, out));
  EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
  EXPECT_EQ(stream.statistics().blocks_read_ahead, 0U);
}

// Reads three times in order; waits until another thread has read the next block. Not on a machine of one processor.
class ReadAheadOnThreads : public ::testing::Test {
 protected:
  void SetUp() override {
    if (pool::processor_count() == 1) GTEST_SKIP() << "nothing is read ahead with one processor";
    built_ = blocks();
    source_ = std::make_shared<test::GateSource>(memory_source(ByteView(built_.bytes)));
    reader_.emplace(PackageReader::open(source_).value());
  }
  [[nodiscard]] FileStream begun(const StreamOptions& options = {}) {
    FileStream stream = test::stream_of(*reader_, "file", options);
    Bytes out(1000);
    for (int i = 0; i < 3; ++i) EXPECT_EQ(stream.read(out).value(), out.size());
    source_->wait_for_others(1);
    return stream;
  }
  [[nodiscard]] const Bytes& content() const { return built_.entries[0].content; }

  BuiltPackage built_;
  std::shared_ptr<test::GateSource> source_;
  std::optional<PackageReader> reader_;
};

TEST_F(ReadAheadOnThreads, BeginsWithTheThirdReadAndIsCounted) {
  FileStream stream = begun();
  test::expect_rest(stream, content(), 1000);
  EXPECT_GE(stream.statistics().blocks_read_ahead, 1U);
  EXPECT_EQ(reader_->statistics().blocks_decoded, kBlocks);
}

TEST_F(ReadAheadOnThreads, StaysWithinTheWindow) {
  FileStream stream = begun({.buffer_bytes = kBlockBytes});
  stream.close();
  EXPECT_EQ(stream.statistics().blocks_read_ahead, 1U);
  EXPECT_EQ(reader_->statistics().blocks_decoded, 2U);
}

TEST_F(ReadAheadOnThreads, StaysWithinTheMemoryLimit) {
  FileStream stream = test::stream_of(
      *reader_, "file", {.chunk_bytes = 4096, .memory_bytes = 20'000, .memory_strategy = MemoryStrategy::custom});
  test::expect_rest(stream, content(), 1000);
  EXPECT_EQ(stream.statistics().blocks_read_ahead, 0U);  // a block takes 24,000
  EXPECT_EQ(reader_->statistics().blocks_decoded, kBlocks);
}

TEST_F(ReadAheadOnThreads, IsDroppedByASeekAndNeedsNewEvidence) {
  FileStream stream = begun({.buffer_bytes = kBlockBytes});
  ASSERT_TRUE(stream.seek(8 * kBlockBytes));
  Bytes out(100);
  ASSERT_TRUE(stream.read(out));
  ASSERT_TRUE(stream.read(out));
  stream.close();
  EXPECT_EQ(reader_->statistics().blocks_decoded, 3U);  // two in order, and the one that was sought
}

TEST_F(ReadAheadOnThreads, FailsOnlyTheReadThatGetsThere) {
  FileStream stream = test::stream_of(*reader_, "file");
  Bytes out(1000);
  ASSERT_TRUE(stream.read_at(0, out));  // the chunk page, which lies at the end
  source_->cut_at(built_.bytes.size() / 2);
  Result<std::size_t> count = stream.read(out);
  while (count && *count != 0) {
    const std::uint64_t at = stream.position() - *count;
    ASSERT_TRUE(std::ranges::equal(ByteView(out).first(*count), test::slice(content(), at, *count)));
    count = stream.read(out);
  }
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, Errc::truncated);
  EXPECT_GT(stream.position(), 3 * kBlockBytes);
  source_->cut_at(UINT64_MAX);
  test::expect_rest(stream, content(), 1000);
}

TEST_F(ReadAheadOnThreads, OutlivesItsReaderAndEndsWithTheStream) {
  FileStream stream = begun();
  reader_.reset();
  FileStream moved = std::move(stream);
  test::expect_rest(moved, content(), 1000);
}

TEST_F(ReadAheadOnThreads, OfManyStreamsAtOnce) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i)
    threads.emplace_back([&, i] {
      FileStream stream = test::stream_of(*reader_, "file", {.buffer_bytes = std::uint64_t{kBlockBytes} * 3});
      test::expect_rest(stream, content(), 500 + static_cast<std::size_t>(i) * 700);
    });
  threads.clear();
  EXPECT_EQ(reader_->statistics().blocks_decoded, kBlocks);
}

TEST_F(ReadAheadOnThreads, OfASourceReadsPiecesOnOtherThreads) {
  const Bytes large = test::random_bytes(5, 1'000'000);
  const auto source = std::make_shared<test::GateSource>(memory_source(ByteView(large)));
  FileStream stream = FileStream::open(source).value();
  Bytes out(1000);
  for (int i = 0; i < 3; ++i) ASSERT_TRUE(stream.read(out));
  source->wait_for_others(1);
  test::expect_rest(stream, large, 1000);
  EXPECT_GE(stream.statistics().blocks_read_ahead, 1U);
  EXPECT_EQ(stream.statistics().cache_hits + stream.statistics().cache_misses, 0U);
}

// The child goes on with the parent's stream, while the parent's threads were decoding for it.
TEST_F(ReadAheadOnThreads, AForkInTheMiddleOfItGivesRightBytesInBoth) {
  for (std::uint64_t at = 1; at < 8; ++at) {
    const PackageReader reader = test::open_package(built_.bytes);
    FileStream stream = test::stream_of(reader, "file");
    Bytes out(at * 1000);
    for (int i = 0; i < 4; ++i) ASSERT_TRUE(stream.read(out));
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      test::expect_rest(stream, content(), 1000);
      stream.close();
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    test::expect_rest(stream, content(), 1000);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << at;
  }
}

}  // namespace
}  // namespace npk
