#include "block/opener_memory.h"

#include <algorithm>
#include <gtest/gtest.h>
#include <vector>

#include "codec/filter_registry.h"

namespace npk::block {
namespace {

using format::ChainStep;
using format::CodecId;

constexpr std::uint64_t kMebibyte = 1ULL << 20;

std::uint64_t bytes_of(std::uint64_t raw_length, std::vector<ChainStep> chain, std::uint64_t needed_bytes = UINT64_MAX) {
  OpenerMemory memory;
  memory.add({.raw_length = raw_length, .chain = std::move(chain)}, std::min(needed_bytes, raw_length));
  return memory.bytes();
}

ChainStep step(CodecId id, std::uint64_t parameter) { return {id, 0, static_cast<std::uint32_t>(parameter)}; }

TEST(OpenerMemory, CountsFiltersTheirPayloadsAndDictionaries) {
  EXPECT_EQ(bytes_of(8 * kMebibyte, {}), 0U);
  EXPECT_LT(bytes_of(8 * kMebibyte, {step(CodecId::zstd, 23)}), kMebibyte);                        // straight to where it belongs
  EXPECT_GE(bytes_of(8 * kMebibyte, {step(CodecId::zstd, 23)}, 5 * kMebibyte), 5 * kMebibyte);     // but for a part of it
  EXPECT_GE(bytes_of(8 * kMebibyte, {step(CodecId::lzma2, 4 * kMebibyte)}), 4 * kMebibyte);
  EXPECT_LT(bytes_of(8 * kMebibyte, {step(CodecId::lzma2, 256 * kMebibyte)}), 9 * kMebibyte);      // never larger than the block
  const std::uint64_t filtered = bytes_of(8 * kMebibyte, {step(CodecId::json, 7 * kMebibyte), step(CodecId::zstd, 23)});
  EXPECT_GE(filtered, (7 + 8) * kMebibyte);  // what is restored from, and the decoder's own
  const std::vector<ChainStep> two_filters = {step(CodecId::element_delta, 8 * kMebibyte), step(CodecId::byte_shuffle, 8 * kMebibyte), step(CodecId::zstd, 23)};
  EXPECT_GE(bytes_of(8 * kMebibyte, two_filters), (8 + 8 + 8) * kMebibyte);
}

TEST(OpenerMemory, OfSeveralBlocksIsOfTheLargestBuffers) {
  OpenerMemory memory;
  const format::InnerHeader small{.raw_length = kMebibyte, .chain = {step(CodecId::json, kMebibyte), step(CodecId::zstd, 20)}};
  const format::InnerHeader large{.raw_length = 8 * kMebibyte, .chain = {step(CodecId::json, 8 * kMebibyte), step(CodecId::zstd, 23)}};
  memory.add(large, large.raw_length);
  const std::uint64_t before = memory.bytes();
  for (int i = 0; i < 10; ++i) memory.add(small, small.raw_length);
  EXPECT_EQ(memory.bytes(), before);
}

// A header that lies makes nothing of what the decoder would refuse.
TEST(OpenerMemory, OfHostileHeadersStaysNearTheBlock) {
  for (const codec::FilterInfo& filter : codec::filters()) {
    SCOPED_TRACE(filter.name);
    const std::uint64_t bytes = bytes_of(kMebibyte, {step(filter.id, UINT32_MAX), step(filter.id, UINT32_MAX), step(filter.id, UINT32_MAX)});
    EXPECT_LE(bytes, 16 * kMebibyte);
    EXPECT_LE(bytes_of(kMebibyte, {step(filter.id, kMebibyte), step(CodecId::lzma2, kMebibyte)}), opener_memory_bytes(kMebibyte));
  }
  EXPECT_EQ(bytes_of(kMebibyte, {step(static_cast<CodecId>(200), UINT32_MAX)}), 0U);
}

}  // namespace
}  // namespace npk::block
