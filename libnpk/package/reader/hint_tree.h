// The hint tree of a generation: which leaves of its catalog have hints, and where these lie.
#pragma once

#include "npk/format/hint_page.h"
#include "package/reader/tree_leaves.h"

namespace npk::reader {

struct HintTree {
  std::vector<format::CatalogChild> leaves;  // by first path, as the catalog's leaves they belong to
  NodePlaces nodes;
};

// Nothing if there is no root. `before`: the position of the commit. Reads nodes only. That the catalog has such leaves is not
// looked at. Errors: as FrameReader; corrupt (no such tree).
[[nodiscard]] Result<HintTree> read_hint_tree(const FrameReader& frames, const format::FrameReference& root, std::uint64_t before);

// One leaf of it: as many rows as the tree says. Errors: as FrameReader; corrupt.
[[nodiscard]] Result<format::HintPage> read_hint_page(const FrameReader& frames, const format::CatalogChild& leaf, std::uint64_t before);

}  // namespace npk::reader
