// Decoded blocks shared by all streams of a package, in buffers of a BufferPool.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "npk/buffer_pool.h"
#include "package/reader/cache/block_loader.h"
#include "package/reader/cache/per_process.h"
#include "package/reader/cache/shared_cache.h"

namespace npk::reader {

using BlockUse = CacheUse;
using BlockAccess = CacheAccess;

// What a get took.
struct BlockCost {
  bool hit = false;                      // this thread did not decode: cached, or another thread did
  std::chrono::nanoseconds waiting{0};   // for another thread's decode
  std::chrono::nanoseconds decoding{0};  // reading, checking and decoding here
  std::uint64_t stored_bytes = 0;        // asked of the source, headers and base included
};

// The first bytes of a block, in a pool's buffer or in plain memory; not initialised before they are decoded into (for
// megabytes that costs as much as decoding some of them). In a forked child a buffer of the parent's pool is left where
// it is: that pool may be locked for ever.
class DecodedBlock {
 public:
  DecodedBlock(BufferPool::Buffer buffer, std::size_t size_bytes);  // of the buffer, its first bytes
  explicit DecodedBlock(std::size_t size_bytes);
  DecodedBlock(const DecodedBlock&) = delete;
  DecodedBlock& operator=(const DecodedBlock&) = delete;
  ~DecodedBlock();

  [[nodiscard]] std::size_t size() const noexcept { return bytes_.size(); }
  [[nodiscard]] ByteView view() const noexcept { return bytes_; }
  [[nodiscard]] MutableBytes writable() noexcept { return bytes_; }
  [[nodiscard]] bool is_pooled() const noexcept { return pooled_ != nullptr; }
  [[nodiscard]] std::size_t memory_bytes() const noexcept { return is_pooled() ? pooled_->size() : bytes_.size(); }

 private:
  std::unique_ptr<BufferPool::Buffer> pooled_;
  std::unique_ptr<std::uint8_t[]> plain_;
  MutableBytes bytes_;
  std::uint32_t generation_ = 0;  // of the process whose pool it is
};

// Thread-safe, also in a forked child whatever the parent's threads were doing: the child begins with an empty cache
// and a pool of its own. Blocks handed out stay valid as long as they are held, evicted or not.
//
// A block's base is kept here like a block, and counts as used whenever a block on it is decoded; it is no hit and no miss.
//
// Memory: at most capacity_bytes of blocks, and at most what the pool gives: when it refuses, the least valuable block
// that nobody holds goes, and so on. Where that does not help (all are held, others fill the pool, the block is larger
// than the limit) the block is decoded into plain memory for those who ask now, and not kept. So no read fails for want
// of room in the cache, and a pool whose limit is lowered is obeyed at the next miss. Blocks that were passing take a
// quarter of capacity_bytes, even where there is room for more: decoding into memory that has just been read costs less
// than into new. A second pass over the same keeps them.
class BlockCache {
 public:
  using Block =
      std::shared_ptr<const DecodedBlock>;  // a prefix of the block's raw bytes: pinned, shared, never changed
  using Use = BlockUse;
  using Access = BlockAccess;
  using Cost = BlockCost;

  // `pool` null: one of its own, of capacity_bytes.
  BlockCache(std::shared_ptr<const BlockLoader> loader, std::shared_ptr<ReadCounters> counters,
             std::uint64_t capacity_bytes, std::shared_ptr<BufferPool> pool);

  // At least the first `needed_bytes` of the block (at most row.raw_length). A block is decoded as far as its first
  // reader needs; when another needs more, wholly. However many threads ask at once, one decodes; those who waited for
  // a decode that failed get its error, and the next to ask tries again. `cost`, if given, is added to.
  [[nodiscard]] Result<Block> get(const BlockLocation& block, std::uint64_t needed_bytes, const Access& access = {},
                                  Cost* cost = nullptr);
  // The same if it is there; null, and nothing loaded or waited for, if not. Counts as a hit, or not at all.
  [[nodiscard]] Block try_get(const BlockLocation& block, std::uint64_t needed_bytes, Use use = Use::random);
  // A read was served from a block that its stream still held: a hit that did not come here.
  void count_hit() noexcept { counters_->block_cache_hits.add(1); }

  [[nodiscard]] std::uint64_t cached_bytes() const { return process_.here().blocks.bytes(); }
  // The pool given at construction, or the own one; of this process.
  [[nodiscard]] const std::shared_ptr<BufferPool>& pool() const { return process_.here().pool; }

 private:
  struct State {
    std::shared_ptr<BufferPool> pool;
    SharedCache blocks;
  };
  [[nodiscard]] Block find(const BlockLocation& block, std::uint64_t needed_bytes, Use use);
  [[nodiscard]] std::shared_ptr<DecodedBlock> make_room(State& state, std::uint64_t wanted_bytes, std::uint64_t raw_length, Use use);
  [[nodiscard]] Result<SharedCache::Loaded> load(State& state, const BlockLocation& block, std::uint64_t wanted_bytes, Use use,
                                                 Cost& cost);
  [[nodiscard]] Result<void> decode(State& state, const BlockLocation& block, DecodedBlock& decoded, Cost& cost);
  [[nodiscard]] Result<Block> base(State& state, const BlockLocation& block, Cost& cost);

  std::shared_ptr<const BlockLoader> loader_;
  std::shared_ptr<ReadCounters> counters_;
  std::uint64_t capacity_bytes_;
  PerProcess<State> process_;
};

}  // namespace npk::reader
