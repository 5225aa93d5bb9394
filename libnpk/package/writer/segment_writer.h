// The write stage: frames of blocks as they come, and after each segment its chunk page and its manifest.
#pragma once

#include <functional>
#include <span>
#include <vector>

#include "npk/format/commit.h"
#include "npk/format/expansion.h"
#include "package/writer/batch.h"
#include "package/writer/frame_writer.h"

namespace npk::writer {

// Serial: batches come in order.
class SegmentWriter {
 public:
  // `limits`: those of the readers to come.
  // `place`: makes the frame's body of a block whose base's position is known now.
  using PlaceBlock = std::function<void(FilledBlock& block, std::uint64_t base_position)>;
  SegmentWriter(const InputTree& input, int page_level, const Limits& limits, FrameWriter& frames, PlaceBlock place)
      : input_(input), page_level_(page_level), limits_(limits), frames_(frames), place_(std::move(place)) {}

  // Before the first batch: what the package holds already.
  void continue_after(std::vector<format::ChunkChild> chunk_pages, const format::Totals& totals);
  // An entry that no manifest names this time, though readers count it; and many of them.
  void count(const format::EntryRow& row) noexcept;
  void count(std::uint64_t expanded_bytes, std::uint64_t further_pieces) noexcept;
  // After the last batch: makes larger leaves of the small ones that generations leave behind, if there is a new one.
  using ReadLeaf = std::function<Result<format::ChunkPage>(const format::ChunkChild& leaf)>;
  [[nodiscard]] Result<void> merge_small_pages(const ReadLeaf& read);

  [[nodiscard]] Result<void> write(Batch& batch);
  // Fills the package up, if it would expand further than readers allow.
  [[nodiscard]] Result<void> pad() { return frames_.pad_to(format::least_stored_bytes(expanded_bytes_, further_pieces_, limits_)); }

  // The chunk tree's leaves, and totals, so far.
  [[nodiscard]] const std::vector<format::ChunkChild>& chunk_pages() const noexcept { return chunk_pages_; }
  [[nodiscard]] std::uint64_t block_count() const noexcept { return block_count_; }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }

 private:
  [[nodiscard]] Result<void> write_block(FilledBlock& block);
  [[nodiscard]] Result<void> write_segment(const Segment& segment);
  [[nodiscard]] Result<void> write_chunk_page(format::ChunkPage page);
  [[nodiscard]] Result<void> place_chunk_page(const format::ChunkPage& page);
  [[nodiscard]] Result<void> write_manifests(const Segment& segment);

  const InputTree& input_;
  int page_level_;
  Limits limits_;
  FrameWriter& frames_;
  PlaceBlock place_;
  std::vector<format::FrameReference> blocks_;  // of the segment
  std::vector<std::uint64_t> base_distances_;   // of these
  std::vector<format::ChunkChild> chunk_pages_;
  std::size_t old_pages_ = 0;                   // of these, those of the generation before
  format::ChunkPage last_page_;                 // of a further generation
  std::uint64_t block_count_ = 0;
  std::uint64_t stored_bytes_ = 0;
  std::uint64_t expanded_bytes_ = 0;  // of all manifests, as readers count
  std::uint64_t further_pieces_ = 0;
};

}  // namespace npk::writer
