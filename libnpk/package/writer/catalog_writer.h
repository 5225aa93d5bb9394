// Writes the catalog: leaves in path order, the nodes above them, the content root and the totals on the way.
#pragma once

#include "dedup/chunk_index.h"
#include "npk/format/commit.h"
#include "package/writer/content_table.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

struct WrittenCatalog {
  format::FrameReference root;
  Digest content_root{};
  format::Totals totals;  // entries, files, directories, content_bytes, hole_bytes
};

[[nodiscard]] Result<WrittenCatalog> write_catalog(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index,
                                                   int page_level, FrameWriter& frames);

}  // namespace npk::writer
