#include "ops/read/verify_hints.h"

#include <algorithm>

#include "npk/format/path.h"
#include "package/reader/hint_tree.h"

namespace npk::ops {
namespace {

using format::CatalogChild;

bool has_leaf(const std::vector<CatalogChild>& leaves, const CatalogChild& hints) {
  const auto leaf = std::ranges::lower_bound(leaves, hints.first_path, format::path_less, &CatalogChild::first_path);
  return leaf != leaves.end() && leaf->first_path == hints.first_path && leaf->entry_count == hints.entry_count;
}

}  // namespace

Result<void> check_hints(const PackageReader::Impl& package, bool catalog_is_sound, DamageList& damages) {
  const format::Placement& placement = package.info().commit.placement;
  const std::uint64_t before = package.commit_position();
  if (before == 0 || !placement.hint_root.exists()) return {};
  const reader::FrameReader& frames = package.frames();
  auto tree = frames.placed(reader::read_hint_tree(frames, placement.hint_root, before), placement.hint_root.position);
  if (!tree) return damages.note(DamageKind::frame, std::move(tree).error());
  std::vector<CatalogChild> leaves;
  if (catalog_is_sound) {
    NPK_ASSIGN(leaves, reader::catalog_leaves(frames, placement.catalog_root, before));
  }
  for (const CatalogChild& hints : tree->leaves) {
    if (catalog_is_sound && !has_leaf(leaves, hints))
      NPK_TRY(damages.note(DamageKind::frame, {Errc::corrupt, "a hint page belongs to no catalog page", {}, package.extent().offset + hints.position}));
    if (auto page = frames.placed(reader::read_hint_page(frames, hints, before), hints.position); !page)
      NPK_TRY(damages.note(DamageKind::frame, std::move(page).error()));
  }
  return {};
}

}  // namespace npk::ops
