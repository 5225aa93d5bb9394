// What a BufferPool and its buffers share. It lives as long as the pool object or any block: each holds a reference.
//
// The cap: `available_` is the limit less every byte the pool owns, in one atomic. Memory is taken out of it before it is
// allocated and put back after it is freed, and the limit changes by adding the difference; so no order of events
// lets the pool own more than its limit. It is negative while more is borrowed than a lowered limit allows.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <mutex>
#include <vector>

#include "io/buffer_pool_block.h"
#include "io/buffer_pool_quota.h"
#include "io/buffer_pool_shard.h"
#include "io/buffer_pool_size.h"
#include "npk/buffer_pool.h"

namespace npk::io {

class BufferPoolCore {
 public:
  explicit BufferPoolCore(const BufferPoolOptions& options);

  [[nodiscard]] Result<PoolBlock*> get(std::size_t size);
  void take_back(PoolBlock* block) noexcept;  // the core may be gone afterwards
  [[nodiscard]] PoolBlock* take_released(std::uint8_t* data) noexcept { return blocks_.take_released(data); }

  void set_max_total_bytes(std::uint64_t bytes) noexcept;
  std::size_t evict_expired() noexcept;
  void clear() noexcept;
  void close() noexcept;
  void drop_reference() noexcept;

  [[nodiscard]] bool is_closed() const noexcept { return closed_.load(); }
  [[nodiscard]] std::uint64_t total_bytes() const noexcept { return total_bytes_.load(); }
  [[nodiscard]] std::uint64_t max_total_bytes() const noexcept { return max_total_bytes_.load(); }
  [[nodiscard]] BufferPoolStatistics statistics();

 private:
  using TimePoint = BufferShard::TimePoint;
  static constexpr std::size_t kShardCount = 16;

  [[nodiscard]] static std::size_t own_shard() noexcept;
  // Without time eviction only who asks for evict_expired sees it, and a clock that lags by a tick costs a quarter.
  [[nodiscard]] TimePoint now() const;

  [[nodiscard]] PoolBlock* lend_idle(std::size_t size_class) noexcept;
  [[nodiscard]] PoolBlock* lend_new(const SizeClass& wanted) noexcept;
  void note_request(std::size_t size_class, bool found_none) noexcept;

  // No machine has 2^62 bytes: sums and differences of two such never overflow.
  [[nodiscard]] static std::int64_t signed_bytes(std::uint64_t bytes) noexcept {
    return static_cast<std::int64_t>(std::min<std::uint64_t>(bytes, 1ULL << 62U));
  }
  [[nodiscard]] bool take_available(std::int64_t bytes) noexcept;
  [[nodiscard]] bool reserve(std::uint64_t bytes) noexcept;
  void give_up(std::uint64_t bytes) noexcept;

  [[nodiscard]] bool may_keep(const PoolBlock& block) noexcept;
  [[nodiscard]] BufferShard* shard_of_oldest(std::uint64_t& sequence) noexcept;
  [[nodiscard]] bool evict_oldest() noexcept;
  [[nodiscard]] bool evict_if_expired(BufferShard& shard, TimePoint time) noexcept;
  std::size_t evict_expired_at(TimePoint time) noexcept;
  void evict_if_due(TimePoint time) noexcept;
  void free_idle(PoolBlock* block) noexcept;
  void free_block(PoolBlock* block) noexcept;

  const EvictionPolicy eviction_;
  const std::chrono::nanoseconds eviction_timeout_;
  const std::function<TimePoint()> clock_;
  const std::size_t class_count_;
  std::vector<ClassQuota> quotas_;
  std::array<BufferShard, kShardCount> shards_;
  BlockTable blocks_;

  alignas(64) std::atomic<std::uint64_t> next_sequence_{0};  // of returns
  alignas(64) std::atomic<std::int64_t> available_;
  std::atomic<std::uint64_t> references_{1};
  std::atomic<std::uint64_t> total_bytes_{0}, peak_total_bytes_{0};
  std::atomic<std::uint64_t> frees_in_flight_{0};  // evictions between leaving the list and giving their bytes up
  std::atomic<std::uint64_t> class_growths_{0}, class_shrinks_{0};
  std::atomic<std::uint64_t> max_total_bytes_;
  std::mutex limit_mutex_;
  std::atomic<bool> closed_{false};
  std::atomic<std::chrono::steady_clock::rep> next_expiry_;  // nothing idle expires before; time policy only
};

}  // namespace npk::io
