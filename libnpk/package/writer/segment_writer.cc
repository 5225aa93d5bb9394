#include "package/writer/segment_writer.h"

#include <deque>

#include "block/seal.h"

namespace npk::writer {

Result<void> SegmentWriter::write(const Batch& batch) {
  for (const auto& output : batch.outputs) {
    if (const auto* block = std::get_if<FilledBlock>(&output)) {
      NPK_TRY(write_block(*block));
    } else {
      NPK_TRY(write_segment(std::get<Segment>(output)));
    }
  }
  return {};
}

Result<void> SegmentWriter::write_block(const FilledBlock& block) {
  NPK_ASSIGN(const format::FrameReference written, frames_.write(format::FrameType::block, block.body, block.hash));
  blocks_.push_back(written);
  ++block_count_;
  stored_bytes_ += written.stored_length;
  return {};
}

Result<void> SegmentWriter::write_segment(const Segment& segment) {
  if (!segment.page.chunks.empty()) NPK_TRY(write_chunk_page(segment.page));
  blocks_.clear();
  return segment.completed.empty() ? Result<void>() : write_manifest(segment.completed);
}

Result<void> SegmentWriter::write_chunk_page(format::ChunkPage page) {
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    page.blocks[i].position = blocks_[i].position;
    page.blocks[i].stored_length = blocks_[i].stored_length;
    page.blocks[i].hash = blocks_[i].hash;
  }
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_chunk_page(page), page_level_));
  NPK_ASSIGN(const format::FrameReference written, frames_.write(format::FrameType::chunk_page, body));
  chunk_pages_.push_back({written.position, written.stored_length, written.hash, page.first_chunk, page.first_block, page.first_byte});
  return {};
}

Result<void> SegmentWriter::write_manifest(const std::vector<CompletedEntry>& completed) {
  std::deque<EntryScratch> scratches(completed.size());
  std::vector<format::EntryRow> rows;
  rows.reserve(completed.size());
  for (std::size_t i = 0; i < completed.size(); ++i) {
    format::EntryRow row = input_.entry(completed[i].entry, scratches[i]);
    row.size = completed[i].size;
    row.runs = completed[i].runs;
    row.digest = completed[i].digest;
    rows.push_back(row);
  }
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_catalog_page(format::PageKind::manifest, rows), page_level_));
  NPK_TRY(frames_.write(format::FrameType::manifest, body));
  return {};
}

}  // namespace npk::writer
