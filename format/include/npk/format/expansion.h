// What a package of so many stored bytes may expand to (spec section 16): one rule for readers, which refuse what passes
// it, and for writers, which keep within it.
#pragma once

#include <cstdint>

#include "npk/limits.h"

namespace npk::format {

// Content bytes, holes not counted.
[[nodiscard]] std::uint64_t most_expanded_bytes(std::uint64_t stored_bytes, const Limits& limits) noexcept;
// Pieces of content (chunks, as often as entries use them, and holes), not counting one for each entry.
[[nodiscard]] std::uint64_t most_further_pieces(std::uint64_t stored_bytes, const Limits& limits) noexcept;
// The least a package must have for both to hold.
[[nodiscard]] std::uint64_t least_stored_bytes(std::uint64_t expanded_bytes, std::uint64_t further_pieces,
                                               const Limits& limits) noexcept;

}  // namespace npk::format
