// Goes through a package frame by frame as spec section 12 and 15 say a writer made it, and holds every record against every other.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/commit.h"
#include "npk/format/frame.h"

namespace npk::testing {

struct AuditedBlock {
  std::uint64_t position = 0;
  std::uint64_t stored_length = 0;
  std::uint64_t raw_length = 0;
  std::vector<format::ChainStep> chain;
  std::optional<std::uint64_t> base;            // number of the block
};

struct PackageAudit {
  std::map<format::FrameType, std::uint64_t> frames;
  std::vector<std::uint64_t> frame_positions;   // of every frame, the end of the package last
  std::vector<AuditedBlock> blocks;             // by number
  std::vector<format::ChunkRow> chunks;         // by number
  std::vector<std::uint64_t> chunk_blocks;      // by number: the block it lies in
  std::uint64_t chunk_leaves = 0, chunk_nodes = 0, catalog_leaves = 0, catalog_nodes = 0;
  std::uint64_t largest_catalog_leaf = 0;       // rows
  std::vector<std::uint64_t> segment_bytes;     // unique bytes up to each chunk page
  std::map<std::string, std::string> entries;   // path to all that its row says, from the catalog
  std::map<std::string, std::vector<format::Run>> runs;
  format::Commit commit;
};

// Adds a GoogleTest failure for whatever is not as it should be: frame order, body checks, chunk hashes against decoded blocks, references, manifests
// against the catalog, totals, storage root and content root recomputed.
[[nodiscard]] PackageAudit audit(ByteView package);

}  // namespace npk::testing
