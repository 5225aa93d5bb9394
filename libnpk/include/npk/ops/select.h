// Which entries of a package a list of patterns means, as every reading verb takes it.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "npk/reader.h"

namespace npk::ops {

struct Selected {
  std::uint64_t entries = 0;           // visited
  std::vector<std::string> unmatched;  // globs that no entry fits, as given
};

// Visits, in path order and each once, the entries that any glob means (no glob: all), until `visit` returns false.
// `*` matches '/' too, `?` one byte, [a-z] one of a set, \x the byte x; a glob that fits a directory means what is under it as well;
// "./" in front and '/' at either end are dropped. Globs without *, ?, [ and \ cost look-ups, not a pass over the catalog.
[[nodiscard]] Result<Selected> for_each_selected(const PackageReader& package, const std::vector<std::string>& globs,
                                                 const std::function<bool(const Entry&)>& visit);

}  // namespace npk::ops
