#include "dedup/chunk_index.h"

#include <gtest/gtest.h>

#include <string>

#include "hash/hash.h"

namespace npk::dedup {
namespace {

Digest hash_of(int i) { return hash::blake3(as_bytes(std::to_string(i))); }

// With fewer fingerprint bits ever more chunks collide in length and fingerprint; none may be merged for it.
class Collisions : public ::testing::TestWithParam<unsigned> {};

TEST_P(Collisions, NeverMerge) {
  constexpr int kChunks = 3000;
  ChunkIndex index(GetParam());
  for (int i = 0; i < kChunks; ++i) {
    ASSERT_FALSE(index.find(hash_of(i), 100)) << i;
    ASSERT_EQ(index.add(hash_of(i), 100), static_cast<std::uint64_t>(i));
  }
  for (int i = 0; i < kChunks; ++i) ASSERT_EQ(index.find(hash_of(i), 100), static_cast<std::uint64_t>(i));
  EXPECT_FALSE(index.find(hash_of(kChunks), 100));
}

INSTANTIATE_TEST_SUITE_P(FingerprintBits, Collisions, ::testing::Values(0U, 1U, 4U, 32U));

TEST(ChunkIndex, LengthAloneSetsChunksApart) {
  ChunkIndex index;
  index.add(hash_of(1), 10);
  EXPECT_FALSE(index.find(hash_of(1), 11));
  EXPECT_EQ(index.find(hash_of(1), 10), 0U);
}

TEST(ChunkIndex, KeepsWithinItsMemoryPromise) {
  constexpr int kChunks = 100'000;
  ChunkIndex index;
  for (int i = 0; i < kChunks; ++i) index.add(hash_of(i), 4096);
  EXPECT_LE(index.memory_bytes(), std::uint64_t{kChunks} * 100);
}

}  // namespace
}  // namespace npk::dedup
