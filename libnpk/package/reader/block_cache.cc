#include "package/reader/block_cache.h"

#include <algorithm>
#include <utility>

namespace npk::reader {
namespace {

constexpr std::uint64_t kPrefixStep = 128U << 10;  // what zstd decodes at a time

}  // namespace

// While it lives other threads wait for the block; whatever happens, they go on after it.
struct BlockCache::Loading {
  Loading(BlockCache& of, std::uint64_t at) : cache(of), number(at) {}
  Loading(const Loading&) = delete;
  Loading& operator=(const Loading&) = delete;
  ~Loading() { cache.settle(number, std::move(block)); }

  BlockCache& cache;
  std::uint64_t number;
  std::shared_ptr<DecodedBytes> block;
};

BlockCache::Block BlockCache::try_get(const BlockLocation& block, std::uint64_t needed_bytes, Use) {
  const std::scoped_lock lock(mutex_);
  const auto at = slots_.find(block.number);
  if (at == slots_.end() || at->second.block == nullptr) return nullptr;
  return at->second.block->size() >= std::min(needed_bytes, block.row.raw_length) ? at->second.block : nullptr;
}

Result<BlockCache::Block> BlockCache::get(const BlockLocation& block, std::uint64_t needed_bytes, const Access&,
                                          Cost* cost) {
  needed_bytes = std::min(needed_bytes, block.row.raw_length);
  std::unique_lock lock(mutex_);
  Slot& slot = slot_of(block.number);
  ++slot.waiting;
  loaded_.wait(lock, [&] { return !slot.loading; });
  --slot.waiting;
  recency_.splice(recency_.begin(), recency_, slot.recency);
  if (slot.block != nullptr && slot.block->size() >= needed_bytes) {
    ReadCounters::add(counters_->block_cache_hits, 1);
    if (cost != nullptr) cost->hit = true;
    return slot.block;
  }
  ReadCounters::add(counters_->block_cache_misses, 1);
  const std::uint64_t first = std::min((needed_bytes + kPrefixStep - 1) / kPrefixStep * kPrefixStep, block.row.raw_length);
  const std::uint64_t wanted = slot.block == nullptr ? first : block.row.raw_length;
  slot.loading = true;
  lock.unlock();
  Loading loading(*this, block.number);
  auto buffer = std::make_shared<DecodedBytes>(static_cast<std::size_t>(wanted));
  const auto begun = std::chrono::steady_clock::now();
  NPK_TRY(loader_->load_into(block, buffer->writable()));
  if (cost != nullptr) cost->decoding += std::chrono::steady_clock::now() - begun;
  if (cost != nullptr) cost->stored_bytes += block.row.stored_length;
  loading.block = buffer;
  return buffer;
}

BlockCache::Slot& BlockCache::slot_of(std::uint64_t number) {
  const auto [at, inserted] = slots_.try_emplace(number);
  if (inserted) {
    recency_.push_front(number);
    at->second.recency = recency_.begin();
  }
  return at->second;
}

// A load that failed leaves what was there before.
void BlockCache::settle(std::uint64_t number, std::shared_ptr<DecodedBytes> block) {
  const std::scoped_lock lock(mutex_);
  const auto at = slots_.find(number);
  Slot& slot = at->second;
  slot.loading = false;
  if (block != nullptr) {
    cached_bytes_ += block->size() - (slot.block == nullptr ? 0 : slot.block->size());
    slot.block = std::move(block);
    evict();
  } else if (slot.block == nullptr && slot.waiting == 0) {
    recency_.erase(slot.recency);
    slots_.erase(at);
  }
  loaded_.notify_all();
}

// The newest block stays, however large: its reader is about to come back to it.
void BlockCache::evict() {
  for (auto oldest = recency_.end(); cached_bytes_ > capacity_bytes_ && --oldest != recency_.begin();) {
    const auto at = slots_.find(*oldest);
    if (at->second.loading || at->second.waiting != 0) continue;
    if (at->second.block != nullptr) cached_bytes_ -= at->second.block->size();
    slots_.erase(at);
    oldest = recency_.erase(oldest);
  }
}

std::uint64_t BlockCache::cached_bytes() const {
  const std::scoped_lock lock(mutex_);
  return cached_bytes_;
}

}  // namespace npk::reader
