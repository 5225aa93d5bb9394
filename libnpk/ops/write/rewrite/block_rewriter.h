// The data of a package written anew: blocks copied or packed, a chunk page behind each segment, and the manifests.
#pragma once

#include <deque>
#include <functional>
#include <variant>

#include "npk/ops/compact.h"
#include "ops/write/rewrite/segment_plan.h"
#include "package/writer/frame_writer.h"
#include "package/writer/plan.h"
#include "package/writer/sealer_stack.h"

namespace npk::ops {

struct BlockRewriterOptions {
  writer::WritePlan plan;  // of new blocks
  BlockRules rules;
  ProgressCallback progress;
  std::stop_token stop;
};

// Pipeline: plan -> open, pack and compress, on any number of threads -> write, in order. Same bytes whatever the threads.
class BlockRewriter {
 public:
  // Once a segment is written, with the leaf that is the last frame by then, and the end of the old chunks that are there.
  using SegmentCallback = std::function<Result<void>(const format::ChunkPage& leaf, std::uint64_t old_chunk_end)>;

  // All outlive it. `is_sealed`: what `to` writes.
  BlockRewriter(const PackageReader& from, const LiveChunks& live, BlockRewriterOptions options, bool is_sealed,
                writer::FrameWriter& to, RewriteReport& report);

  [[nodiscard]] Result<void> run(const SegmentCallback& end_segment);

  [[nodiscard]] const std::vector<format::ChunkChild>& chunk_pages() const noexcept { return chunk_pages_; }
  [[nodiscard]] const std::vector<Digest>& chunk_hashes() const noexcept { return chunk_hashes_; }  // by new number
  [[nodiscard]] reader::ChunkCounts counts() const noexcept { return {.chunks = planned_.chunks, .blocks = block_count_, .bytes = planned_.bytes}; }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }

 private:
  struct SegmentEnd {
    format::ChunkPage page;
    std::uint64_t old_chunk_end = 0;
  };
  struct PlacedRow {
    std::size_t row = 0;  // of the segment's page
    std::uint32_t offset = 0;
  };
  struct MadeBlock {
    writer::Buffer buffer, room;
    Bytes stored;    // of a copy
    MutableBytes body;  // in one of these
    Digest hash{};   // if it needs nothing more
    std::uint64_t raw_length = 0;
    std::vector<PlacedRow> rows;
  };
  struct Job {
    std::variant<PlannedBlock, SegmentEnd> work;
    std::vector<MadeBlock> blocks;  // in the page's order; the first is the base of those that have one
  };

  [[nodiscard]] Result<std::unique_ptr<Job>> next_job();
  [[nodiscard]] Result<void> plan_next_segment();
  [[nodiscard]] Result<ChunkLeafPointer> next_leaf();
  [[nodiscard]] std::uint64_t live_bytes(const format::ChunkPage& page) const;
  [[nodiscard]] std::optional<writer::Lane> filtered_lane(const reader::BlockLocation& block) const;
  [[nodiscard]] Result<void> make(Job& job);
  [[nodiscard]] Result<void> copy(Job& job, const PlannedBlock& block);
  [[nodiscard]] Result<void> pack(Job& job, const PlannedBlock& block);
  [[nodiscard]] Result<void> pack_group(Job& job, const PlannedBlock& group);
  [[nodiscard]] Result<void> compress(MadeBlock& made, writer::Lane lane, const block::Base& base, block::BlockSealer& sealer) const;
  [[nodiscard]] Result<void> gather(const PlannedBlock& block, MutableBytes out) const;
  [[nodiscard]] Result<void> write(Job& job, const SegmentCallback& end_segment);
  [[nodiscard]] Result<void> write_blocks(Job& job, const PlannedBlock& planned);
  [[nodiscard]] Result<void> write_block(MadeBlock& made, std::size_t distance);
  [[nodiscard]] Result<void> write_page(format::ChunkPage& page);

  const PackageReader& from_;
  const LiveChunks& live_;
  BlockRewriterOptions options_;
  bool is_sealed_;
  writer::FrameWriter& to_;
  RewriteReport& report_;
  writer::SealerStack sealers_;
  std::uint64_t next_old_chunk_ = 0;
  ChunkLeafPointer leaf_;  // read, and of the next segment
  std::deque<std::unique_ptr<Job>> planned_jobs_;
  reader::ChunkCounts planned_;
  std::vector<format::BlockRow> blocks_;        // of the segment, written
  std::vector<std::pair<std::size_t, std::vector<PlacedRow>>> placed_;  // by block of the segment
  std::uint64_t block_count_ = 0;
  std::vector<format::ChunkChild> chunk_pages_;
  std::vector<Digest> chunk_hashes_;
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t done_bytes_ = 0;
};

}  // namespace npk::ops
