#include "ops/write/path_ranges.h"

#include <algorithm>

#include "npk/format/path.h"

namespace npk::ops {
namespace {

using format::path_less;

bool meets_sorted(const std::vector<std::string>& paths, const PathInterval& interval) noexcept {
  const auto at = interval.first ? std::ranges::lower_bound(paths, *interval.first, path_less) : paths.begin();
  return at != paths.end() && (!interval.end || path_less(*at, *interval.end));
}

}  // namespace

Subtrees::Subtrees(std::vector<std::string> roots) {
  std::ranges::sort(roots, path_less);
  for (std::string& root : roots) {
    if (roots_.empty() || !format::is_at_or_under(root, roots_.back())) roots_.push_back(std::move(root));
  }
}

// A subtree is a stretch of paths, so the last root not behind the path is the only one that may hold it.
bool Subtrees::hold(std::string_view path) const noexcept {
  const auto behind = std::ranges::upper_bound(roots_, path, path_less);
  return behind != roots_.begin() && format::is_at_or_under(path, *std::prev(behind));
}

bool Subtrees::meet(const PathInterval& interval) const noexcept {
  return (interval.first && hold(*interval.first)) || meets_sorted(roots_, interval);
}

Ancestors::Ancestors(const std::vector<std::string>& paths) {
  for (const std::string& path : paths) {
    for (std::size_t slash = path.find('/'); slash != std::string::npos; slash = path.find('/', slash + 1)) paths_.push_back(path.substr(0, slash));
  }
  std::ranges::sort(paths_, path_less);
  const auto repeated = std::ranges::unique(paths_);
  paths_.erase(repeated.begin(), repeated.end());
}

bool Ancestors::hold(std::string_view path) const noexcept { return std::ranges::binary_search(paths_, path, path_less); }
bool Ancestors::meet(const PathInterval& interval) const noexcept { return meets_sorted(paths_, interval); }

}  // namespace npk::ops
