// The factors by measurement: unique blocks counted by their hashes, zero bytes counted, zstd's ratios.
#include <algorithm>
#include <cmath>
#include <set>
#include <zstd.h>

#include "hash/hash.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

std::size_t distinct_blocks(ByteView bytes, std::size_t block_bytes) {
  std::set<Digest> found;
  for (std::size_t at = 0; at < bytes.size(); at += block_bytes) found.insert(hash::blake3(bytes.subspan(at, std::min(block_bytes, bytes.size() - at))));
  return found.size();
}

double stored_ratio(ByteView bytes, int level) {
  Bytes out(ZSTD_compressBound(bytes.size()));
  const std::size_t stored = ZSTD_compress(out.data(), out.size(), bytes.data(), bytes.size(), level);
  EXPECT_FALSE(ZSTD_isError(stored));
  return static_cast<double>(stored) / static_cast<double>(bytes.size());
}

TEST(Dedup, UniqueBlocksAreAsManyAsItSays) {
  constexpr std::size_t kBlock = 4096;
  int cases = 0;
  for (const std::uint64_t blocks : {1ULL, 2ULL, 3ULL, 10ULL, 97ULL, 1000ULL}) {
    for (const double dedup : {1.0, 1.1, 1.5, 2.0, 2.5, 3.0, 7.3, 20.0, 5000.0}) {
      for (const double compress : {1.0, 2.0}) {
        const ObjectOptions options{.seed = {blocks, 4}, .size_bytes = blocks * kBlock, .dedup = dedup, .compress = compress, .block_bytes = kBlock};
        const auto expected = static_cast<std::uint64_t>(std::max(1.0, std::floor(static_cast<double>(blocks) / dedup + 0.5)));
        EXPECT_EQ(ObjectLayout::of(options)->unique_blocks, expected) << blocks << " / " << dedup;
        EXPECT_EQ(distinct_blocks(whole(options), kBlock), expected) << blocks << " / " << dedup;
        ++cases;
      }
    }
  }
  EXPECT_EQ(cases, 108);
}

TEST(Dedup, BlocksRepeatInOrder) {
  constexpr std::size_t kBlock = 8192;
  const ObjectOptions options{.seed = {6, 6}, .size_bytes = 25 * kBlock + 1000, .dedup = 3.7, .block_bytes = kBlock};
  const ObjectLayout layout = *ObjectLayout::of(options);
  ASSERT_EQ(layout.blocks, 26U);
  ASSERT_EQ(layout.unique_blocks, 7U);
  const Bytes bytes = whole(options);
  ASSERT_EQ(bytes.size(), options.size_bytes);
  for (std::size_t at = 0; at < bytes.size(); ++at) ASSERT_EQ(bytes[at], bytes[at % (7 * kBlock)]) << at;
  EXPECT_EQ(distinct_blocks(bytes, kBlock), 8U);  // and the cut one
}

// Unique blocks have nothing in common: no word of 8 bytes occurs twice.
TEST(Dedup, UniqueBlocksShareNothing) {
  const Bytes bytes = whole({.seed = {8, 8}, .size_bytes = 4U << 20, .block_bytes = 64U << 10});
  std::vector<std::uint64_t> words;
  for (std::size_t at = 0; at + 8 <= bytes.size(); at += 8) words.push_back(load_le<std::uint64_t>(bytes.data() + at));
  std::ranges::sort(words);
  EXPECT_EQ(std::ranges::adjacent_find(words), words.end());
  EXPECT_GE(stored_ratio(bytes, 19), 0.99);
}

TEST(Compress, ZeroBytesAreExact) {
  int cases = 0;
  for (const double compress : {1.0, 1.001, 1.5, 2.0, 3.0, 7.3, 20.0, 999.5}) {
    const ObjectOptions options{.seed = {2, 3}, .size_bytes = 40U * 16'384, .compress = compress, .block_bytes = 16'384};
    const ObjectLayout layout = *ObjectLayout::of(options);
    const Bytes bytes = whole(options);
    std::uint64_t expected = 0;
    for (std::uint64_t block = 0; block < layout.blocks; ++block) {
      const std::uint64_t zeros = layout.zero_bytes_in_block(block);
      expected += zeros;
      const long double exact = static_cast<long double>((block + 1) * 16'384) * (layout.compress_thousandths - 1000) / layout.compress_thousandths;
      ASSERT_EQ(expected, static_cast<std::uint64_t>(exact)) << compress << " up to block " << block;
      // Each cell: random bytes, then as many zeros as the layout says. A random byte is zero now and then.
      for (std::uint64_t cell = block * 4; cell < block * 4 + 4; ++cell) {
        const std::uint64_t tail = layout.zero_bytes_before(cell + 1) - layout.zero_bytes_before(cell);
        const ByteView all = ByteView(bytes).subspan(cell * kCellBytes, kCellBytes);
        ASSERT_TRUE(std::ranges::all_of(all.last(tail), [](std::uint8_t byte) { return byte == 0; })) << compress << " cell " << cell;
        const ByteView random = all.first(kCellBytes - tail);
        ASSERT_LE(static_cast<double>(std::ranges::count(random, 0)), 12 + static_cast<double>(random.size()) / 100) << compress << " cell " << cell;
      }
    }
    EXPECT_EQ(layout.zero_bytes_before(160), expected);
    ++cases;
  }
  EXPECT_EQ(cases, 8);
}

// Within 3 % of 1/c, levels 1, 3, 9 and 19. One block, many blocks, and small objects.
TEST(Compress, ZstdFindsTheFactor) {
  constexpr double kTolerance = 0.03;
  for (int factor = 1; factor <= 20; ++factor) {
    for (const std::uint64_t size : {std::uint64_t{64} << 10, std::uint64_t{3} << 20}) {
      const Bytes bytes = whole({.seed = {9, static_cast<std::uint64_t>(factor)}, .size_bytes = size, .compress = static_cast<double>(factor)});
      for (const int level : {1, 3, 9, 19}) {
        const double ratio = stored_ratio(bytes, level);
        if (factor == 1) {
          EXPECT_GE(ratio, 0.99);
        }
        EXPECT_NEAR(ratio * factor, 1, kTolerance) << "compress " << factor << ", " << size << " bytes, level " << level;
      }
    }
  }
  for (const double factor : {1.25, 1.5, 2.75, 12.5}) {
    const double ratio = stored_ratio(whole({.size_bytes = 2U << 20, .compress = factor}), 3);
    EXPECT_NEAR(ratio * factor, 1, kTolerance) << factor;
  }
}

TEST(Factors, AreIndependent) {
  for (const double compress : {1.0, 2.0, 3.0}) {
    const ObjectOptions options{.seed = {4, 4}, .size_bytes = 32U << 20, .dedup = 2, .compress = compress};
    const Bytes bytes = whole(options);
    EXPECT_EQ(distinct_blocks(bytes, 1U << 20), 16U) << compress;
    const ByteView unique = ByteView(bytes).first(16U << 20);
    EXPECT_NEAR(stored_ratio(unique, 3) * compress, 1, 0.03) << compress;
  }
}

}  // namespace
}  // namespace npk::synth
