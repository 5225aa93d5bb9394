// What a whole package may expand to (spec section 16).
#pragma once

#include "npk/limits.h"
#include "npk/reader.h"

namespace npk::reader {

// Errc::limit, naming both numbers, if the content without its holes is larger than max_expanded_bytes_free and than
// max_expansion_ratio times the package. Asked before anything is extracted.
[[nodiscard]] Result<void> check_expansion(const PackageInfo& info, const Limits& limits);
[[nodiscard]] Result<void> check_expansion(std::uint64_t expanded_bytes, std::uint64_t stored_bytes,
                                           const Limits& limits);

}  // namespace npk::reader
