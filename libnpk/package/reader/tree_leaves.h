// The leaves of a catalog or chunk tree, for who builds another tree over them: only nodes are read, and the root.
#pragma once

#include <map>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "package/reader/frames/frame_reader.h"

namespace npk::reader {

// Where the nodes above them lie, by BLAKE3 of their raw bytes.
using NodePlaces = std::map<Digest, format::FrameReference>;

// In order; none if there is no root. `before`: the position of the commit. What nodes say of the leaves is not held
// against them here. `nodes`, if not null, gets all nodes. Errors: as FrameReader; corrupt (no such tree).
[[nodiscard]] Result<std::vector<format::CatalogChild>> catalog_leaves(const FrameReader& frames, const format::FrameReference& root,
                                                                       std::uint64_t before, NodePlaces* nodes = nullptr);
[[nodiscard]] Result<std::vector<format::ChunkChild>> chunk_leaves(const FrameReader& frames, const format::FrameReference& root,
                                                                   std::uint64_t before, NodePlaces* nodes = nullptr);

}  // namespace npk::reader
