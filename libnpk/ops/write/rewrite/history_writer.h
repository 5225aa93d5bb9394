// The frames of a package with the generations that are kept: all data and one chunk tree first, then the catalog and the
// commit of each generation, oldest first.
#pragma once

#include "ops/write/rewrite/block_rewriter.h"
#include "ops/write/rewrite/catalog_rewriter.h"
#include "ops/write/rewrite/rewritten_package.h"

namespace npk::ops {

class HistoryWriter {
 public:
  // All outlive it.
  HistoryWriter(const RewrittenPackage& package, const RewrittenPackage::Choice& choice, const LiveChunks& live,
                const RewriteOptions& options, const writer::WritePlan& plan, RewriteReport& report)
      : package_(package), choice_(choice), live_(live), options_(options), plan_(plan), report_(report),
        purged_(choice.purged, tree::PatternList::Anchor::at_start) {}

  // Does not commit the sink. Errors: as compact(); corrupt if a kept generation's content root is not that of its entries.
  [[nodiscard]] Result<void> write(Sink& sink);

 private:
  struct Data {
    format::FrameReference chunk_root;
    format::Totals totals;  // of chunks and blocks only
    std::vector<Digest> chunk_hashes;
  };
  [[nodiscard]] Result<void> begin(writer::FrameWriter& frames);
  [[nodiscard]] Result<Data> write_data(writer::FrameWriter& frames);
  [[nodiscard]] Result<void> write_generations(const Data& data, writer::FrameWriter& frames);
  [[nodiscard]] Result<format::Commit> make_commit(std::size_t index, const RewrittenCatalog& catalog, const Data& data);

  const RewrittenPackage& package_;
  const RewrittenPackage::Choice& choice_;
  const LiveChunks& live_;
  const RewriteOptions& options_;
  const writer::WritePlan& plan_;
  RewriteReport& report_;
  tree::PatternList purged_;
  std::unique_ptr<const writer::PackageSeal> seal_;
  std::vector<std::uint64_t> envelopes_;
  format::FrameReference last_commit_;
  format::Statement last_statement_;
  std::uint64_t least_bytes_ = 0;  // that no generation may expand too far from
};

}  // namespace npk::ops
