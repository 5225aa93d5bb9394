// Writes the catalog: leaves in path order, the nodes above them, the content root and the totals on the way.
#pragma once

#include <functional>
#include <optional>
#include <string_view>

#include "dedup/chunk_index.h"
#include "npk/format/catalog.h"
#include "npk/format/commit.h"
#include "package/writer/content_table.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

struct WrittenCatalog {
  format::FrameReference root;
  Digest content_root{};
  format::Totals totals;  // entries, files, directories, content_bytes, hole_bytes
};

// A leaf that is in the package already (BaseGeneration::find_leaf); may be empty.
using FindLeaf = std::function<Result<std::optional<format::CatalogChild>>(std::string_view first_path, ByteView raw)>;

[[nodiscard]] Result<WrittenCatalog> write_catalog(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index,
                                                   int page_level, const FindLeaf& find_leaf, FrameWriter& frames);

}  // namespace npk::writer
