// Streams: any interleaving of reads equals a slice, from many threads too, and a small read costs a small decode.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <thread>

#include "npk/files.h"
#include "npk/reader.h"
#include "support/package_builder.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::PackageShape;

PackageReader open(const Bytes& bytes, const ReaderOptions& options = {}) {
  return PackageReader::open(memory_source(ByteView(bytes)), options).value();
}

FileStream stream_of(const PackageReader& reader, const std::string& path) {
  return reader.open_stream(reader.find(path).value().value()).value();
}

ByteView slice(const Bytes& content, std::uint64_t offset, std::size_t length) {
  const auto begin = static_cast<std::size_t>(std::min<std::uint64_t>(offset, content.size()));
  return ByteView(content).subspan(begin, std::min(length, content.size() - begin));
}

void expect_read_at(const FileStream& stream, const Bytes& content, std::uint64_t offset, std::size_t length) {
  Bytes out(length, 0xEE);
  const auto count = stream.read_at(offset, out);
  ASSERT_TRUE(count) << count.error().to_string();
  const ByteView expected = slice(content, offset, length);
  ASSERT_EQ(*count, expected.size());
  ASSERT_TRUE(std::ranges::equal(ByteView(out).first(*count), expected)) << "at " << offset;
}

const PackageShape kShapes[] = {
    {},
    {.files = 12, .codec = format::CodecId::zstd},
    {.files = 12, .chunks_per_block = 9, .codec = format::CodecId::zstd, .bases = true},
    {.files = 12, .codec = format::CodecId::lz4, .bases = true, .holes = false},
    {.files = 8, .codec = format::CodecId::lzma2, .bases = true},
    {.files = 12, .largest_file = 200'000, .chunk_bytes = 100, .blocks_per_page = 2, .fanout = 6},
};

class Streams : public testing::TestWithParam<std::size_t> {};

TEST_P(Streams, AnyInterleavingEqualsASlice) {
  const BuiltPackage built = test::make_package(GetParam(), kShapes[GetParam()]);
  for (const std::uint64_t cache : {std::uint64_t{0}, std::uint64_t{20'000}, std::uint64_t{64} << 20}) {
    const PackageReader reader =
        open(built.bytes, {.limits = {}, .block_cache_bytes = cache, .page_cache_bytes = 5000});
    std::mt19937_64 random(GetParam());
    for (const BuiltEntry& entry : built.entries) {
      FileStream stream = stream_of(reader, entry.path);
      std::uint64_t position = 0;
      for (int step = 0; step < 30; ++step) {
        const std::uint64_t offset = random() % (entry.size + 10);
        const std::size_t length = 1 + random() % (step % 4 == 0 ? 20'000 : 500);
        if (random() % 3 == 0) expect_read_at(stream, entry.content, offset, length);
        if (random() % 3 == 0 && offset <= entry.size) {
          ASSERT_TRUE(stream.seek(offset));
          position = offset;
        }
        Bytes out(length);
        const auto read = stream.read(out);
        ASSERT_TRUE(read) << read.error().to_string();
        const std::size_t count = *read;
        ASSERT_TRUE(std::ranges::equal(ByteView(out).first(count), slice(entry.content, position, length)));
        position += count;
        ASSERT_EQ(stream.position(), position);
      }
    }
  }
}

TEST_P(Streams, EightThreadsReadAtOnce) {
  const BuiltPackage built = test::make_package(GetParam() + 100, kShapes[GetParam()]);
  const PackageReader reader = open(built.bytes, {.limits = {}, .block_cache_bytes = 50'000, .page_cache_bytes = 5000});
  std::vector<FileStream> streams;
  for (const BuiltEntry& entry : built.entries) streams.push_back(stream_of(reader, entry.path));
  const auto work = [&](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    for (int step = 0; step < 200; ++step) {
      const std::size_t index = random() % streams.size();
      const BuiltEntry& entry = built.entries[index];
      expect_read_at(streams[index], entry.content, random() % (entry.size + 1), 1 + random() % 6000);
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint64_t seed = 0; seed < 8; ++seed) threads.emplace_back(work, seed);
}

INSTANTIATE_TEST_SUITE_P(Shapes, Streams, testing::Range(std::size_t{0}, std::size(kShapes)));

TEST(Stream, SeekBeyondTheEndIsMisuseAndMovesNothing) {
  const BuiltPackage built = test::make_package(1);
  const PackageReader reader = open(built.bytes);
  const BuiltEntry& entry = *std::ranges::max_element(built.entries, {}, &BuiltEntry::size);
  FileStream stream = stream_of(reader, entry.path);
  ASSERT_TRUE(stream.seek(5));
  EXPECT_EQ(stream.seek(entry.size + 1).error().code, Errc::misuse);
  EXPECT_EQ(stream.position(), 5U);
  ASSERT_TRUE(stream.seek(entry.size));
  Bytes out(10);
  EXPECT_EQ(stream.read(out).value(), 0U);
}

TEST(Stream, ClosedStreamsOnlyTellSizeAndPosition) {
  const BuiltPackage built = test::make_package(1);
  const PackageReader reader = open(built.bytes);
  FileStream stream = stream_of(reader, built.entries[0].path);
  stream.close();
  stream.close();
  Bytes out(10);
  EXPECT_TRUE(stream.is_closed());
  EXPECT_EQ(stream.size(), built.entries[0].size);
  EXPECT_EQ(stream.read(out).error().code, Errc::misuse);
  EXPECT_EQ(stream.read_at(0, out).error().code, Errc::misuse);
  EXPECT_EQ(stream.seek(0).error().code, Errc::misuse);
}

TEST(Stream, OutlivesItsReader) {
  const BuiltPackage built = test::make_package(1);
  auto reader = std::make_unique<PackageReader>(open(built.bytes));
  const BuiltEntry& entry = built.entries[5];
  FileStream stream = stream_of(*reader, entry.path);
  reader.reset();
  expect_read_at(stream, entry.content, 0, entry.content.size() + 1);
}

// One file of one block of sixteen chunks.
BuiltPackage one_block(format::CodecId codec) {
  test::PackageBuilder builder("one block");
  std::vector<Bytes> chunks;
  BuiltEntry entry;
  entry.path = "file";
  std::mt19937_64 random(7);
  for (int i = 0; i < 16; ++i) {
    Bytes chunk(65'536);
    for (auto& byte : chunk) byte = static_cast<std::uint8_t>(random() & 0x1F);
    entry.content.insert(entry.content.end(), chunk.begin(), chunk.end());
    chunks.push_back(std::move(chunk));
  }
  builder.block(chunks, {.base = {}, .is_dictionary = false, .codec = codec});
  entry.size = entry.content.size();
  entry.runs = {{0, 16, entry.size}};
  entry.digest = Digest{};
  builder.commit({entry});
  builder.trailer();
  return {builder.bytes(), {entry}, 0};
}

TEST(Stream, AColdReadDecodesOnlyThePrefixItNeeds) {
  const BuiltPackage built = one_block(format::CodecId::zstd);
  const PackageReader reader = open(built.bytes);
  const FileStream stream = stream_of(reader, "file");
  expect_read_at(stream, built.entries[0].content, 100'000, 4096);
  EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
  EXPECT_EQ(reader.statistics().raw_bytes_decoded, 128U << 10);
  expect_read_at(stream, built.entries[0].content, 50'000, 4096);
  EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
  EXPECT_EQ(reader.statistics().block_cache_hits, 1U);
  expect_read_at(stream, built.entries[0].content, 150'000, 4096);  // a second reader needs more: all of it
  expect_read_at(stream, built.entries[0].content, 1'000'000, 4096);
  EXPECT_EQ(reader.statistics().blocks_decoded, 2U);
  EXPECT_EQ(reader.statistics().raw_bytes_decoded, (128U << 10) + (1U << 20));
}

TEST(Stream, AReadOverManyChunksDecodesTheirBlockOnce) {
  const BuiltPackage built = one_block(format::CodecId::lz4);
  const PackageReader reader = open(built.bytes);
  expect_read_at(stream_of(reader, "file"), built.entries[0].content, 10, 900'000);
  EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
}

TEST(Stream, OneThreadDecodesForAllThatAsk) {
  const BuiltPackage built = one_block(format::CodecId::lzma2);
  const PackageReader reader = open(built.bytes);
  const FileStream stream = stream_of(reader, "file");
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i)
      threads.emplace_back([&] { expect_read_at(stream, built.entries[0].content, 1'000'000, 4096); });
  }
  EXPECT_EQ(reader.statistics().blocks_decoded, 1U);
  EXPECT_EQ(reader.statistics().block_cache_hits, 7U);
}

}  // namespace
}  // namespace npk
