// Builds a tree of pages over leaves that are already written: node pages level by level, up to one root.
#pragma once

#include <span>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "package/writer/base_generation.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

// Both write the nodes and return the root, which is the leaf itself if there is only one, and nothing if there is none. A node that
// is known is not written again. Catalog nodes end where their children's paths say so, so that a change moves no others;
// chunk trees grow at their end alone.
[[nodiscard]] Result<format::FrameReference> write_catalog_tree(std::vector<format::CatalogChild> leaves, const KnownNodes& known, int page_level,
                                                                FrameWriter& frames);
[[nodiscard]] Result<format::FrameReference> write_chunk_tree(std::vector<format::ChunkChild> leaves, const KnownNodes& known, int page_level,
                                                              FrameWriter& frames);

// As the catalog's, over hint leaves, whose first paths and numbers of rows are those of the catalog's leaves they belong to.
// The root is a node also above one leaf.
[[nodiscard]] Result<format::FrameReference> write_hint_tree(std::span<const format::CatalogChild> leaves, const KnownNodes& known, int page_level,
                                                             FrameWriter& frames);

}  // namespace npk::writer
