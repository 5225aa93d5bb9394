// What can still be read of a package without a valid trailer (spec section 12).
#pragma once

#include "package/reader/locate.h"

namespace npk::reader {

// `package` has its extent (to the end of the source) and superblock. From the last good frame the commit it is or
// names; without one, the chunk pages and manifests before the damage. Adds a warning that says which. Errc::truncated
// if there is neither.
[[nodiscard]] Result<LocatedPackage> recover_package(LocatedPackage package, const Limits& limits,
                                                     const std::shared_ptr<ReadCounters>& counters);

}  // namespace npk::reader
