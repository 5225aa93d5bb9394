#include "io/buffer_pool_core.h"

#include <ctime>
#include <string>
#include <thread>

namespace npk::io {

BufferPoolCore::BufferPoolCore(const BufferPoolOptions& options)
    : eviction_(options.eviction),
      eviction_timeout_(options.eviction_timeout),
      clock_(options.clock),
      class_count_(class_count(options.max_buffer_bytes)),
      quotas_(class_count_),
      available_(signed_bytes(options.max_total_bytes)),
      max_total_bytes_(options.max_total_bytes),
      next_expiry_(TimePoint::min().time_since_epoch().count()) {
  for (BufferShard& shard : shards_) shard.set_class_count(class_count_);
}

// Threads are dealt to the shards in turn, whatever the pool: up to 16 threads never meet.
std::size_t BufferPoolCore::own_shard() noexcept {
  static constinit std::atomic<std::size_t> next{0};
  thread_local const std::size_t own = next.fetch_add(1) % kShardCount;
  return own;
}

Result<PoolBlock*> BufferPoolCore::get(std::size_t size) {
  if (size > kLargestRequestBytes) {
    shards_[own_shard()].count_refused();
    return fail(Errc::limit, "a buffer larger than any memory");
  }
  if (eviction_ == EvictionPolicy::time) evict_if_due(now());
  const SizeClass wanted = size_class(size, class_count_);
  PoolBlock* block = lend_idle(wanted.index);
  note_request(wanted.index, block == nullptr);
  if (block == nullptr) block = lend_new(wanted);
  if (block != nullptr) return block;
  shards_[own_shard()].count_refused();
  return fail(Errc::limit, "no room in the buffer pool for " + std::to_string(wanted.bytes) + " more bytes (max_total_bytes " +
                               std::to_string(max_total_bytes()) + ")");
}

PoolBlock* BufferPoolCore::lend_idle(std::size_t size_class) noexcept {
  if (size_class == kNotKept || quotas_[size_class].idle() == 0) return nullptr;
  const std::size_t own = own_shard();
  for (std::size_t i = 0; i < kShardCount; ++i) {
    BufferShard& shard = shards_[(own + i) % kShardCount];
    if (i > 0 && shard.oldest_sequence() == BufferShard::kNoneIdle) continue;
    if (PoolBlock* block = shard.lend(size_class, quotas_[size_class])) return block;
  }
  return nullptr;
}

PoolBlock* BufferPoolCore::lend_new(const SizeClass& wanted) noexcept {
  if (!reserve(wanted.bytes)) return nullptr;
  PoolBlock* block = blocks_.create(wanted.bytes);
  if (block == nullptr) {
    give_up(wanted.bytes);
    return nullptr;
  }
  block->core = this;
  block->size_class = wanted.index;
  references_.fetch_add(1, std::memory_order_relaxed);
  shards_[own_shard()].count_miss(*block);
  return block;
}

void BufferPoolCore::note_request(std::size_t size_class, bool found_none) noexcept {
  if (size_class == kNotKept) return;
  const QuotaChange change = quotas_[size_class].note_request(found_none);
  if (change == QuotaChange::grown) class_growths_.fetch_add(1, std::memory_order_relaxed);
  if (change == QuotaChange::shrunk) class_shrinks_.fetch_add(1, std::memory_order_relaxed);
}

bool BufferPoolCore::take_available(std::int64_t bytes) noexcept {
  std::int64_t available = available_.load();
  while (available >= bytes) {
    if (available_.compare_exchange_weak(available, available - bytes)) return true;
  }
  return false;
}

bool BufferPoolCore::reserve(std::uint64_t bytes) noexcept {
  const std::int64_t wanted = signed_bytes(bytes);
  while (!take_available(wanted)) {
    if (bytes > max_total_bytes_.load()) return false;
    if (evict_oldest()) continue;
    if (frees_in_flight_.load() == 0) {
      // One may have ended between the two looks.
      if (!take_available(wanted)) return false;
      break;
    }
    std::this_thread::yield();
  }
  const std::uint64_t total = total_bytes_.fetch_add(bytes) + bytes;
  std::uint64_t peak = peak_total_bytes_.load();
  while (peak < total && !peak_total_bytes_.compare_exchange_weak(peak, total)) {}
  return true;
}

BufferPoolCore::TimePoint BufferPoolCore::now() const {
  if (clock_) return clock_();
  if (eviction_ == EvictionPolicy::time) return std::chrono::steady_clock::now();
  timespec coarse{};
  ::clock_gettime(CLOCK_MONOTONIC_COARSE, &coarse);
  return TimePoint(std::chrono::seconds(coarse.tv_sec) + std::chrono::nanoseconds(coarse.tv_nsec));
}

void BufferPoolCore::give_up(std::uint64_t bytes) noexcept {
  total_bytes_.fetch_sub(bytes);  // first, so that it never counts what somebody else may already have taken
  available_.fetch_add(signed_bytes(bytes));
}

bool BufferPoolCore::may_keep(const PoolBlock& block) noexcept {
  // Asked under the shard's lock: whoever closes the pool or lowers the limit looks through the shards under their locks
  // afterwards, so either this sees the change, or that sees the block.
  return block.size_class != kNotKept && !closed_.load() && available_.load() >= 0 && quotas_[block.size_class].admit();
}

void BufferPoolCore::take_back(PoolBlock* block) noexcept {
  const TimePoint time = now();
  if (eviction_ == EvictionPolicy::time) evict_if_due(time);
  const bool kept = shards_[own_shard()].take_back(
      block, time, [&] { return may_keep(*block); }, [&] { return next_sequence_.fetch_add(1); });
  if (!kept) free_block(block);
}

void BufferPoolCore::free_block(PoolBlock* block) noexcept {
  const std::uint64_t bytes = block->bytes;
  blocks_.destroy(block);
  give_up(bytes);
  drop_reference();
}

void BufferPoolCore::drop_reference() noexcept {
  if (references_.fetch_sub(1) == 1) delete this;
}

}  // namespace npk::io
