// Where a package ends behind which a writer is adding something.
#pragma once

#include <memory>
#include <optional>

#include "npk/limits.h"
#include "npk/source.h"

namespace npk::reader {

// The end of the last whole trailer behind the newest commit that has one, of a package that begins at the source's
// start and whose last bytes, up to `bytes`, are a whole or partial frame. nullopt: that can't be told. Costs a search
// backwards over one frame at most, and the headers of what is attached to a commit. Errors: io; those of the superblock.
[[nodiscard]] Result<std::optional<std::uint64_t>> growing_end(const std::shared_ptr<const RandomAccessSource>& source,
                                                               std::uint64_t bytes, const Limits& limits);

}  // namespace npk::reader
