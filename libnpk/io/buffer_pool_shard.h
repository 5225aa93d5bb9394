// A part of the pool that mostly one thread uses: its idle blocks and its share of the counters, under one lock. Each
// event (a hit, a return, an eviction) is one locked step in one shard, so the sums over all shards, taken with all
// locks held, reconcile at any moment. No two shards' locks are ever taken together but by lock_all's caller.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <vector>

#include "io/buffer_pool_block.h"
#include "io/buffer_pool_quota.h"

namespace npk::io {

enum class Removal : std::uint8_t { for_room, by_time, cleared };

// Those of borrowed buffers and bytes may wrap in one shard (lent here, returned there); their sums do not.
struct ShardCounters {
  std::uint64_t hits = 0, misses = 0, refused = 0, returns = 0, freed_on_return = 0;
  std::uint64_t evicted_for_room = 0, evicted_by_time = 0, cleared = 0;
  std::uint64_t borrowed_buffers = 0, borrowed_bytes = 0, idle_buffers = 0, idle_bytes = 0;

  void add(const ShardCounters& other) noexcept;
};

class alignas(64) BufferShard {
 public:
  static constexpr std::uint64_t kNoneIdle = UINT64_MAX;
  using TimePoint = std::chrono::steady_clock::time_point;

  // Before anything else; may throw bad_alloc.
  void set_class_count(std::size_t count) { classes_.resize(count); }

  // The sequence of the oldest idle block, without the lock; kNoneIdle if there is none.
  [[nodiscard]] std::uint64_t oldest_sequence() const noexcept { return oldest_sequence_.load(); }

  // The newest idle block of the class, now borrowed; nullptr if there is none.
  [[nodiscard]] PoolBlock* lend(std::size_t size_class, ClassQuota& quota) noexcept;
  void count_miss(const PoolBlock& block) noexcept;
  void count_refused() noexcept;

  // Takes the block back: idle if may_keep(), asked under the lock, says so. If true, block and pool may be gone when this returns.
  template <class MayKeep, class NextSequence>
  [[nodiscard]] bool take_back(PoolBlock* block, TimePoint now, MayKeep may_keep, NextSequence next_sequence) noexcept {
    const std::lock_guard lock(mutex_);
    count_return(*block);
    const bool kept = may_keep();
    if (kept) {
      insert(block, now, next_sequence());
    } else {
      ++counters_.freed_on_return;
    }
    return kept;
  }

  // Takes out the oldest idle block if fits(block); nullptr otherwise. The caller leaves its quota and frees it.
  template <class Fits>
  [[nodiscard]] PoolBlock* take_oldest(Removal removal, Fits fits) noexcept {
    const std::lock_guard lock(mutex_);
    PoolBlock* block = all_.oldest();
    if (block == nullptr || !fits(*block)) return nullptr;
    remove(block);
    count_removal(removal);
    return block;
  }
  // When the oldest went idle; TimePoint::max() if none is.
  [[nodiscard]] TimePoint oldest_idle_since() noexcept;
  [[nodiscard]] std::uint64_t oldest_sequence_locked() noexcept;

  // For a moment of all shards at once.
  [[nodiscard]] std::unique_lock<std::mutex> lock() { return std::unique_lock(mutex_); }
  [[nodiscard]] const ShardCounters& counters() const noexcept { return counters_; }  // lock held

 private:
  void insert(PoolBlock* block, TimePoint now, std::uint64_t sequence) noexcept;
  void remove(PoolBlock* block) noexcept;
  void count_return(const PoolBlock& block) noexcept;
  void count_removal(Removal removal) noexcept;

  std::mutex mutex_;
  std::atomic<std::uint64_t> oldest_sequence_{kNoneIdle};
  BlockList<&PoolBlock::in_shard> all_;
  std::vector<BlockList<&PoolBlock::in_class>> classes_;
  ShardCounters counters_;
};

}  // namespace npk::io
