// Private to npk_synth: names that look like names. Unique by the number in them.
#pragma once

#include <string>

#include "synth/tree_draws.h"

namespace npk::synth::internal {

// "motelu-3x.json"; `occasion` chooses the word and the ending, `least_bytes` (at most 255) how long it is at least.
[[nodiscard]] std::string file_name(const Draws& draws, std::uint64_t number, std::uint64_t occasion, std::size_t least_bytes);
// "ka3x"
[[nodiscard]] std::string directory_name(const Draws& draws, std::uint64_t number);

}  // namespace npk::synth::internal
