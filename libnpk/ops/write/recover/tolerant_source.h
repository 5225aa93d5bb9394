// A disk that fails in places: what it does not give reads as zeros, so that checks fail there and the rest is had.
#pragma once

#include <memory>

#include "npk/source.h"

namespace npk::ops {

// Of its size when it is made; what `inner` lacks of that since is zeros, too.
[[nodiscard]] Result<std::shared_ptr<RandomAccessSource>> tolerant_source(std::shared_ptr<RandomAccessSource> inner);

}  // namespace npk::ops
