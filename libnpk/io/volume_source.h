// The parts of a package as one source.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "npk/format/volume.h"
#include "npk/source.h"

namespace npk::io {

struct VolumeSet {
  std::shared_ptr<RandomAccessSource> source;
  format::VolumeHeader last;  // of the last part there is
};

// `package`: the name without a number. All parts stay open. Errors, naming the part: truncated (missing, or shorter than it says);
// trailing_data (longer); corrupt (of another package, of another number, or not going on where the one before ends); those of its header; io.
[[nodiscard]] Result<VolumeSet> open_volumes(const std::string& package);

}  // namespace npk::io
