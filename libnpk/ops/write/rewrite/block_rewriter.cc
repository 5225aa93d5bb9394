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
  return pool::run_pipeline<Job>({.threads = options_.plan.threads, .max_tokens = options_.plan.threads + 1, .stop = options_.stop},
                                 [this] { return next_job(); }, std::move(stages));
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
  planned_.blocks += segment.page.blocks.size();
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
  if (const auto kind = inner->chain.empty() ? codec::ContentKind::general : block::kind_of_filter(inner->chain.front().id); kind != codec::ContentKind::general)
    return writer::lane_of_kind(kind);
  if (options_.rules.copies) return std::nullopt;
  const auto head = from_.impl().blocks().load(block, std::min<std::uint64_t>(block.row.raw_length, codec::kKindHeadBytes));
  const auto kind = head ? codec::kind_of(*head) : codec::ContentKind::general;
  return kind == codec::ContentKind::general ? std::nullopt : std::optional(writer::lane_of_kind(kind));
}

Result<void> BlockRewriter::make(Job& job) {
  const auto* block = std::get_if<PlannedBlock>(&job.work);
  if (block == nullptr) return {};
  return block->is_copy ? copy(job, *block) : pack(job, *block);
}

Result<void> BlockRewriter::copy(Job& job, const PlannedBlock& block) {
  const format::BlockRow& row = block.sources.front().block.row;
  const format::FrameReference place{row.position, row.stored_length, row.hash};
  NPK_ASSIGN(job.body, from_.impl().frames().read_body(format::FrameType::block, place, from_.impl().commit_position(), job.stored));
  job.hash = row.hash;
  return {};
}

Result<void> BlockRewriter::pack(Job& job, const PlannedBlock& block) {
  const auto raw_length = static_cast<std::size_t>(block.raw_length);
  const std::size_t bytes = block::kSealHeadroom + raw_length;
  job.buffer = writer::Buffer(bytes);
  NPK_TRY(gather(block, job.buffer.span(block::kSealHeadroom, raw_length)));
  const bool try_compression = block.lane != writer::Lane::incompressible;
  if (try_compression) job.room = writer::Buffer(bytes);
  NPK_ASSIGN(block::BlockSealer sealer, sealers_.take());
  NPK_ASSIGN(job.body, sealer.seal(job.buffer.span(0, bytes), {}, try_compression ? job.room.span(0, bytes) : MutableBytes(), writer::kind_of_lane(block.lane), try_compression));
  sealers_.give(std::move(sealer));
  if (!is_sealed_) job.hash = hash::blake3(job.body);
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
        return from_.impl().frames().placed(Result<void>(fail(Errc::corrupt, "a chunk is not what its hash says")), source.block.row.position);
      std::memcpy(out.data() + end, bytes.data(), bytes.size());
      end += bytes.size();
    }
  }
  return {};
}

Result<void> BlockRewriter::write(Job& job, const SegmentCallback& end_segment) {
  if (const auto* block = std::get_if<PlannedBlock>(&job.work)) return write_block(job, *block);
  auto& segment = std::get<SegmentEnd>(job.work);
  NPK_TRY(write_page(std::move(segment.page)));
  return end_segment(segment.old_chunk_end);
}

Result<void> BlockRewriter::write_block(const Job& job, const PlannedBlock& block) {
  auto written = is_sealed_ ? to_.write(format::FrameType::block, job.body) : to_.write_block(job.body, job.hash, 0);
  if (!written) return std::unexpected(std::move(written).error());
  blocks_.push_back(*written);
  stored_bytes_ += written->stored_length;
  ++(block.is_copy ? report_.copied_blocks : report_.rewritten_blocks);
  done_bytes_ += block.raw_length;
  if (options_.progress) options_.progress({.done_bytes = std::min(done_bytes_, report_.unique_bytes), .total_bytes = report_.unique_bytes});
  return {};
}

Result<void> BlockRewriter::write_page(format::ChunkPage page) {
  for (std::size_t i = 0; i < page.blocks.size(); ++i) {
    page.blocks[i].position = blocks_[i].position;
    page.blocks[i].stored_length = blocks_[i].stored_length;
    page.blocks[i].hash = blocks_[i].hash;
  }
  blocks_.clear();
  for (const format::ChunkRow& chunk : page.chunks) chunk_hashes_.push_back(chunk.hash);
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_chunk_page(page), options_.plan.page_level));
  NPK_ASSIGN(const format::FrameReference written, to_.write(format::FrameType::chunk_page, body));
  chunk_pages_.push_back({written.position, written.stored_length, written.hash, page.first_chunk, page.first_block, page.first_byte});
  return {};
}

}  // namespace npk::ops
