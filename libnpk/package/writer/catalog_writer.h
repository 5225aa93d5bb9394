// Writes the catalog: leaves in path order, the nodes above them, the content root and the totals on the way.
#pragma once

#include "dedup/chunk_index.h"
#include "npk/format/catalog.h"
#include "npk/format/commit.h"
#include "package/writer/base_generation.h"
#include "package/writer/content_table.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

struct WrittenCatalog {
  format::FrameReference root;
  format::FrameReference hint_root;  // none unless the input has hints
  Digest content_root{};
  format::Totals totals;  // entries, files, directories, content_bytes, hole_bytes
};

// `base`: whose leaves and nodes, of hints too, are not written again; null for a new package.
[[nodiscard]] Result<WrittenCatalog> write_catalog(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index,
                                                   int page_level, const BaseGeneration* base, FrameWriter& frames);

}  // namespace npk::writer
