// The fill stage: finds chunks that are there already, puts the others into blocks, and ends a segment (chunk page and manifest) in time.
#pragma once

#include <array>
#include <span>

#include "dedup/chunk_index.h"
#include "npk/format/commit.h"
#include "npk/writer.h"
#include "package/writer/base_choice.h"
#include "package/writer/content_table.h"

namespace npk::writer {

using LaneBuffers = std::array<BufferStack*, kLanes>;  // block buffers by lane

// A segment ends within 64 MiB of input (spec section 12), less what one more batch may bring.
inline constexpr std::uint64_t kSegmentInputBytes = (64ULL << 20) - 2 * kSliceBytes;

struct FillOptions {
  std::array<std::size_t, kLanes> block_bytes{};
  BaseOptions bases;
  Deduplication deduplication = Deduplication::chunks;
  unsigned fingerprint_bits = 32;     // as ChunkIndex
  std::size_t most_runs = kMostRuns;  // of an entry: beyond, its chunks are stored again
  std::uint64_t segment_input_bytes = kSegmentInputBytes;
  bool joins_alike = false;           // what is left of unlike kinds at a segment's end, where it has much in common
  bool names_blocks = false;          // FilledBlock::name is wanted
};

// Serial: batches come in order. Its decisions depend on the batches alone, so the package does too.
class BlockFiller {
 public:
  // `group_buffers`, `base_buffers`: of groups and of bases; not used without.
  BlockFiller(const FillOptions& options, std::uint64_t entry_count, const LaneBuffers& block_buffers, BufferStack& group_buffers, BufferStack& base_buffers)
      : options_(options), block_buffers_(block_buffers), group_buffers_(group_buffers), base_buffers_(base_buffers), index_(options.fingerprint_bits), contents_(entry_count) {}

  // Before the first batch: what the package holds already.
  void continue_after(dedup::ChunkIndex chunks, const format::Totals& totals);
  void keep(std::uint64_t entry, const format::EntryRow& content);

  [[nodiscard]] Result<void> fill(Batch& batch);
  // Closes what is open of what the empty batch says, in order.
  void finish(Batch& batch);

  [[nodiscard]] const ContentTable& contents() const noexcept { return contents_; }
  [[nodiscard]] const dedup::ChunkIndex& index() const noexcept { return index_; }
  [[nodiscard]] std::uint64_t duplicate_bytes() const noexcept { return duplicate_bytes_; }
  [[nodiscard]] std::uint64_t unique_bytes() const noexcept { return stream_bytes_; }
  [[nodiscard]] std::uint64_t failed_entries() const noexcept { return failed_entries_; }
  [[nodiscard]] std::uint64_t changed_entries() const noexcept { return changed_entries_; }

 private:
  struct OpenBlock {
    Buffer buffer;
    std::size_t raw_length = 0;
    std::vector<std::size_t> rows;  // of the chunk page
  };
  struct OpenGroup {
    Buffer buffer;
    std::size_t raw_length = 0;
    std::vector<std::size_t> rows;     // of the chunk page, whose offsets are those in the group until it is closed
    std::vector<std::vector<std::uint32_t>> samples;  // by row
  };

  void add_piece(Batch& batch, const Piece& piece, std::size_t chunk_begin);
  void add_chunk(Batch& batch, PieceChunk& chunk, Lane lane);
  void append_run(std::uint64_t first_chunk, std::uint64_t chunk_count, std::uint64_t bytes);
  [[nodiscard]] std::optional<std::uint64_t> find_known(const PieceChunk& chunk) const;
  std::uint64_t store(Batch& batch, PieceChunk& chunk, Lane lane);
  void add_to_block(Batch& batch, const PieceChunk& chunk, Lane lane);
  void add_to_group(Batch& batch, PieceChunk& chunk, Lane lane);
  void close_lane(Batch& batch, Lane lane);
  void close_group(Batch& batch, Lane lane);
  void append(OpenBlock& block, std::size_t row, const std::uint8_t* from);
  FilledBlock& close_block(Batch& batch, OpenBlock& block, Lane lane);
  [[nodiscard]] bool is_scrap(std::size_t lane) const noexcept;
  void join_alike(Batch& batch);
  void join_scraps(Batch& batch);
  [[nodiscard]] OpenBlock join(std::span<const std::size_t> lanes, Lane to);
  void complete(const Piece& piece);
  [[nodiscard]] bool copy_from_leader(const Piece& piece);
  void end_segment(Batch& batch);
  [[nodiscard]] bool segment_is_full() const noexcept;
  // Whether another block of this lane would not fit the segment: better to end it now than to cut that block short.
  [[nodiscard]] bool lane_is_done(Lane lane) const noexcept;

  FillOptions options_;
  LaneBuffers block_buffers_;
  BufferStack& group_buffers_;
  BufferStack& base_buffers_;
  dedup::ChunkIndex index_;
  ContentTable contents_;
  std::array<OpenBlock, kLanes> blocks_;
  std::array<OpenGroup, kLanes> groups_;
  format::ChunkPage page_;
  std::vector<CompletedEntry> completed_;
  CompletedEntry current_;
  std::uint64_t segment_input_bytes_ = 0;
  std::uint64_t stream_bytes_ = 0;
  std::uint64_t duplicate_bytes_ = 0;
  std::uint64_t failed_entries_ = 0;
  std::uint64_t changed_entries_ = 0;
};

}  // namespace npk::writer
