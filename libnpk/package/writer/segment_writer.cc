#include "package/writer/segment_writer.h"

#include <algorithm>
#include <deque>

#include "block/seal.h"
#include "package/writer/row_weight.h"

namespace npk::writer {
namespace {

constexpr std::size_t kManifestBytes = 16U << 20;  // raw, roughly
constexpr std::size_t kManifestRuns = 1U << 18;    // with one entry more: spec section 16
constexpr std::uint64_t kMergeFactor = 2;
constexpr std::uint64_t kMergedChunks = 1U << 16;

// `next` follows on `page`.
void join(format::ChunkPage& page, const format::ChunkPage& next) {
  const auto blocks = static_cast<std::uint32_t>(page.blocks.size());
  page.blocks.insert(page.blocks.end(), next.blocks.begin(), next.blocks.end());
  for (format::ChunkRow row : next.chunks) {
    row.block += blocks;
    page.chunks.push_back(row);
  }
}

}  // namespace

void SegmentWriter::continue_after(std::vector<format::ChunkChild> chunk_pages, const format::Totals& totals) {
  chunk_pages_ = std::move(chunk_pages);
  old_pages_ = chunk_pages_.size();
  block_count_ = totals.blocks;
  stored_bytes_ = totals.stored_bytes;
}

Result<void> SegmentWriter::write(Batch& batch) {
  for (auto& output : batch.outputs) {
    if (auto* block = std::get_if<FilledBlock>(&output)) {
      NPK_TRY(write_block(*block));
    } else {
      NPK_TRY(write_segment(std::get<Segment>(output)));
    }
  }
  return {};
}

Result<void> SegmentWriter::write_block(FilledBlock& block) {
  if (block.uses_base) place_(block, blocks_[blocks_.size() - block.base_distance].position);
  NPK_ASSIGN(const format::FrameReference written, frames_.write_block(block.body, block.hash, block.seal_counter));
  blocks_.push_back(written);
  base_distances_.push_back(block.uses_base ? block.base_distance : 0);
  ++block_count_;
  stored_bytes_ += written.stored_length;
  return {};
}

Result<void> SegmentWriter::write_segment(const Segment& segment) {
  if (!segment.page.chunks.empty()) NPK_TRY(write_chunk_page(segment.page));
  blocks_.clear();
  base_distances_.clear();
  return write_manifests(segment);
}

Result<void> SegmentWriter::write_chunk_page(format::ChunkPage page) {
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    page.blocks[i].position = blocks_[i].position;
    page.blocks[i].stored_length = blocks_[i].stored_length;
    page.blocks[i].hash = blocks_[i].hash;
    page.blocks[i].base_distance = base_distances_[i];
  }
  NPK_TRY(place_chunk_page(page));
  if (old_pages_ != 0) last_page_ = std::move(page);
  return {};
}

Result<void> SegmentWriter::place_chunk_page(const format::ChunkPage& page) {
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_chunk_page(page), page_level_));
  NPK_ASSIGN(const format::FrameReference written, frames_.write(format::FrameType::chunk_page, body));
  chunk_pages_.push_back({written.position, written.stored_length, written.hash, page.first_chunk, page.first_block, page.first_byte});
  return {};
}

// Of generations of n chunks each there are as many leaves as log n, and each chunk's row has been written log n times.
Result<void> SegmentWriter::merge_small_pages(const ReadLeaf& read) {
  if (old_pages_ == 0 || chunk_pages_.size() != old_pages_ + 1) return {};
  const std::size_t end = last_page_.first_chunk + last_page_.chunks.size();
  std::size_t first = old_pages_;
  const auto fits = [&](std::uint64_t rows, std::uint64_t more) { return more <= kMergeFactor * rows && rows + more <= kMergedChunks; };
  while (first > 0 && fits(end - chunk_pages_[first].first_chunk, chunk_pages_[first].first_chunk - chunk_pages_[first - 1].first_chunk)) --first;
  if (first == old_pages_) return {};
  NPK_ASSIGN(format::ChunkPage merged, read(chunk_pages_[first]));
  for (std::size_t leaf = first + 1; leaf < old_pages_; ++leaf) {
    NPK_ASSIGN(const format::ChunkPage next, read(chunk_pages_[leaf]));
    join(merged, next);
  }
  join(merged, last_page_);
  chunk_pages_.resize(first);
  return place_chunk_page(merged);
}

void SegmentWriter::count(std::uint64_t expanded_bytes, std::uint64_t further_pieces) noexcept {
  expanded_bytes_ += expanded_bytes;
  further_pieces_ += further_pieces;
}

void SegmentWriter::count(const format::EntryRow& row) noexcept {
  std::uint64_t pieces = 0;
  for (const format::Run& run : row.runs) {
    if (run.chunk_count != 0) expanded_bytes_ += run.byte_count;
    pieces += std::max<std::uint64_t>(run.chunk_count, 1);
  }
  if (pieces > 1) further_pieces_ += pieces - 1;
}

// A package that would expand further than readers allow is filled up: they count what came before each manifest.
// One manifest for all, or several where long paths or attributes would make it too large. The first has the places of the segment's chunks, so there
// is one where no entry is complete, too.
Result<void> SegmentWriter::write_manifests(const Segment& segment) {
  std::span<const CompletedEntry> completed = segment.completed;
  for (bool is_first = true; !completed.empty() || (is_first && !segment.page.chunks.empty()); is_first = false) {
    std::deque<EntryScratch> scratches;
    std::vector<format::EntryRow> rows;
    std::size_t weight = 0, runs = 0;
    for (std::size_t i = 0; i < completed.size() && weight < kManifestBytes && runs < kManifestRuns; ++i) {
      format::EntryRow row = input_.entry(completed[i].entry, scratches.emplace_back());
      row.size = completed[i].size;
      row.runs = completed[i].runs;
      row.digest = completed[i].digest;
      weight += row_weight(row);
      runs += row.runs.size();
      count(row);
      rows.push_back(row);
    }
    const format::ChunkPlaces places = is_first ? format::places_of(segment.page, rows) : format::ChunkPlaces();
    NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_catalog_page(format::PageKind::manifest, rows, places), page_level_));
    NPK_TRY(pad());
    NPK_TRY(frames_.write(format::FrameType::manifest, body));
    completed = completed.subspan(rows.size());
  }
  return {};
}

}  // namespace npk::writer
