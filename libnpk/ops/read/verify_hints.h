// The hint tree: its place, its pages, and that they belong to leaves of the catalog.
#pragma once

#include "ops/read/damage_list.h"
#include "package/reader/impl.h"

namespace npk::ops {

// After the catalog; `catalog_is_sound` says whether its leaves can be compared.
[[nodiscard]] Result<void> check_hints(const PackageReader::Impl& package, bool catalog_is_sound, DamageList& damages);

}  // namespace npk::ops
