#include "ops/write/removal.h"

#include <algorithm>

#include "npk/format/path.h"

namespace npk::ops {
namespace {

using format::path_less;

std::string start_of(std::string_view glob) {
  if (glob.starts_with('/')) glob.remove_prefix(1);
  while (glob.ends_with('/')) glob.remove_suffix(1);
  return std::string(glob.substr(0, glob.find_first_of("*?[\\")));
}

}  // namespace

Removal::Removal(const std::vector<std::string>& globs) {
  for (const std::string& glob : globs) globs_.emplace_back(glob, tree::PatternList({glob}, tree::PatternList::Anchor::at_start), start_of(glob), false);
}

bool Removal::takes(std::string_view path) {
  bool taken = false;
  for (Glob& glob : globs_) {
    if (!glob.pattern.matches_within(path)) continue;
    glob.matched = taken = true;
  }
  return taken;
}

bool Removal::meets(const PathInterval& interval) const noexcept {
  return std::ranges::any_of(globs_, [&](const Glob& glob) {
    const bool begins_before_end = !interval.end || path_less(glob.start, *interval.end);
    return begins_before_end && (!interval.first || path_less(*interval.first, glob.start) || interval.first->starts_with(glob.start));
  });
}

Result<void> Removal::check(std::string_view of) const {
  const auto idle = std::ranges::find(globs_, false, &Glob::matched);
  if (idle == globs_.end()) return {};
  return fail(Errc::not_found, "'" + idle->text + "' fits no entry of " + std::string(of));
}

}  // namespace npk::ops
