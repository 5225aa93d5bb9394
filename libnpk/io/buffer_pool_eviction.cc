// How idle buffers leave the pool: for room, by time, all of them; and the statistics over all shards.
#include <algorithm>
#include <thread>

#include "io/buffer_pool_core.h"

namespace npk::io {

// The shard of the globally oldest idle block. Looks without locks first; "none" is only believed of a look under each
// shard's lock in turn (may_keep relies on that).
BufferShard* BufferPoolCore::shard_of_oldest(std::uint64_t& sequence) noexcept {
  const auto look = [&](auto sequence_of) {
    BufferShard* found = nullptr;
    sequence = BufferShard::kNoneIdle;
    for (BufferShard& shard : shards_) {
      const std::uint64_t oldest = sequence_of(shard);
      if (oldest >= sequence) continue;
      sequence = oldest;
      found = &shard;
    }
    return found;
  };
  if (BufferShard* found = look([](const BufferShard& shard) { return shard.oldest_sequence(); })) return found;
  return look([](BufferShard& shard) { return shard.oldest_sequence_locked(); });
}

bool BufferPoolCore::evict_oldest() noexcept {
  std::uint64_t sequence = 0;
  while (BufferShard* shard = shard_of_oldest(sequence)) {
    frees_in_flight_.fetch_add(1);
    PoolBlock* block =
        shard->take_oldest(Removal::for_room, [&](const PoolBlock& oldest) { return oldest.sequence == sequence; });
    if (block != nullptr) free_idle(block);
    frees_in_flight_.fetch_sub(1);
    if (block != nullptr) return true;  // else somebody took it first
  }
  return false;
}

void BufferPoolCore::free_idle(PoolBlock* block) noexcept {
  quotas_[block->size_class].leave();
  free_block(block);
}

bool BufferPoolCore::evict_if_expired(BufferShard& shard, TimePoint time) noexcept {
  frees_in_flight_.fetch_add(1);
  PoolBlock* block = shard.take_oldest(
      Removal::by_time, [&](const PoolBlock& oldest) { return time - oldest.idle_since >= eviction_timeout_; });
  if (block != nullptr) free_idle(block);
  frees_in_flight_.fetch_sub(1);
  return block != nullptr;
}

std::size_t BufferPoolCore::evict_expired_at(TimePoint time) noexcept {
  std::size_t evicted = 0;
  for (BufferShard& shard : shards_) {
    while (evict_if_expired(shard, time)) ++evicted;
  }
  return evicted;
}

std::size_t BufferPoolCore::evict_expired() noexcept { return evict_expired_at(now()); }

// Costs one load until something may have expired: what goes idle from now on does not before now + timeout.
void BufferPoolCore::evict_if_due(TimePoint time) noexcept {
  if (time.time_since_epoch().count() < next_expiry_.load(std::memory_order_relaxed)) return;
  evict_expired_at(time);
  TimePoint oldest = time;
  for (BufferShard& shard : shards_) oldest = std::min(oldest, shard.oldest_idle_since());
  next_expiry_.store((oldest + eviction_timeout_).time_since_epoch().count(), std::memory_order_relaxed);
}

void BufferPoolCore::set_max_total_bytes(std::uint64_t bytes) noexcept {
  {
    const std::lock_guard lock(limit_mutex_);
    available_.fetch_add(signed_bytes(bytes) - signed_bytes(max_total_bytes_.load()));
    max_total_bytes_.store(bytes);
  }
  while (available_.load() < 0) {
    if (evict_oldest()) continue;
    if (frees_in_flight_.load() == 0) return;  // the rest is borrowed
    std::this_thread::yield();
  }
}

void BufferPoolCore::clear() noexcept {
  for (BufferShard& shard : shards_) {
    frees_in_flight_.fetch_add(1);
    while (PoolBlock* block = shard.take_oldest(Removal::cleared, [](const PoolBlock&) { return true; })) free_idle(block);
    frees_in_flight_.fetch_sub(1);
  }
}

void BufferPoolCore::close() noexcept {
  closed_.store(true);
  clear();
}

BufferPoolStatistics BufferPoolCore::statistics() {
  ShardCounters sum;
  {
    std::array<std::unique_lock<std::mutex>, kShardCount> locks;
    for (std::size_t i = 0; i < kShardCount; ++i) locks[i] = shards_[i].lock();
    for (const BufferShard& shard : shards_) sum.add(shard.counters());
  }
  const std::uint64_t total = sum.borrowed_bytes + sum.idle_bytes, limit = max_total_bytes();
  return {.gets = sum.hits + sum.misses + sum.refused,
          .hits = sum.hits,
          .misses = sum.misses,
          .refused = sum.refused,
          .returns = sum.returns,
          .evicted_for_room = sum.evicted_for_room,
          .evicted_by_time = sum.evicted_by_time,
          .freed_on_return = sum.freed_on_return,
          .cleared = sum.cleared,
          .class_growths = class_growths_.load(),
          .class_shrinks = class_shrinks_.load(),
          .borrowed_buffers = sum.borrowed_buffers,
          .idle_buffers = sum.idle_buffers,
          .borrowed_bytes = sum.borrowed_bytes,
          .idle_bytes = sum.idle_bytes,
          .total_bytes = total,
          .peak_total_bytes = peak_total_bytes_.load(),
          .utilization = limit == 0 ? 0.0 : static_cast<double>(total) / static_cast<double>(limit)};
}

}  // namespace npk::io
