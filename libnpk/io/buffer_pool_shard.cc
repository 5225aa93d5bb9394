#include "io/buffer_pool_shard.h"

#include <algorithm>

namespace npk::io {

void ShardCounters::add(const ShardCounters& other) noexcept {
  hits += other.hits;
  misses += other.misses;
  refused += other.refused;
  returns += other.returns;
  freed_on_return += other.freed_on_return;
  evicted_for_room += other.evicted_for_room;
  evicted_by_time += other.evicted_by_time;
  cleared += other.cleared;
  borrowed_buffers += other.borrowed_buffers;
  borrowed_bytes += other.borrowed_bytes;
  idle_buffers += other.idle_buffers;
  idle_bytes += other.idle_bytes;
}

PoolBlock* BufferShard::lend(std::size_t size_class, ClassQuota& quota) noexcept {
  const std::lock_guard lock(mutex_);
  PoolBlock* block = classes_[size_class].newest();
  if (block == nullptr) return nullptr;
  remove(block);
  quota.leave();
  ++counters_.hits;
  ++counters_.borrowed_buffers;
  counters_.borrowed_bytes += block->bytes;
  return block;
}

void BufferShard::count_miss(const PoolBlock& block) noexcept {
  const std::lock_guard lock(mutex_);
  ++counters_.misses;
  ++counters_.borrowed_buffers;
  counters_.borrowed_bytes += block.bytes;
}

void BufferShard::count_refused() noexcept {
  const std::lock_guard lock(mutex_);
  ++counters_.refused;
}

void BufferShard::count_return(const PoolBlock& block) noexcept {
  ++counters_.returns;
  --counters_.borrowed_buffers;
  counters_.borrowed_bytes -= block.bytes;
}

void BufferShard::count_removal(Removal removal) noexcept {
  if (removal == Removal::for_room) ++counters_.evicted_for_room;
  if (removal == Removal::by_time) ++counters_.evicted_by_time;
  if (removal == Removal::cleared) ++counters_.cleared;
}

BufferShard::TimePoint BufferShard::oldest_idle_since() noexcept {
  const std::lock_guard lock(mutex_);
  return all_.oldest() != nullptr ? all_.oldest()->idle_since : TimePoint::max();
}

std::uint64_t BufferShard::oldest_sequence_locked() noexcept {
  const std::lock_guard lock(mutex_);
  return oldest_sequence_.load();
}

void BufferShard::insert(PoolBlock* block, TimePoint now, std::uint64_t sequence) noexcept {
  // Two threads' clock readings may arrive the other way round; the list stays in order of both, sequence and time.
  block->idle_since = all_.newest() != nullptr ? std::max(now, all_.newest()->idle_since) : now;
  block->sequence = sequence;
  if (all_.oldest() == nullptr) oldest_sequence_.store(sequence);
  all_.push_newest(block);
  classes_[block->size_class].push_newest(block);
  ++counters_.idle_buffers;
  counters_.idle_bytes += block->bytes;
}

void BufferShard::remove(PoolBlock* block) noexcept {
  const bool was_oldest = block == all_.oldest();
  all_.remove(block);
  classes_[block->size_class].remove(block);
  if (was_oldest) oldest_sequence_.store(all_.oldest() != nullptr ? all_.oldest()->sequence : kNoneIdle);
  --counters_.idle_buffers;
  counters_.idle_bytes -= block->bytes;
}

}  // namespace npk::io
