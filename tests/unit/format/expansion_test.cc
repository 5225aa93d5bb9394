#include "npk/format/expansion.h"

#include <gtest/gtest.h>

namespace npk::format {
namespace {

// What a writer puts in is enough for a reader, and a byte less is not.
TEST(Expansion, LeastStoredBytesIsTheLeast) {
  Limits limits;
  limits.max_expanded_bytes_free = 5000;
  limits.max_expansion_ratio = 7;
  limits.max_pieces_free = 100;
  for (const std::uint64_t expanded : {0ULL, 4999ULL, 5000ULL, 5001ULL, 5005ULL, 5006ULL, 123'456'789ULL}) {
    for (const std::uint64_t pieces : {0ULL, 99ULL, 100ULL, 101ULL, 130ULL, 1'000'000ULL}) {
      const std::uint64_t least = least_stored_bytes(expanded, pieces, limits);
      const auto allowed = [&](std::uint64_t stored) {
        return expanded <= most_expanded_bytes(stored, limits) && pieces <= most_further_pieces(stored, limits);
      };
      EXPECT_TRUE(allowed(least)) << expanded << ' ' << pieces;
      EXPECT_TRUE(least == 0 || !allowed(least - 1)) << expanded << ' ' << pieces;
    }
  }
}

TEST(Expansion, LargestNumbersDoNotWrap) {
  Limits limits;
  EXPECT_EQ(most_expanded_bytes(UINT64_MAX, limits), UINT64_MAX);
  EXPECT_EQ(least_stored_bytes(0, UINT64_MAX, limits), UINT64_MAX);
  limits.max_expansion_ratio = 0;
  EXPECT_EQ(least_stored_bytes(UINT64_MAX, 0, limits), UINT64_MAX);
  limits.max_pieces_free = UINT64_MAX;
  EXPECT_EQ(most_further_pieces(UINT64_MAX, limits), UINT64_MAX);
}

}  // namespace
}  // namespace npk::format
