// A package id that depends on what goes in: so equal input gives equal bytes (spec section 4).
#pragma once

#include "npk/format/superblock.h"
#include "package/writer/input.h"

namespace npk::writer {

// From the sorted scan: paths, kinds, sizes and times.
[[nodiscard]] format::PackageId derive_package_id(const InputTree& input);

}  // namespace npk::writer
