#include "ops/write/earlier_hints.h"

#include <algorithm>

#include "npk/format/path.h"

namespace npk::ops {
namespace {

bool is_damage(const Error& error) { return error.code != Errc::io && error.code != Errc::cancelled && error.code != Errc::internal; }

}  // namespace

Result<EarlierHints> EarlierHints::read(const reader::FrameReader& frames, const format::Placement& placement, std::uint64_t commit_position) {
  EarlierHints hints(frames, commit_position);
  auto tree = reader::read_hint_tree(frames, placement.hint_root, commit_position);
  if (tree) hints.tree_ = *std::move(tree);
  else if (is_damage(tree.error())) hints.is_broken_ = true;
  else return std::unexpected(std::move(tree).error());
  return hints;
}

Result<LeafHints> EarlierHints::of(const format::CatalogChild& leaf) const {
  const auto place = find(leaf.first_path);
  if (is_broken_ || !place) return LeafHints{is_broken_, std::nullopt};
  auto page = reader::read_hint_page(*frames_, *place, commit_position_);
  if (!page && !is_damage(page.error())) return std::unexpected(std::move(page).error());
  if (!page || page->rows.size() != leaf.entry_count) return LeafHints{true, std::nullopt};
  return LeafHints{false, *std::move(page)};
}

std::optional<format::CatalogChild> EarlierHints::find(std::string_view first_path) const {
  const auto leaf = std::ranges::lower_bound(tree_.leaves, first_path, format::path_less, &format::CatalogChild::first_path);
  if (leaf == tree_.leaves.end() || leaf->first_path != first_path) return std::nullopt;
  return *leaf;
}

}  // namespace npk::ops
