#include "npk/ops/select.h"

#include <algorithm>

#include "tree/glob.h"

namespace npk::ops {
namespace {

struct Range {
  std::uint64_t first;
  std::uint64_t last;
};

bool is_literal(std::string_view glob) noexcept { return glob.find_first_of("*?[\\") == std::string_view::npos; }

std::string_view trimmed(std::string_view glob) noexcept {
  while (glob.starts_with("./")) glob.remove_prefix(2);
  while (glob.starts_with('/')) glob.remove_prefix(1);
  while (glob.ends_with('/')) glob.remove_suffix(1);
  return glob;
}

// All entries named by literal globs: what is at a path and under it lies together in path order.
class LiteralSelection {
 public:
  explicit LiteralSelection(const PackageReader& package) : package_(package) {}

  Result<void> add(const std::string& glob, Selected& selected) {
    NPK_ASSIGN(const Range range, range_of(trimmed(glob)));
    if (range.first == range.last) selected.unmatched.push_back(glob);
    else ranges_.push_back(range);
    return {};
  }

  Result<void> visit(const std::function<bool(const Entry&)>& visit) {
    std::ranges::sort(ranges_, {}, &Range::first);
    std::uint64_t done = 0;
    bool go_on = true;
    const auto counted = [&](const Entry& entry) { return go_on = visit(entry); };
    for (const Range& range : ranges_) {
      const std::uint64_t first = std::max(range.first, done);
      if (first < range.last && go_on) NPK_TRY(package_.for_each(counted, first, range.last));
      done = std::max(done, range.last);
    }
    return {};
  }

 private:
  // '/' sorts below every other byte, NUL included: PATH, PATH/…, then PATH NUL.
  Result<Range> range_of(std::string_view path) const {
    if (path.empty() || path == ".") return Range{0, package_.entry_count()};
    NPK_ASSIGN(const std::uint64_t first, package_.lower_bound(path));
    NPK_ASSIGN(const std::uint64_t last, package_.lower_bound(std::string(path) + '\0'));
    return Range{first, last};
  }

  const PackageReader& package_;
  std::vector<Range> ranges_;
};

Result<Selected> select_literals(const PackageReader& package, const std::vector<std::string>& globs,
                                 const std::function<bool(const Entry&)>& visit) {
  Selected selected;
  LiteralSelection selection(package);
  for (const std::string& glob : globs) NPK_TRY(selection.add(glob, selected));
  NPK_TRY(selection.visit([&](const Entry& entry) {
    ++selected.entries;
    return visit(entry);
  }));
  return selected;
}

struct Pattern {
  tree::PatternList list;
  bool used = false;
};

// Every pattern is asked until it has matched once, so that those which never do are known.
bool ask(std::vector<Pattern>& patterns, std::string_view path) {
  bool matched = false;
  for (Pattern& pattern : patterns) {
    if (matched && pattern.used) continue;
    if (!pattern.list.matches_within(path)) continue;
    matched = pattern.used = true;
  }
  return matched;
}

Result<Selected> select_patterns(const PackageReader& package, const std::vector<std::string>& globs,
                                 const std::function<bool(const Entry&)>& visit) {
  std::vector<Pattern> patterns;
  for (const std::string& glob : globs) {
    const std::string_view text = trimmed(glob);
    patterns.push_back({tree::PatternList({text == "." || text.empty() ? "*" : std::string(text)}, tree::PatternList::Anchor::at_start)});
  }
  Selected selected;
  NPK_TRY(package.for_each([&](const Entry& entry) {
    if (!ask(patterns, entry.path())) return true;
    ++selected.entries;
    return visit(entry);
  }));
  for (std::size_t i = 0; i < globs.size(); ++i) {
    if (!patterns[i].used) selected.unmatched.push_back(globs[i]);
  }
  return selected;
}

}  // namespace

Result<Selected> for_each_selected(const PackageReader& package, const std::vector<std::string>& globs,
                                   const std::function<bool(const Entry&)>& visit) {
  if (!globs.empty()) return std::ranges::all_of(globs, is_literal) ? select_literals(package, globs, visit) : select_patterns(package, globs, visit);
  Selected selected;
  NPK_TRY(package.for_each([&](const Entry& entry) {
    ++selected.entries;
    return visit(entry);
  }));
  return selected;
}

}  // namespace npk::ops
