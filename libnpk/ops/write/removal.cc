#include "ops/write/removal.h"

#include <algorithm>

namespace npk::ops {

Removal::Removal(const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) globs_.emplace_back(glob, tree::PatternList({glob}, tree::PatternList::Anchor::at_start), false);
}

bool Removal::takes(std::string_view path) {
  bool taken = false;
  for (Glob& glob : globs_) {
    if (!glob.pattern.matches_within(path)) continue;
    glob.matched = taken = true;
  }
  return taken;
}

Result<void> Removal::check(std::string_view of) const {
  const auto idle = std::ranges::find(globs_, false, &Glob::matched);
  if (idle == globs_.end()) return {};
  return fail(Errc::not_found, "'" + idle->text + "' fits no entry of " + std::string(of));
}

}  // namespace npk::ops
