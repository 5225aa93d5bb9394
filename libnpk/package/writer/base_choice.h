// Which chunks of a group of blocks make the best base for the others (spec section 5): those with the content that most of
// its blocks have, by samples of it.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "npk/bytes.h"

namespace npk::writer {

// Hashes of 8 bytes of content, of about one position in 32, picked by their content, in order. Any thread.
[[nodiscard]] std::vector<std::uint32_t> sample_content(ByteView chunk);

struct GroupChunk {
  std::uint32_t length = 0;
  std::uint32_t block = 0;  // of the group, were there no base
  std::span<const std::uint32_t> samples;
};

// Chunks of at most `most_bytes` together, ascending: by turns the one whose samples the most other blocks have, for its
// length, which no chunk taken before has (a greedy cover, as of COVER dictionaries, but of whole chunks). Linear in the
// samples but for what is looked at again; integers only.
[[nodiscard]] std::vector<std::size_t> choose_base(std::span<const GroupChunk> chunks, std::uint64_t most_bytes);

}  // namespace npk::writer
