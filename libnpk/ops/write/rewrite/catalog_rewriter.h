// Writes the catalogs of kept generations anew. What is alike in several, page by page, is read and written once.
#pragma once

#include <deque>
#include <unordered_map>
#include <vector>

#include "hash/content_root.h"
#include "npk/format/commit.h"
#include "ops/write/rewrite/expansion_count.h"
#include "ops/write/rewrite/generation_rows.h"
#include "package/reader/frames/frame_reader.h"
#include "package/reader/history.h"
#include "package/writer/frame_writer.h"

namespace npk::ops {

struct RewrittenCatalog {
  format::FrameReference root;
  Digest content_root{};
  format::Totals totals;  // of entries only
  ExpansionCount expansion;
};

[[nodiscard]] Result<std::shared_ptr<const format::CatalogPage>> read_catalog_leaf(const reader::FrameReader& frames,
                                                                                   const format::CatalogChild& leaf, std::uint64_t before);

// Memory: 250 bytes a page that differs, and a page. One thread.
class CatalogRewriter {
 public:
  struct Options {
    const LiveChunks& live;
    const tree::PatternList& purged;
    const std::vector<Digest>& chunk_hashes;  // by new number
    int page_level = 0;
  };
  // All outlive it.
  CatalogRewriter(const reader::FrameReader& from, const Options& options, writer::FrameWriter& to) : from_(from), options_(options), to_(to) {}

  [[nodiscard]] Result<RewrittenCatalog> rewrite(const reader::PlacedCommit& commit);

 private:
  class Generation;  // the state of one rewrite()

  // An old page that is a page of the new package as it is, but for chunk numbers.
  struct KnownPage {
    format::CatalogChild written;
    format::Totals totals;
    ExpansionCount expansion;
    bool is_group = false;  // a whole group of the content root, without links: group_hash is its hash
    Digest group_hash{};
  };

  [[nodiscard]] Result<format::CatalogChild> place(std::span<const format::EntryRow> rows);

  const reader::FrameReader& from_;
  Options options_;
  writer::FrameWriter& to_;
  std::unordered_map<std::uint64_t, KnownPage> known_;            // by old position
  std::unordered_map<std::string, format::CatalogChild> placed_;  // by hash of the raw page
};

}  // namespace npk::ops
