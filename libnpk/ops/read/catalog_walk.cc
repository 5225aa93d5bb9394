#include "ops/read/catalog_walk.h"

#include <algorithm>

#include "npk/format/path.h"

namespace npk::ops {
namespace {

// The first entry after `from`, which can't be read, that can; `last` if none before it. A page holds at most
// `page_rows` entries.
std::uint64_t first_readable(const PackageReader& package, std::uint64_t from, std::uint64_t last,
                             std::uint64_t page_rows) {
  std::uint64_t bad = from;
  std::uint64_t good = std::min(last, from + page_rows);
  while (good < last && !package.entry(good)) {
    bad = good;
    good = std::min(last, good + page_rows);
  }
  while (good - bad > 1) {
    const std::uint64_t middle = bad + (good - bad) / 2;
    (package.entry(middle) ? good : bad) = middle;
  }
  return good;
}

Result<void> walk_range(const PackageReader& package, std::uint64_t first, std::uint64_t last,
                        ExtractReporter& reporter, const std::function<bool(const Entry&)>& visit) {
  std::uint64_t next = first;
  const auto counted = [&](const Entry& entry) {
    next = entry.number() + 1;
    return visit(entry);
  };
  for (;;) {
    Result<void> walked = package.for_each(counted, next, last);
    if (walked || next >= last || package.entry(next)) return walked;
    const std::uint64_t readable = first_readable(package, next, last, Limits{}.max_catalog_rows_per_page);
    reporter.lost(walked.error(), readable - next);
    if (readable == last) return {};
    next = readable;
  }
}

}  // namespace

Result<void> walk_catalog(const PackageReader& package, const std::optional<std::vector<std::string>>& paths,
                          ExtractReporter& reporter, const std::function<bool(const Entry&)>& visit) {
  const std::uint64_t count = package.entry_count();
  if (!paths) return walk_range(package, 0, count, reporter, visit);
  std::vector<std::uint64_t> firsts;
  for (const std::string& path : *paths) {
    const auto first = package.lower_bound(path);
    if (!first) return walk_range(package, 0, count, reporter, visit);  // a damaged page: what can be found, will be
    firsts.push_back(*first);
  }
  bool go_on = true;
  for (std::size_t i = 0; i < firsts.size() && go_on; ++i) {
    const auto below = [&](const Entry& entry) {
      if (!format::is_at_or_under(entry.path(), (*paths)[i])) return false;
      go_on = visit(entry);
      return go_on;
    };
    NPK_TRY(walk_range(package, firsts[i], count, reporter, below));
  }
  return {};
}

}  // namespace npk::ops
