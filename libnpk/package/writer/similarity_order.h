// Files with content alike one behind another, over what the order by path and kind has left apart.
// Sketches: MinHash of 32-byte shingles, about one in 128, sampled by a hash of their first four bytes (Broder, "On the resemblance and containment of
// documents", SEQUENCES 1997), 16 minima from one permutation (Li, Owen, Zhang, "One Permutation Hashing", NIPS 2012).
#pragma once

#include <cstdint>
#include <stop_token>
#include <vector>

#include "package/writer/input.h"

namespace npk::writer {

struct SimilarityOptions {
  unsigned threads = 1;           // never changes the order
  std::uint64_t group_bytes = 0;  // files that are drawn together have at most so many bytes in all
  std::uint64_t most_bytes = UINT64_MAX;  // if more would be read, the order stays as it is
  std::stop_token stop;
};

// `order` with each file moved behind the last one before it that it shares the most content with, where those two are far enough alike. Reads the first
// 256 KiB of every file of 2 KiB or more whose size is known and whose content is not likely known; one that can't be read stays where it is, and is told of when it is packed. Takes 100 bytes a file until it
// returns. The order depends on the contents and on `order` alone.
[[nodiscard]] Result<std::vector<std::uint64_t>> similarity_order(const InputTree& input, const std::vector<std::uint64_t>& order, const SimilarityOptions& options);

}  // namespace npk::writer
