#include "ops/write/rewrite/history_survey.h"

#include "ops/write/rewrite/catalog_rewriter.h"
#include "package/reader/tree_leaves.h"

namespace npk::ops {

Result<bool> HistorySurvey::take(const reader::PlacedCommit& commit) {
  const std::uint64_t before = commit.place.position;
  NPK_ASSIGN(const auto leaves, reader::catalog_leaves(frames_, commit.commit.placement.catalog_root, before));
  bool purges = false;
  for (const format::CatalogChild& leaf : leaves) {
    auto known = pages_.find(leaf.position);
    if (known == pages_.end()) {
      NPK_ASSIGN(const auto page, read_catalog_leaf(frames_, leaf, before));
      NPK_ASSIGN(const bool page_purges, frames_.placed(take_page(*page), leaf.position));
      known = pages_.emplace(leaf.position, page_purges).first;
    }
    purges = purges || known->second;
  }
  return purges;
}

Result<bool> HistorySurvey::take_page(const format::CatalogPage& page) {
  bool purges = false;
  for (std::size_t i = 0; i < page.row_count(); ++i) {
    const format::EntryRow row = page.row(i);
    if (removal_.takes(row.path)) {
      purges = true;
      ++purged_entries_;
      if (purged_) purged_(row.path);
      continue;
    }
    NPK_TRY(live_.mark(row.runs));
  }
  return purges;
}

}  // namespace npk::ops
