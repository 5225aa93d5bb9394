// Streams against a model: any interleaving of read, read_chunk, seek, read_at and lend_at equals slices of the content,
// whatever the content comes from, and the counters say what was done.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <thread>

#include "support/scratch.h"
#include "unit/reader/stream_support.h"

namespace npk {
namespace {

using test::BuiltEntry;
using test::BuiltPackage;
using test::PackageShape;
using test::random_bytes;
using test::slice;

// What a stream should be at after the operations so far.
struct Model {
  ByteView content;
  std::size_t longest_lent = SIZE_MAX;  // that is sure to be within the memory limit
  std::uint64_t position = 0, bytes = 0, operations = 0, seeks = 0, chunks = 0, furthest = 0;

  void deliver(std::uint64_t count) {
    bytes += count;
    ++operations;
  }
  void move(std::uint64_t to) {
    position = to;
    furthest = std::max(furthest, to);
  }
};

void check_read(FileStream& stream, Model& model, std::size_t length) {
  Bytes out(length, 0xEE);
  const auto count = stream.read(out);
  ASSERT_TRUE(count) << count.error().to_string();
  const ByteView expected = slice(model.content, model.position, length);
  ASSERT_EQ(*count, expected.size());
  ASSERT_TRUE(std::ranges::equal(ByteView(out).first(*count), expected)) << "read at " << model.position;
  model.deliver(*count);
  model.move(model.position + *count);
}

void check_read_at(const FileStream& stream, Model& model, std::uint64_t offset, std::size_t length) {
  Bytes out(length, 0xEE);
  const auto count = stream.read_at(offset, out);
  ASSERT_TRUE(count) << count.error().to_string();
  const ByteView expected = slice(model.content, offset, length);
  ASSERT_EQ(*count, expected.size());
  ASSERT_TRUE(std::ranges::equal(ByteView(out).first(*count), expected)) << "read_at " << offset;
  model.deliver(*count);
}

void check_chunk(FileStream& stream, Model& model) {
  const auto chunk = stream.read_chunk();
  ASSERT_TRUE(chunk) << chunk.error().to_string();
  const ByteView expected = slice(model.content, model.position, stream.chunk_bytes());
  ASSERT_EQ(chunk->offset(), model.position);
  ASSERT_TRUE(std::ranges::equal(chunk->bytes(), expected)) << "chunk at " << model.position;
  ASSERT_EQ(chunk->empty(), expected.empty());
  if (expected.empty()) return;
  ++model.chunks;
  model.deliver(expected.size());
  model.move(model.position + expected.size());
}

void check_lend_at(const FileStream& stream, Model& model, std::uint64_t offset, std::size_t length) {
  const auto chunk = stream.lend_at(offset, length);
  ASSERT_TRUE(chunk) << chunk.error().to_string();
  const ByteView expected = slice(model.content, offset, length);
  ASSERT_EQ(chunk->offset(), offset);
  ASSERT_TRUE(std::ranges::equal(chunk->bytes(), expected)) << "lend_at " << offset;
  if (expected.empty()) return;
  ++model.chunks;
  model.deliver(expected.size());
}

void check_seek(FileStream& stream, Model& model, std::uint64_t offset) {
  const auto moved = stream.seek(offset);
  ASSERT_EQ(moved.has_value(), offset <= model.content.size());
  if (!moved) {
    ASSERT_EQ(moved.error().code, Errc::misuse);
    return;
  }
  ++model.seeks;
  model.move(offset);
}

void check_step(FileStream& stream, Model& model, std::mt19937_64& random) {
  const std::uint64_t offset = random() % (model.content.size() + 3);
  const std::size_t length = 1 + random() % (random() % 4 == 0 ? 60'000 : 900);
  switch (random() % 6) {
    case 0:
      return check_seek(stream, model, offset);
    case 1:
      return check_read_at(stream, model, offset, length);
    case 2:
      return check_chunk(stream, model);
    case 3:
      return check_read(stream, model, length);
    case 4:
      return check_lend_at(stream, model, offset, std::min(length, model.longest_lent));
    default:  // in order: enough to be noticed
      for (int i = 0; i < 6; ++i) check_read(stream, model, length);
  }
}

void check_counters(const FileStream& stream, const Model& model) {
  const StreamStatistics statistics = stream.statistics();
  EXPECT_EQ(statistics.bytes_delivered, model.bytes);
  EXPECT_EQ(statistics.read_operations, model.operations);
  EXPECT_EQ(statistics.seeks, model.seeks);
  EXPECT_EQ(statistics.chunks, model.chunks);
  EXPECT_LE(statistics.chunks_lent, model.chunks);
  EXPECT_EQ(stream.progress().done_bytes, model.furthest);
  EXPECT_EQ(stream.progress().total_bytes, model.content.size());
}

void check_interleavings(FileStream stream, ByteView content, std::uint64_t seed, int steps, std::size_t longest_lent = SIZE_MAX) {
  ASSERT_EQ(stream.size(), content.size());
  std::mt19937_64 random(seed);
  Model model{.content = content, .longest_lent = longest_lent};
  for (int step = 0; step < steps; ++step) {
    check_step(stream, model, random);
    if (::testing::Test::HasFatalFailure()) FAIL() << "seed " << seed << " step " << step;
    ASSERT_EQ(stream.position(), model.position);
  }
  check_counters(stream, model);
}

StreamOptions options_for(std::uint64_t seed) {
  static constexpr std::uint64_t kChunkLengths[] = {0, 1, 2, 997, 4096, 50'000, 1U << 20};
  StreamOptions options;
  options.chunk_bytes = kChunkLengths[seed % std::size(kChunkLengths)];
  options.buffer_bytes = seed % 3 == 0 ? 20'000 : 0;
  options.read_ahead = seed % 5 != 0;
  return options;
}

const PackageShape kModelShapes[] = {
    {},
    {.files = 12, .codec = format::CodecId::zstd},
    {.files = 12, .chunks_per_block = 9, .codec = format::CodecId::zstd, .bases = true},
    {.files = 12, .codec = format::CodecId::lz4, .bases = true, .holes = false},
    {.files = 8, .codec = format::CodecId::lzma2, .bases = true},
    {.files = 6, .largest_file = 300'000, .chunk_bytes = 100, .blocks_per_page = 2, .fanout = 6},
};

class StreamModel : public ::testing::TestWithParam<std::size_t> {};

TEST_P(StreamModel, EntriesEqualSlices) {
  const std::uint64_t seed = GetParam();
  const BuiltPackage built = test::make_package(seed + 40, kModelShapes[seed]);
  ASSERT_GE(built.entries.size(), 6U);
  for (const std::uint64_t cache_bytes : {std::uint64_t{0}, std::uint64_t{20'000}, std::uint64_t{64} << 20}) {
    const PackageReader reader = test::open_package(built.bytes, cache_bytes);
    for (std::size_t i = 0; i < built.entries.size(); ++i)
      check_interleavings(test::stream_of(reader, built.entries[i].path, options_for(i)), built.entries[i].content,
                          seed * 100 + i, 25);
  }
}

TEST_P(StreamModel, ManyBlocksReadInOrderEqualTheContent) {
  const BuiltPackage built = test::make_package(GetParam() + 70, kModelShapes[GetParam()]);
  const PackageReader reader = test::open_package(built.bytes, 30'000);
  for (const BuiltEntry& entry : built.entries) {
    FileStream stream = test::stream_of(reader, entry.path, {.buffer_bytes = 25'000});
    test::expect_rest(stream, entry.content, 1 + GetParam() * 333);
  }
}

INSTANTIATE_TEST_SUITE_P(Shapes, StreamModel, ::testing::Range(std::size_t{0}, std::size(kModelShapes)));

// Gives what it has in pieces of odd lengths.
class Trickle final : public SequentialSource {
 public:
  explicit Trickle(ByteView content) : content_(content) {}
  Result<std::size_t> read(MutableBytes out) override {
    const ByteView part = slice(content_, at_, std::min<std::size_t>(out.size(), 1 + at_ % 7001));
    std::ranges::copy(part, out.begin());
    at_ += part.size();
    return part.size();
  }
  std::string name() const override { return "<trickle>"; }

 private:
  ByteView content_;
  std::size_t at_ = 0;
};

FileStream spooled(const Bytes& content, StreamOptions options, bool to_disk) {
  if (to_disk) {
    options.memory_strategy = MemoryStrategy::custom;
    options.memory_bytes = 4096;
  }
  Trickle source(content);
  return FileStream::open_spooled(source, options).value();
}

TEST(StreamOverSources, AnyInterleavingEqualsASlice) {
  const testing::ScratchDirectory scratch;
  const std::string path = scratch / "file";
  for (const std::size_t size :
       {std::size_t{0}, std::size_t{1}, std::size_t{4096}, std::size_t{70'001}, std::size_t{2'500'000}}) {
    const Bytes content = random_bytes(size, size);
    std::ofstream(path, std::ios::binary)
        .write(reinterpret_cast<const char*>(content.data()), static_cast<std::streamsize>(size));
    for (std::uint64_t seed = 0; seed < 7; ++seed) {
      const StreamOptions options = options_for(seed);
      check_interleavings(FileStream::open_file(path, options).value(), content, seed, 20);
      check_interleavings(FileStream::open(memory_source(ByteView(content)), options).value(), content, seed + 10, 20);
      check_interleavings(spooled(content, options, false), content, seed + 20, 20);
      check_interleavings(spooled(content, options, true), content, seed + 30, 20, 1);
    }
  }
}

TEST(StreamOverEntries, OfNoByteAndOfOne) {
  test::PackageBuilder builder("tiny");
  builder.block({Bytes{7}});
  BuiltEntry empty, one;
  empty.path = "empty";
  one.path = "one";
  one.runs = {{0, 1, 1}};
  one.size = 1;
  one.content = {7};
  builder.commit({empty, one});
  builder.trailer();
  const PackageReader reader = test::open_package(builder.bytes());
  for (std::uint64_t seed = 0; seed < 7; ++seed) {
    check_interleavings(test::stream_of(reader, "empty", options_for(seed)), {}, seed, 20);
    check_interleavings(test::stream_of(reader, "one", options_for(seed)), one.content, seed, 20);
  }
}

TEST(StreamChunks, OfAnyLengthAreTheContentAndThenTheEndForEver) {
  const BuiltPackage built = test::blocks_package(3, 4, 5000);
  const Bytes& content = built.entries[0].content;
  const PackageReader reader = test::open_package(built.bytes);
  for (const std::uint64_t chunk_bytes : {std::uint64_t{1}, std::uint64_t{2}, std::uint64_t{997},
                                          std::uint64_t{content.size()}, std::uint64_t{content.size()} + 1}) {
    FileStream stream = test::stream_of(reader, "file", {.chunk_bytes = chunk_bytes});
    ASSERT_EQ(stream.chunk_bytes(), chunk_bytes);
    Bytes joined;
    for (StreamChunk chunk = stream.read_chunk().value(); !chunk.empty(); chunk = stream.read_chunk().value()) {
      ASSERT_EQ(chunk.offset(), joined.size());
      ASSERT_EQ(chunk.bytes().size(), std::min<std::uint64_t>(chunk_bytes, content.size() - joined.size()));
      joined.insert(joined.end(), chunk.bytes().begin(), chunk.bytes().end());
    }
    EXPECT_EQ(joined, content);
    EXPECT_TRUE(stream.read_chunk().value().empty());
    EXPECT_EQ(stream.statistics().chunks, (content.size() + chunk_bytes - 1) / chunk_bytes);
  }
}

TEST(StreamChunks, AreLentWithinABlockAndOutliveStreamAndReader) {
  const BuiltPackage built = test::blocks_package(3, 4, 5000);
  std::vector<StreamChunk> chunks;
  {
    const PackageReader reader = test::open_package(built.bytes);
    FileStream stream = test::stream_of(reader, "file", {.chunk_bytes = 15'000});
    for (int i = 0; i < 4; ++i) chunks.push_back(stream.read_chunk().value());
    EXPECT_EQ(stream.statistics().chunks_lent, 2U);  // [0, 15000) and [45000, 60000): the others lie in two blocks
    EXPECT_EQ(stream.statistics().pool_hits, 2U);
  }
  for (std::size_t i = 0; i < chunks.size(); ++i)
    EXPECT_TRUE(std::ranges::equal(chunks[i].bytes(), slice(built.entries[0].content, i * 15'000, 15'000))) << i;
}

TEST(StreamLent, WithinABlockWithoutACopyElseInABuffer) {
  const BuiltPackage built = test::blocks_package(3, 4, 5000);
  std::vector<StreamChunk> lent;
  {
    const PackageReader reader = test::open_package(built.bytes);
    const FileStream stream = test::stream_of(reader, "file");
    for (const std::uint64_t offset : {100U, 4900U, 19'999U}) lent.push_back(stream.lend_at(offset, 5000).value());
    lent.push_back(stream.lend_at(200, 5000).value());
    EXPECT_EQ(lent[3].bytes().data(), lent[0].bytes().data() + 100);  // the same memory
    EXPECT_EQ(stream.statistics().chunks, 4U);
    EXPECT_EQ(stream.statistics().chunks_lent, 3U);  // 19,999 is the last byte of its block
    EXPECT_EQ(stream.position(), 0U);
    EXPECT_EQ(stream.progress().done_bytes, 0U);
  }
  const ByteView content = built.entries[0].content;
  for (const StreamChunk& chunk : lent) EXPECT_TRUE(std::ranges::equal(chunk.bytes(), slice(content, chunk.offset(), 5000)));
}

TEST(StreamLent, CopiesNoMoreThanTheMemoryLimitLeaves) {
  const BuiltPackage built = test::blocks_package(3, 4, 5000);
  const PackageReader reader = test::open_package(built.bytes);
  const FileStream stream = test::stream_of(reader, "file", {.memory_bytes = 8192, .memory_strategy = MemoryStrategy::custom, .read_ahead = false});
  EXPECT_EQ(stream.lend_at(0, 20'000).value().bytes().size(), 20'000U);  // lent
  EXPECT_EQ(stream.lend_at(15'000, 8192).value().bytes().size(), 8192U);
  EXPECT_EQ(stream.lend_at(15'000, 8193).error().code, Errc::limit);
  EXPECT_EQ(stream.statistics().chunks, 2U);
}

// Eight threads at any offsets, while one moves the position in order.
void read_from_many_threads(FileStream& stream, const Bytes& content) {
  const auto read_anywhere = [&](std::uint64_t seed) {
    std::mt19937_64 random(seed);
    Model model{.content = content};
    for (int i = 0; i < 150; ++i) {
      const auto check = i % 2 == 0 ? check_read_at : check_lend_at;
      check(stream, model, random() % (content.size() + 10), 1 + random() % 3000);
    }
  };
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t seed = 0; seed < 8; ++seed) threads.emplace_back(read_anywhere, seed);
    test::expect_rest(stream, content, 1777);
  }
  EXPECT_EQ(stream.position(), content.size());
  EXPECT_EQ(stream.progress().done_bytes, content.size());
  EXPECT_GE(stream.statistics().bytes_delivered, content.size());
}

TEST(StreamThreads, ReadAtFromEightWhileOneMovesThePosition) {
  const BuiltPackage built = test::blocks_package(12, 6, 3000);
  for (const std::uint64_t cache_bytes : {std::uint64_t{0}, std::uint64_t{40'000}, std::uint64_t{64} << 20}) {
    const PackageReader reader = test::open_package(built.bytes, cache_bytes);
    FileStream stream = test::stream_of(reader, "file", {.buffer_bytes = 40'000});
    read_from_many_threads(stream, built.entries[0].content);
  }
  FileStream plain = FileStream::open(memory_source(ByteView(built.entries[0].content))).value();
  read_from_many_threads(plain, built.entries[0].content);
}

}  // namespace
}  // namespace npk
