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
  std::uint64_t large_group_bytes = 0;  // but so many where they are more alike; of no use below group_bytes
  std::uint64_t most_bytes = UINT64_MAX;  // if more would be read, the order stays as it is
  std::stop_token stop;
};

// Files in the order that they are stored in.
struct DataOrder {
  std::vector<std::uint64_t> numbers;
  // By place: whether the file is of a large group, whose files are too many for one ordinary block and would repeat from block to block. Empty: none is.
  std::vector<bool> in_large_group = {};

  friend bool operator==(const DataOrder&, const DataOrder&) = default;
};

// By place in an order: whether the file, by its name, likely goes to blocks of its kind, with filters.
using OfFilteredKind = std::vector<bool>;

// `order` with each file moved behind the last one before it that it shares the most content with, where those two are far enough alike. Reads the first
// 256 KiB of every file of 2 KiB or more whose size is known and whose content is not likely known; one that can't be read stays where it is, and is told of when it is packed. Takes 100 bytes a file until it
// returns. `filtered` is as long as `order`; what comes of it depends on the contents and on these two alone.
[[nodiscard]] Result<DataOrder> similarity_order(const InputTree& input, std::vector<std::uint64_t> order, const OfFilteredKind& filtered, const SimilarityOptions& options);

}  // namespace npk::writer
