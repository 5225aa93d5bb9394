// Where a block has noise: bytes as evenly distributed as random ones that hold no long repeats, which no compressor makes smaller.
#pragma once

#include <cstddef>
#include <vector>

#include "npk/bytes.h"

namespace npk::codec {

struct Stretch {
  std::size_t length = 0;
  bool is_noise = false;
};

// The block from front to end; at least one stretch. Those of noise have 128 KiB or more, and nothing of the like beside them.
// Deterministic. Takes less than 1 MiB, and the length of the longest stretch of noise.
[[nodiscard]] std::vector<Stretch> noise_stretches(ByteView block);

}  // namespace npk::codec
