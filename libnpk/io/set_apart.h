// A copy of a part of a file, where it is about to be overwritten by what is made of it.
#pragma once

#include <memory>
#include <string>

#include "npk/source.h"

namespace npk::io {

// Bytes [begin, end) of `from` at the same place in the file `path`, which only its owner may read; if that is as long
// already it is left as it is. Errors: io, also if what is there is not this user's.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> set_apart(const RandomAccessSource& from, std::uint64_t begin,
                                                                    std::uint64_t end, const std::string& path);

}  // namespace npk::io
