// What a further generation of a package continues: all that the writer needs to know of the one before.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "dedup/chunk_index.h"
#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"
#include "package/writer/package_seal.h"

namespace npk::writer {

// Nodes that are there already, by BLAKE3 of their raw bytes.
using KnownNodes = std::map<Digest, format::FrameReference>;

struct BaseGeneration {
  format::Superblock superblock;
  format::FrameHeader trailer_header;            // of the trailer behind which the new generation begins
  format::Trailer trailer;                       // its envelopes and newest signature stay
  format::Commit commit;
  Digest statement_hash{};
  std::vector<format::ChunkChild> chunk_leaves;  // of the chunk tree, in order
  KnownNodes chunk_nodes, catalog_nodes, hint_nodes;  // above the leaves of the trees; each may lack some
  dedup::ChunkIndex chunks;                      // all of them, by number; or none, from the next number on
  std::unique_ptr<const PackageSeal> seal;       // of a sealed package: a session that resumes it
  // The leaf of the old catalog that begins with this path, if it has these raw bytes: it is not written again.
  std::function<Result<std::optional<format::CatalogChild>>(std::string_view first_path, ByteView raw)> find_leaf;
  // The hint leaf of the old catalog's leaf that begins with this path.
  std::function<std::optional<format::CatalogChild>(std::string_view first_path)> find_hints;
  // Of a chunk that `chunks` does not know.
  std::function<Result<Digest>(std::uint64_t number)> chunk_hash;
  std::function<Result<format::ChunkPage>(const format::ChunkChild& leaf)> read_chunk_leaf;
  // Between the commit and the trailer: what has been written is made durable.
  std::function<Result<void>()> before_trailer;
};

}  // namespace npk::writer
