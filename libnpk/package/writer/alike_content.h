// Which blocks of unlike kinds have content in common, as sources and a map of them, or pictures and a list of pictures.
#pragma once

#include <cstddef>
#include <span>
#include <vector>

#include "npk/bytes.h"

namespace npk::writer {

// Groups of two and more of `contents`, whose members have at most `most_bytes` together. A pair is alike if a fifth of what samples find in both is
// found in either (the coefficient of Sørensen and Dice, of 16 bytes at one position in 128); the most alike come together first, and each member is
// alike with another. Groups and members ascend. Takes an eighth of the contents' bytes at most. Any thread; the result depends on the arguments alone.
[[nodiscard]] std::vector<std::vector<std::size_t>> alike_groups(std::span<const ByteView> contents, std::size_t most_bytes);

}  // namespace npk::writer
