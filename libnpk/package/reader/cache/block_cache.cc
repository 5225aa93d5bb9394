#include "package/reader/cache/block_cache.h"

#include <algorithm>
#include <utility>

namespace npk::reader {
namespace {

constexpr std::uint64_t kPrefixStep = 128U << 10;  // what zstd decodes at a time
// A block no larger than this share of the cache has a buffer for all of it, whatever prefix is decoded: buffers of one
// size serve again as they are, and fresh pages cost a fifth of decoding into them.
constexpr std::uint64_t kWholeBufferShare = 8;
constexpr std::uint64_t kPassingShare = 4;  // of the cache, what blocks take that are only passing

std::shared_ptr<BufferPool> pool_of_own(std::uint64_t capacity_bytes) {
  // Refused only for options that these are not.
  return BufferPool::create({.max_total_bytes = capacity_bytes, .max_buffer_bytes = capacity_bytes}).value();
}

}  // namespace

DecodedBlock::DecodedBlock(BufferPool::Buffer buffer, std::size_t size_bytes)
    : pooled_(std::make_unique<BufferPool::Buffer>(std::move(buffer))),
      bytes_(pooled_->bytes().first(size_bytes)),
      generation_(io::fork_generation()) {}

DecodedBlock::DecodedBlock(std::size_t size_bytes)
    : plain_(std::make_unique_for_overwrite<std::uint8_t[]>(size_bytes)), bytes_(plain_.get(), size_bytes) {}

DecodedBlock::~DecodedBlock() {
  if (pooled_ != nullptr && generation_ != io::fork_generation()) static_cast<void>(pooled_.release());
}

BlockCache::BlockCache(std::shared_ptr<const BlockLoader> loader, std::shared_ptr<ReadCounters> counters,
                       std::uint64_t capacity_bytes, std::shared_ptr<BufferPool> pool)
    : loader_(std::move(loader)),
      counters_(std::move(counters)),
      capacity_bytes_(capacity_bytes),
      process_([capacity_bytes, given = std::move(pool), first = io::fork_generation()] {
        const bool is_here = given != nullptr && first == io::fork_generation();
        return std::make_unique<State>(is_here ? given : pool_of_own(capacity_bytes));
      }) {}

BlockCache::Block BlockCache::find(const BlockLocation& block, std::uint64_t needed_bytes, Use use) {
  auto found = process_.here().blocks.find(block.number, needed_bytes, use);
  if (found != nullptr) counters_->block_cache_hits.add(1);
  return std::static_pointer_cast<const DecodedBlock>(std::move(found));
}

BlockCache::Block BlockCache::try_get(const BlockLocation& block, std::uint64_t needed_bytes, Use use) {
  return find(block, std::min(needed_bytes, block.row.raw_length), use);
}

Result<BlockCache::Block> BlockCache::get(const BlockLocation& block, std::uint64_t needed_bytes, const Access& access,
                                          Cost* cost) {
  needed_bytes = std::min(needed_bytes, block.row.raw_length);
  if (Block found = find(block, needed_bytes, access.use)) {
    if (cost != nullptr) cost->hit = true;
    return found;
  }
  State& state = process_.here();
  Cost took;
  const std::uint64_t steps = (needed_bytes + kPrefixStep - 1) / kPrefixStep;
  NPK_ASSIGN(SharedCache::Got got,
             state.blocks.get(block.number, needed_bytes, access, [&](bool has_part) -> Result<SharedCache::Loaded> {
               const std::uint64_t wanted = has_part ? block.row.raw_length : steps * kPrefixStep;
               return load(state, block, std::min(wanted, block.row.raw_length), access.use, took);
             }));
  (got.was_loaded ? counters_->block_cache_misses : counters_->block_cache_hits).add(1);
  if (cost != nullptr) {
    cost->hit = !got.was_loaded;
    cost->waiting += got.waited;
    cost->decoding += took.decoding;
    cost->stored_bytes += took.stored_bytes;
  }
  return std::static_pointer_cast<const DecodedBlock>(std::move(got.value));
}

Result<SharedCache::Loaded> BlockCache::load(State& state, const BlockLocation& block, std::uint64_t wanted_bytes, Use use,
                                             Cost& cost) {
  const auto begun = std::chrono::steady_clock::now();
  const auto decoded = make_room(state, wanted_bytes, block.row.raw_length, use);
  NPK_TRY(decode(state, block, *decoded, cost));
  cost.decoding = std::chrono::steady_clock::now() - begun;
  const bool keep = decoded->is_pooled();
  if (!keep) counters_->blocks_uncached.add(1);
  return SharedCache::Loaded{decoded, decoded->size(), decoded->memory_bytes(), keep};
}

Result<void> BlockCache::decode(State& state, const BlockLocation& block, DecodedBlock& decoded, Cost& cost) {
  NPK_ASSIGN(const std::optional<BlockLocation> base_block, loader_->locate_base(block));
  if (!base_block) return loader_->load_into(block, decoded.writable(), &cost.stored_bytes);
  NPK_ASSIGN(const Block raw, base(state, *base_block, cost));
  return loader_->load_with_base(block, *base_block, raw->view().first(static_cast<std::size_t>(base_block->row.raw_length)), decoded.writable(),
                                 &cost.stored_bytes);
}

// It names no base itself, so nobody waits for one who waits for them.
Result<BlockCache::Block> BlockCache::base(State& state, const BlockLocation& block, Cost& cost) {
  const std::uint64_t whole = block.row.raw_length;
  if (auto found = state.blocks.find(block.number, whole, Use::random)) return std::static_pointer_cast<const DecodedBlock>(std::move(found));
  NPK_ASSIGN(SharedCache::Got got, state.blocks.get(block.number, whole, {}, [&](bool) { return load(state, block, whole, Use::random, cost); }));
  cost.waiting += got.waited;
  return std::static_pointer_cast<const DecodedBlock>(std::move(got.value));
}

// A pool whose limit was lowered is obeyed here too when the block itself finds no room.
std::shared_ptr<DecodedBlock> BlockCache::make_room(State& state, std::uint64_t wanted_bytes, std::uint64_t raw_length,
                                                    Use use) {
  const auto size = static_cast<std::size_t>(wanted_bytes);
  const std::uint64_t most = std::min(capacity_bytes_, state.pool->max_total_bytes());
  const std::uint64_t room = raw_length <= most / kWholeBufferShare ? raw_length : wanted_bytes;
  const bool fits = room <= most;
  if (use == Use::passing) {
    while (state.blocks.recycle_one(most / kPassingShare)) continue;
  }
  bool can_evict = true;
  while (can_evict && state.blocks.bytes() > (fits ? most - room : most)) can_evict = state.blocks.evict_one();
  while (fits) {
    auto buffer = state.pool->get(static_cast<std::size_t>(room));
    if (buffer) return std::make_shared<DecodedBlock>(*std::move(buffer), size);
    if (!state.blocks.evict_one()) break;
  }
  return std::make_shared<DecodedBlock>(size);
}

}  // namespace npk::reader
