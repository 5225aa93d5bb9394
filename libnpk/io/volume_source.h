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

struct PackageRemains {
  std::shared_ptr<RandomAccessSource> source;  // bytes of parts that are not there can't be read: io
  std::vector<std::string> missing;            // paths of parts that are not there, or that are none of this package's
};

// For saving what there is: as open_package_source(), but a part that is missing, cut short or none of the package's is a gap. Which package: the
// first part with a good header says. If the last part that is there does not say that it is the last, the one behind it is named, too. Errors: as
// open_package_source(), but for those parts.
[[nodiscard]] Result<PackageRemains> open_package_remains(const std::string& path);

}  // namespace npk::io
