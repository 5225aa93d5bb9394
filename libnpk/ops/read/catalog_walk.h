// The catalog's entries, in order, past damage.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "npk/reader.h"
#include "ops/read/extract_reporter.h"

namespace npk::ops {

// All entries, or with `paths` (in path order, none under another) those at or under one, until `visit` returns false.
// A catalog page that can't be read costs the entries in it, which are reported.
[[nodiscard]] Result<void> walk_catalog(const PackageReader& package,
                                        const std::optional<std::vector<std::string>>& paths, ExtractReporter& reporter,
                                        const std::function<bool(const Entry&)>& visit);

}  // namespace npk::ops
