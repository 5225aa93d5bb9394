#include "package/writer/block_filler.h"

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "block/seal.h"
#include "package/writer/alike_content.h"
#include "package/writer/earlier_blocks.h"

namespace npk::writer {
namespace {

constexpr std::size_t kSegmentChunks = 1U << 16;
constexpr std::size_t kSegmentEntries = 1U << 15;
// Of a kind of content, in a segment's last block of it: less compresses better beside what it was found among.
constexpr std::size_t kLeastOwnBlockBytes = 64U << 10;

}  // namespace

void BlockFiller::continue_after(dedup::ChunkIndex chunks, const format::Totals& totals) {
  index_ = std::move(chunks);
  stream_bytes_ = totals.unique_bytes;
  page_.first_chunk = totals.chunks;
  page_.first_block = totals.blocks;
  page_.first_byte = totals.unique_bytes;
}

void BlockFiller::keep(std::uint64_t entry, const format::EntryRow& content) {
  contents_.set({.entry = entry, .size = content.size, .runs = {content.runs.begin(), content.runs.end()}, .digest = content.digest});
}

Result<void> BlockFiller::fill(Batch& batch) {
  std::size_t chunk_begin = 0;
  for (const Piece& piece : batch.pieces) {
    add_piece(batch, piece, chunk_begin);
    chunk_begin = piece.chunk_end;
    if (segment_is_full()) end_segment(batch);
  }
  if (index_.size() >= UINT32_MAX - 1) return fail(Errc::limit, "the package would hold more than four thousand million chunks: use a larger --chunk-size");
  return {};
}

void BlockFiller::finish(Batch& batch) {
  const std::size_t lane = *batch.closing;
  if (lane == 0) join_alike(batch), join_scraps(batch);
  if (lane < kLanes) return close_lane(batch, static_cast<Lane>(lane));
  if (!page_.chunks.empty() || !completed_.empty()) end_segment(batch);
}

bool BlockFiller::segment_is_full() const noexcept {
  return segment_input_bytes_ >= options_.segment_input_bytes || page_.chunks.size() >= kSegmentChunks || completed_.size() >= kSegmentEntries;
}

bool BlockFiller::lane_is_done(Lane lane) const noexcept {
  const std::size_t bytes = has_bases(options_.bases, lane) ? options_.bases.group_bytes : options_.block_bytes[static_cast<std::size_t>(lane)];
  return lane != Lane::incompressible && segment_input_bytes_ + bytes > options_.segment_input_bytes;
}

void BlockFiller::add_piece(Batch& batch, const Piece& piece, std::size_t chunk_begin) {
  if (piece.first) current_ = {.entry = piece.entry};
  // A hole's chunks are what was left before it.
  for (std::size_t i = chunk_begin; i < piece.chunk_end; ++i) add_chunk(batch, batch.chunks[i], batch.chunks[i].is_table ? Lane::numeric : piece.lane);
  if (piece.is_hole) append_run(0, 0, piece.length);
  segment_input_bytes_ += piece.length;
  if (piece.changed) ++changed_entries_;
  if (piece.failed) {
    if (!contents_.has_failed(piece.entry)) ++failed_entries_;
    contents_.set_failed(piece.entry);
  } else if (piece.last && !contents_.has_failed(piece.entry)) {
    complete(piece);
  }
}

// A further name of a linked file has the content of the first one.
bool BlockFiller::copy_from_leader(const Piece& piece) {
  if (contents_.has_failed(piece.leader)) return false;
  format::EntryRow row;
  contents_.describe(piece.leader, row, current_.runs);
  current_.size = row.size;
  current_.digest = row.digest;
  return true;
}

void BlockFiller::complete(const Piece& piece) {
  if (piece.leader != piece.entry) {
    if (copy_from_leader(piece)) completed_.push_back(std::move(current_));
    else ++failed_entries_;
    return;
  }
  if (!(current_.runs.size() == 1 && current_.runs[0].chunk_count == 1)) current_.digest = piece.digest;
  contents_.set(current_);
  completed_.push_back(std::move(current_));
}

void BlockFiller::append_run(std::uint64_t first_chunk, std::uint64_t chunk_count, std::uint64_t bytes) {
  current_.size += bytes;
  if (!current_.runs.empty()) {
    format::Run& last = current_.runs.back();
    const bool joins = chunk_count == 0 ? last.chunk_count == 0 : last.chunk_count != 0 && last.first_chunk + last.chunk_count == first_chunk;
    if (joins) {
      last.chunk_count += chunk_count;
      last.byte_count += bytes;
      return;
    }
  }
  current_.runs.push_back({first_chunk, chunk_count, bytes});
}

std::optional<std::uint64_t> BlockFiller::find_known(const PieceChunk& chunk) const {
  if (options_.deduplication == Deduplication::none || current_.runs.size() >= options_.most_runs) return std::nullopt;
  return index_.find(chunk.hash, chunk.length);
}

void BlockFiller::add_chunk(Batch& batch, PieceChunk& chunk, Lane lane) {
  const auto known = find_known(chunk);
  if (known) duplicate_bytes_ += chunk.length;
  append_run(known ? *known : store(batch, chunk, lane), 1, chunk.length);
}

std::uint64_t BlockFiller::store(Batch& batch, PieceChunk& chunk, Lane lane) {
  if (has_bases(options_.bases, lane)) add_to_group(batch, chunk, lane);
  else add_to_block(batch, chunk, lane);
  stream_bytes_ += chunk.length;
  return index_.add(chunk.hash, chunk.length);
}

void BlockFiller::add_to_block(Batch& batch, const PieceChunk& chunk, Lane lane) {
  const auto index = static_cast<std::size_t>(lane);
  OpenBlock& block = blocks_[index];
  if (block.buffer && block.raw_length + chunk.length > options_.block_bytes[index]) {
    close_lane(batch, lane);
    if (lane_is_done(lane)) end_segment(batch);
  }
  if (!block.buffer) block.buffer = block_buffers_[index]->take();
  page_.chunks.push_back({chunk.hash, chunk.length, 0, 0});
  append(block, page_.chunks.size() - 1, batch.data.data() + chunk.data_begin);
}

void BlockFiller::add_to_group(Batch& batch, PieceChunk& chunk, Lane lane) {
  OpenGroup& group = groups_[static_cast<std::size_t>(lane)];
  if (group.buffer && group.raw_length + chunk.length > options_.bases.group_bytes) {
    close_lane(batch, lane);
    if (lane_is_done(lane)) end_segment(batch);
  }
  if (!group.buffer) group.buffer = group_buffers_.take();
  std::memcpy(group.buffer.data() + group.raw_length, batch.data.data() + chunk.data_begin, chunk.length);
  group.rows.push_back(page_.chunks.size());
  group.samples.push_back(std::move(chunk.samples));
  page_.chunks.push_back({chunk.hash, chunk.length, 0, static_cast<std::uint32_t>(group.raw_length)});
  group.raw_length += chunk.length;
}

void BlockFiller::append(OpenBlock& block, std::size_t row, const std::uint8_t* from) {
  format::ChunkRow& chunk = page_.chunks[row];
  std::memcpy(block.buffer.data() + block::kSealHeadroom + block.raw_length, from, chunk.length);
  chunk.offset = static_cast<std::uint32_t>(block.raw_length);
  block.rows.push_back(row);
  block.raw_length += chunk.length;
}

void BlockFiller::close_lane(Batch& batch, Lane lane) {
  const auto index = static_cast<std::size_t>(lane);
  if (blocks_[index].buffer) close_block(batch, blocks_[index], lane);
  if (groups_[index].buffer) close_group(batch, lane);
}

void BlockFiller::close_group(Batch& batch, Lane lane) {
  const auto index = static_cast<std::size_t>(lane);
  OpenGroup group = std::exchange(groups_[index], {});
  std::vector<GroupChunk> chunks;
  for (std::size_t i = 0; i < group.rows.size(); ++i) chunks.push_back({page_.chunks[group.rows[i]].length, group.samples[i]});
  const DividedGroup divided = divide_group(chunks, options_.block_bytes[index], options_.bases.most_bytes);
  const std::size_t base_output = batch.outputs.size();
  for (std::size_t number = 0; number < divided.blocks.size(); ++number) {
    const bool is_base = divided.has_base && number == 0;
    OpenBlock block;
    block.buffer = is_base ? base_buffers_.take() : block_buffers_[index]->take();
    for (const std::size_t i : divided.blocks[number]) append(block, group.rows[i], group.buffer.data() + page_.chunks[group.rows[i]].offset);
    FilledBlock& filled = close_block(batch, block, lane);
    filled.is_base = is_base;
    if (!divided.has_base || is_base) continue;
    filled.base_output = base_output;
    filled.base_distance = number;
    if (options_.names_blocks) filled.name = name_with_base(filled.name, std::get<FilledBlock>(batch.outputs[base_output]).name);
  }
  group_buffers_.give(std::move(group.buffer));
}

FilledBlock& BlockFiller::close_block(Batch& batch, OpenBlock& block, Lane lane) {
  const auto number = static_cast<std::uint32_t>(page_.blocks.size());
  BlockName name;
  for (const std::size_t row : block.rows) {
    page_.chunks[row].block = number;
    if (options_.names_blocks) name.add(page_.chunks[row]);
  }
  page_.blocks.push_back({.raw_length = block.raw_length});
  FilledBlock filled;
  filled.buffer = std::move(block.buffer);
  filled.raw_length = block.raw_length;
  filled.lane = lane;
  if (options_.names_blocks) filled.name = name.finish();
  block = {};
  return std::get<FilledBlock>(batch.outputs.emplace_back(std::move(filled)));
}

bool BlockFiller::is_scrap(std::size_t lane) const noexcept {
  const OpenBlock& block = blocks_[lane];
  return lane >= kFirstFilteredLane && block.buffer && block.raw_length < std::min(kLeastOwnBlockBytes, options_.block_bytes[0] / kLanes);
}

// As if the lanes' chunks had never been set apart.
BlockFiller::OpenBlock BlockFiller::join(std::span<const std::size_t> lanes, Lane to) {
  std::vector<std::pair<std::size_t, const std::uint8_t*>> rows;  // with their bytes
  for (const std::size_t lane : lanes) {
    for (const std::size_t row : blocks_[lane].rows) rows.emplace_back(row, blocks_[lane].buffer.data() + block::kSealHeadroom + page_.chunks[row].offset);
  }
  std::ranges::sort(rows);
  OpenBlock joined;
  joined.buffer = block_buffers_[static_cast<std::size_t>(to)]->take();
  for (const auto& [row, bytes] : rows) {
    format::ChunkRow& chunk = page_.chunks[row];
    std::memcpy(joined.buffer.data() + block::kSealHeadroom + joined.raw_length, bytes, chunk.length);
    chunk.offset = static_cast<std::uint32_t>(joined.raw_length);
    joined.raw_length += chunk.length;
    joined.rows.push_back(row);
  }
  for (const std::size_t lane : lanes) {
    block_buffers_[lane]->give(std::move(blocks_[lane].buffer));
    blocks_[lane] = {};
  }
  return joined;
}

// A compressor finds in one block what filters would take apart in each.
void BlockFiller::join_alike(Batch& batch) {
  if (!options_.joins_alike) return;
  std::vector<std::size_t> lanes;
  std::vector<ByteView> contents;
  for (const Lane lane : {Lane::ordinary, Lane::repetitive, Lane::json, Lane::markup, Lane::delimited, Lane::lines}) {
    const OpenBlock& block = blocks_[static_cast<std::size_t>(lane)];
    if (!block.buffer) continue;
    lanes.push_back(static_cast<std::size_t>(lane));
    contents.push_back(block.buffer.span(block::kSealHeadroom, block.raw_length));
  }
  for (const std::vector<std::size_t>& group : alike_groups(contents, options_.block_bytes[static_cast<std::size_t>(Lane::repetitive)])) {
    std::vector<std::size_t> members;
    std::size_t bytes = 0;
    for (const std::size_t i : group) members.push_back(lanes[i]), bytes += contents[i].size();
    const Lane to = bytes <= options_.block_bytes[0] ? Lane::ordinary : Lane::repetitive;
    OpenBlock joined = join(members, to);
    close_block(batch, joined, to);
  }
}

void BlockFiller::join_scraps(Batch& batch) {
  std::vector<std::size_t> lanes;
  std::size_t bytes = 0;
  for (std::size_t lane = kFirstFilteredLane; lane < kLanes; ++lane) {
    if (!is_scrap(lane)) continue;
    lanes.push_back(lane);
    bytes += blocks_[lane].raw_length;
  }
  const OpenBlock& repetitive = blocks_[static_cast<std::size_t>(Lane::repetitive)];
  if (repetitive.buffer && blocks_[0].buffer && blocks_[0].raw_length + repetitive.raw_length + bytes <= options_.block_bytes[0])
    lanes.push_back(static_cast<std::size_t>(Lane::repetitive));
  if (lanes.empty()) return;
  if (blocks_[0].raw_length + bytes > options_.block_bytes[0]) close_block(batch, blocks_[0], Lane::ordinary);
  if (blocks_[0].buffer) lanes.push_back(0);
  blocks_[0] = join(lanes, Lane::ordinary);
}

void BlockFiller::end_segment(Batch& batch) {
  join_alike(batch);
  join_scraps(batch);
  for (std::size_t lane = 0; lane < kLanes; ++lane) close_lane(batch, static_cast<Lane>(lane));
  format::ChunkPage next{.first_chunk = index_.size(), .first_block = page_.first_block + page_.blocks.size(), .first_byte = stream_bytes_, .chunks = {}, .blocks = {}};
  batch.outputs.emplace_back(Segment{std::move(page_), std::move(completed_)});
  page_ = std::move(next);
  completed_ = {};
  segment_input_bytes_ = 0;
}

}  // namespace npk::writer
