// Looks for parity frames in a damaged package.
#pragma once

#include <memory>
#include <stop_token>
#include <vector>

#include "npk/format/parity.h"
#include "npk/limits.h"
#include "npk/source.h"

namespace npk::ops {

struct FoundHead {
  std::uint64_t offset = 0;  // of the frame in the source
  std::uint32_t group = 0;
  std::uint32_t row = 0;
};

// The frames of one set that were found with a head whose hash holds. Not all need be there.
struct FoundSet {
  format::ParityLayout layout;
  std::vector<FoundHead> heads;  // as they lie in the source
};

// The sets of one package, ascending by range: those of the package at the source's start or the one its trailer ends,
// if either can be told; else of the one whose frame is the last. Of several for the same range, the one with the most
// frames. Walks by the headers of the frames and looks at every byte only behind damage.
// Errors: io, cancelled; limit: much in it looks like parity frames and is none.
[[nodiscard]] Result<std::vector<FoundSet>> find_parity(const RandomAccessSource& source, const Limits& limits, const std::stop_token& stop);

}  // namespace npk::ops
