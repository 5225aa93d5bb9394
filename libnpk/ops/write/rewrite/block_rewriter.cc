#include "ops/write/rewrite/block_rewriter.h"

#include <algorithm>
#include <cstring>

#include "hash/hash.h"
#include "ops/read/block_heads.h"
#include "package/reader/impl.h"
#include "pool/pipeline.h"

namespace npk::ops {
namespace {

// A segment ends within 64 MiB (spec section 12); whole old pages go into it, of which each keeps to that.
constexpr std::uint64_t kSegmentBytes = 64ULL << 20;
constexpr std::size_t kSegmentChunks = 1U << 16;

}  // namespace

BlockRewriter::BlockRewriter(const PackageReader& from, const LiveChunks& live, BlockRewriterOptions options, bool is_sealed,
                             writer::FrameWriter& to, RewriteReport& report)
    : from_(from), live_(live), options_(std::move(options)), is_sealed_(is_sealed), to_(to), report_(report),
      sealers_(writer::seal_options(options_.plan, options_.stop)) {}

Result<void> BlockRewriter::run(const SegmentCallback& end_segment) {
  chunk_hashes_.reserve(static_cast<std::size_t>(live_.size()));
  using pool::StageKind;
  std::vector<pool::Stage<Job>> stages;
  stages.push_back({StageKind::parallel, [this](Job& job) { return make(job); }});
  stages.push_back({StageKind::serial_in_order, [this, &end_segment](Job& job) { return write(job, end_segment); }});
  NPK_TRY(pool::run_pipeline<Job>({.threads = options_.plan.threads, .max_tokens = options_.plan.threads + 1, .stop = options_.stop},
                                  [this] { return next_job(); }, std::move(stages)));
  report_.not_restored_blocks = sealers_.not_restored_blocks();
  return {};
}

Result<std::unique_ptr<BlockRewriter::Job>> BlockRewriter::next_job() {
  if (planned_jobs_.empty()) NPK_TRY(plan_next_segment());
  if (planned_jobs_.empty()) return nullptr;
  std::unique_ptr<Job> job = std::move(planned_jobs_.front());
  planned_jobs_.pop_front();
  return job;
}

// Pages without live chunks are passed over.
Result<ChunkLeafPointer> BlockRewriter::next_leaf() {
  const reader::ChunkTable& chunks = from_.impl().chunks();
  while (next_old_chunk_ < chunks.totals().chunks) {
    NPK_ASSIGN(ChunkLeafPointer leaf, chunks.leaf_of_chunk(next_old_chunk_));
    const std::uint64_t first = leaf->page.first_chunk, end = first + leaf->page.chunks.size();
    next_old_chunk_ = end;
    for (std::uint64_t chunk = first; chunk < end; ++chunk)
      if (live_.is_live(chunk)) return leaf;
  }
  return nullptr;
}

std::uint64_t BlockRewriter::live_bytes(const format::ChunkPage& page) const {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < page.chunks.size(); ++i) bytes += live_.is_live(page.first_chunk + i) ? page.chunks[i].length : 0;
  return bytes;
}

Result<void> BlockRewriter::plan_next_segment() {
  std::vector<ChunkLeafPointer> leaves;
  std::uint64_t bytes = 0;
  std::size_t chunks = 0;
  for (;;) {
    if (leaf_ == nullptr) {
      NPK_ASSIGN(leaf_, next_leaf());
    }
    if (leaf_ == nullptr) break;
    const std::uint64_t more_bytes = live_bytes(leaf_->page);
    const std::size_t more_chunks = leaf_->page.chunks.size();
    if (!leaves.empty() && (bytes + more_bytes > kSegmentBytes || chunks + more_chunks > kSegmentChunks)) break;
    bytes += more_bytes;
    chunks += more_chunks;
    leaves.push_back(std::exchange(leaf_, nullptr));
  }
  if (leaves.empty()) return {};
  PlannedSegment segment = plan_segment(leaves, live_, options_.rules, [this](const reader::BlockLocation& block) { return filtered_lane(block); }, planned_);
  planned_.chunks += segment.page.chunks.size();
  planned_.bytes += bytes;
  for (PlannedBlock& block : segment.blocks) {
    planned_jobs_.push_back(std::make_unique<Job>());
    planned_jobs_.back()->work = std::move(block);
  }
  planned_jobs_.push_back(std::make_unique<Job>());
  planned_jobs_.back()->work = SegmentEnd{std::move(segment.page), segment.old_chunk_end};
  return {};
}

// What cannot be read here is told of when it is copied or packed.
std::optional<writer::Lane> BlockRewriter::filtered_lane(const reader::BlockLocation& block) const {
  if (!options_.plan.choose_filters) return std::nullopt;
  const reader::FrameReader& frames = from_.impl().frames();
  const auto header = frames.read_header(block.row.position);
  if (!header) return std::nullopt;
  const auto inner = peek_inner_header(frames, block.row.position, *header);
  if (!inner) return std::nullopt;
  if (const auto kind = inner->chain.empty() ? codec::ContentKind::general : block::kind_of_filter(inner->chain.front().id);
      kind != codec::ContentKind::general)
    return writer::lane_of_kind(kind);
  if (options_.rules.copies) return std::nullopt;
  const auto head = from_.impl().blocks().load(block, std::min<std::uint64_t>(block.row.raw_length, codec::kKindHeadBytes));
  const auto kind = head ? codec::kind_of(*head) : codec::ContentKind::general;
  return kind == codec::ContentKind::general ? std::nullopt : std::optional(writer::lane_of_kind(kind));
}

Result<void> BlockRewriter::make(Job& job) {
  const auto* block = std::get_if<PlannedBlock>(&job.work);
  if (block == nullptr) return {};
  if (block->is_copy) return copy(job, *block);
  return block->is_group ? pack_group(job, *block) : pack(job, *block);
}

Result<void> BlockRewriter::copy(Job& job, const PlannedBlock& block) {
  for (const PlannedSource& source : block.sources) {
    const format::BlockRow& row = source.block.row;
    const format::FrameReference place{row.position, row.stored_length, row.hash};
    MadeBlock& made = job.blocks.emplace_back();
    NPK_ASSIGN(const ByteView body, from_.impl().frames().read_body(format::FrameType::block, place, from_.impl().commit_position(), made.stored));
    if (body.size() < format::kInnerHeaderFixedBytes) return fail(Errc::truncated, "a block ends within its header");
    made.body = MutableBytes(made.stored).subspan(static_cast<std::size_t>(body.data() - made.stored.data()), body.size());
    made.hash = row.hash;
    made.raw_length = row.raw_length;
    for (const PlannedChunk& chunk : source.chunks) made.rows.push_back({chunk.row, chunk.offset});
  }
  return {};
}

Result<void> BlockRewriter::pack(Job& job, const PlannedBlock& block) {
  MadeBlock& made = job.blocks.emplace_back();
  made.raw_length = block.raw_length;
  const auto raw_length = static_cast<std::size_t>(block.raw_length);
  made.buffer = writer::Buffer(block::kSealHeadroom + raw_length);
  NPK_TRY(gather(block, made.buffer.span(block::kSealHeadroom, raw_length)));
  std::uint32_t end = 0;
  for (const PlannedSource& source : block.sources) {
    for (const PlannedChunk& chunk : source.chunks) made.rows.push_back({chunk.row, std::exchange(end, end + chunk.length)});
  }
  NPK_ASSIGN(block::BlockSealer sealer, sealers_.take());
  NPK_TRY(compress(made, block.lane, {}, sealer));
  sealers_.give(std::move(sealer));
  return {};
}

// As a new package's blocks are made, of the chunks in the order of their numbers.
Result<void> BlockRewriter::pack_group(Job& job, const PlannedBlock& group) {
  struct GroupPiece {
    std::size_t row = 0;
    ByteView bytes;
  };
  Bytes raw(static_cast<std::size_t>(group.raw_length));
  NPK_TRY(gather(group, raw));
  std::vector<GroupPiece> pieces;
  std::size_t end = 0;
  for (const PlannedSource& source : group.sources) {
    for (const PlannedChunk& chunk : source.chunks) pieces.push_back({chunk.row, ByteView(raw).subspan(std::exchange(end, end + chunk.length), chunk.length)});
  }
  std::ranges::sort(pieces, {}, &GroupPiece::row);
  std::vector<std::vector<std::uint32_t>> samples;
  std::vector<writer::GroupChunk> chunks;
  for (const GroupPiece& piece : pieces) samples.push_back(writer::sample_content(piece.bytes));
  for (std::size_t i = 0; i < pieces.size(); ++i) chunks.push_back({static_cast<std::uint32_t>(pieces[i].bytes.size()), samples[i]});
  const writer::DividedGroup divided =
      writer::divide_group(chunks, options_.rules.block_bytes[static_cast<std::size_t>(group.lane)], options_.rules.bases.most_bytes);
  for (const std::vector<std::size_t>& block : divided.blocks) {
    MadeBlock& made = job.blocks.emplace_back();
    for (const std::size_t i : block) made.raw_length += pieces[i].bytes.size();
    made.buffer = writer::Buffer(block::kSealHeadroom + static_cast<std::size_t>(made.raw_length));
    std::uint32_t offset = 0;
    for (const std::size_t i : block) {
      std::memcpy(made.buffer.data() + block::kSealHeadroom + offset, pieces[i].bytes.data(), pieces[i].bytes.size());
      made.rows.push_back({pieces[i].row, std::exchange(offset, offset + chunks[i].length)});
    }
  }
  block::Base base;
  if (divided.has_base)
    base = {job.blocks.front().buffer.span(block::kSealHeadroom, static_cast<std::size_t>(job.blocks.front().raw_length)), block::kPlacedLater};
  NPK_ASSIGN(block::BlockSealer sealer, sealers_.take());
  sealer.keep_base(base.raw);
  for (MadeBlock& made : job.blocks) NPK_TRY(compress(made, group.lane, &made == &job.blocks.front() ? block::Base() : base, sealer));
  sealer.keep_base({});
  sealers_.give(std::move(sealer));
  return {};
}

Result<void> BlockRewriter::compress(MadeBlock& made, writer::Lane lane, const block::Base& base, block::BlockSealer& sealer) const {
  const std::size_t bytes = block::kSealHeadroom + static_cast<std::size_t>(made.raw_length);
  const bool try_compression = lane != writer::Lane::incompressible;
  if (try_compression) made.room = writer::Buffer(bytes);
  NPK_ASSIGN(const ByteView body, sealer.seal(made.buffer.span(0, bytes), base, try_compression ? made.room.span(0, bytes) : MutableBytes(),
                                              writer::kind_of_lane(lane), try_compression));
  const writer::Buffer& memory = made.room.holds(body.data()) ? made.room : made.buffer;
  made.body = memory.span(static_cast<std::size_t>(body.data() - memory.data()), body.size());
  if (!is_sealed_) made.hash = hash::blake3(body);
  return {};
}

// Each chunk is checked: what is packed anew is no longer vouched for by the hash of the block it lay in.
Result<void> BlockRewriter::gather(const PlannedBlock& block, MutableBytes out) const {
  std::size_t end = 0;
  for (const PlannedSource& source : block.sources) {
    const PlannedChunk& last = source.chunks.back();
    NPK_ASSIGN(const Bytes raw, from_.impl().blocks().load(source.block, std::uint64_t{last.offset} + last.length));
    for (const PlannedChunk& chunk : source.chunks) {
      const ByteView bytes = ByteView(raw).subspan(chunk.offset, chunk.length);
      if (hash::blake3(bytes) != chunk.hash)
        return from_.impl().frames().placed(Result<void>(fail_corrupt("a chunk is not what its hash says")), source.block.row.position);
      std::memcpy(out.data() + end, bytes.data(), bytes.size());
      end += bytes.size();
    }
  }
  return {};
}

Result<void> BlockRewriter::write(Job& job, const SegmentCallback& end_segment) {
  if (const auto* block = std::get_if<PlannedBlock>(&job.work)) return write_blocks(job, *block);
  auto& segment = std::get<SegmentEnd>(job.work);
  NPK_TRY(write_page(segment.page));
  return end_segment(segment.page, segment.old_chunk_end);
}

Result<void> BlockRewriter::write_blocks(Job& job, const PlannedBlock& planned) {
  for (std::size_t i = 0; i < job.blocks.size(); ++i) {
    NPK_TRY(write_block(job.blocks[i], i));
    ++(planned.is_copy ? report_.copied_blocks : report_.rewritten_blocks);
    done_bytes_ += job.blocks[i].raw_length;
  }
  if (options_.progress) options_.progress({.done_bytes = std::min(done_bytes_, report_.unique_bytes), .total_bytes = report_.unique_bytes});
  return {};
}

// `distance`: to its base, if it has one: only here is it known where that is.
Result<void> BlockRewriter::write_block(MadeBlock& made, std::size_t distance) {
  std::uint8_t* const base_field = made.body.data() + format::kBasePositionOffset;
  const bool uses_base = load_le<std::uint64_t>(base_field) != 0;
  if (uses_base) {
    if (distance == 0) return fail_corrupt("a block has a base, though its chunk page says it has none");
    store_le(base_field, blocks_[blocks_.size() - distance].position);
    made.hash = hash::blake3(made.body);
  }
  auto written = is_sealed_ ? to_.write(format::FrameType::block, made.body) : to_.write_block(made.body, made.hash, 0);
  if (!written) return std::unexpected(std::move(written).error());
  placed_.emplace_back(blocks_.size(), std::move(made.rows));
  blocks_.push_back({.position = written->position, .stored_length = written->stored_length, .raw_length = made.raw_length, .hash = written->hash,
                     .base_distance = uses_base ? distance : 0});
  stored_bytes_ += written->stored_length;
  made = {};
  return {};
}

Result<void> BlockRewriter::write_page(format::ChunkPage& page) {
  for (const auto& [block, rows] : placed_) {
    for (const PlacedRow& row : rows) {
      page.chunks[row.row].block = static_cast<std::uint32_t>(block);
      page.chunks[row.row].offset = row.offset;
    }
  }
  placed_.clear();
  page.first_block = block_count_;
  block_count_ += blocks_.size();
  page.blocks = std::exchange(blocks_, {});
  for (const format::ChunkRow& chunk : page.chunks) chunk_hashes_.push_back(chunk.hash);
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_chunk_page(page), options_.plan.page_level));
  NPK_ASSIGN(const format::FrameReference written, to_.write(format::FrameType::chunk_page, body));
  chunk_pages_.push_back({written.position, written.stored_length, written.hash, page.first_chunk, page.first_block, page.first_byte});
  return {};
}

}  // namespace npk::ops
