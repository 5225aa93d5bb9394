// Encoding and decoding a stream is the identity, and the package the same, for every length, every slicing and every
// number of threads (S1, S7).
#include "hash/hash.h"
#include "unit/stream_codec/streams.h"

namespace npk::testing {
namespace {

constexpr std::size_t kChunk = 64U << 10;  // the average; 16 and 256 KiB are the least and the most

constexpr std::size_t kLengths[] = {0,         1,         255,           256,           65'535,    65'536,
                                    65'537,    kChunk / 4 - 1, kChunk / 4 + 1, 4 * kChunk - 1, 4 * kChunk + 1,
                                    (1U << 20) - 1, (1U << 20) + 1, 5U << 20};
constexpr std::size_t kSlices[] = {1, 17, 4096, 65'536, 1U << 20, 4U << 20};
constexpr unsigned kThreads[] = {1, 2, 5, 16};

bool worth_trying(std::size_t length, std::size_t slice) {
  return length / slice <= 70'000;
}

WriterOptions fast(unsigned threads) {
  return {.preset = Preset::fast, .threads = threads};
}

// In one go, by the writer's own call.
Bytes by_package_writer(ByteView content) {
  PackageWriter writer(fast(1));
  EXPECT_TRUE(writer.add({.path = "entry"}, [&]() -> Result<std::unique_ptr<SequentialSource>> {
    return std::make_unique<SlicedSource>(content);
  }));
  TellingSink package;
  EXPECT_TRUE(writer.finish(package));
  return package.bytes();
}

void expect_decodes(ByteView package, ByteView content, std::size_t slice, unsigned threads) {
  SlicedSource source(package, slice);
  TellingSink out;
  const auto report = ops::decode_stream(source, out, {.threads = threads});
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_TRUE(out.committed());
  EXPECT_TRUE(std::ranges::equal(out.bytes(), content));
  EXPECT_EQ(report->content_bytes, content.size());
  EXPECT_EQ(report->digest, hash::blake3(content));
  EXPECT_EQ(report->package_bytes, package.size());
}

class Matrix : public ::testing::TestWithParam<std::tuple<DataKind, std::size_t>> {};

TEST_P(Matrix, OfSlicesAndThreads) {
  const auto [kind, length] = GetParam();
  const Bytes content = make_data(kind, length, length);
  const Bytes expected = by_package_writer(content);
  for (const std::size_t slice : kSlices) {
    if (!worth_trying(std::max(length, expected.size()), slice)) continue;
    for (const unsigned threads : kThreads) {
      SCOPED_TRACE("slices of " + std::to_string(slice) + ", " + std::to_string(threads) + " threads");
      EXPECT_TRUE(encoded(content, fast(threads), slice) == expected);
      expect_decodes(expected, content, slice, threads);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Lengths, Matrix,
                         ::testing::Combine(::testing::Values(DataKind::text, DataKind::mixed),
                                            ::testing::ValuesIn(kLengths)));

// Every preset and codec; content that comes again, far apart.
TEST(StreamCodec, EveryPresetAndCodec) {
  Bytes content = make_data(DataKind::mixed, 3U << 20, 8);
  content.insert(content.end(), content.begin(), content.begin() + (1 << 20));
  for (const Preset preset : {Preset::fast, Preset::standard, Preset::max}) {
    for (const char* codec : {"store", "zstd", "lz4", "lzma2"}) {
      SCOPED_TRACE(std::string(codec) + " " + std::to_string(static_cast<int>(preset)));
      WriterOptions options{.preset = preset, .codec = codec, .block_bytes = 1U << 20, .threads = 2};
      expect_decodes(encoded(content, options), content, 65'536, 2);
      options.reproducible = true;
      expect_decodes(encoded(content, options), content, 65'536, 2);
    }
  }
}

}  // namespace
}  // namespace npk::testing
