// Where a file has data and where holes.
#pragma once

#include <cstdint>
#include <vector>

#include "npk/result.h"

namespace npk::tree {

struct Hole {
  std::uint64_t offset;
  std::uint64_t length;  // never 0
  friend bool operator==(const Hole&, const Hole&) = default;
};

// The holes within the first `size` bytes, in order, not touching one another. Empty, at the cost of one fstat, for a
// file with as many blocks as its size needs, and for a file system that does not tell. Moves the descriptor's
// position.
[[nodiscard]] Result<std::vector<Hole>> find_holes(int fd, std::uint64_t size);

}  // namespace npk::tree
