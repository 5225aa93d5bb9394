// Decoded blocks shared by all streams of a package, kept up to a number of bytes, least recently used out first.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <list>
#include <memory>
#include <mutex>
#include <stop_token>
#include <unordered_map>

#include "package/reader/block_loader.h"

namespace npk::reader {

// Bytes that are not initialized before they are decoded into: for megabytes that costs as much as decoding some of them.
class DecodedBytes {
 public:
  explicit DecodedBytes(std::size_t size) : bytes_(std::make_unique_for_overwrite<std::uint8_t[]>(size)), size_(size) {}

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] ByteView view() const noexcept { return {bytes_.get(), size_}; }
  [[nodiscard]] MutableBytes writable() noexcept { return {bytes_.get(), size_}; }

 private:
  std::unique_ptr<std::uint8_t[]> bytes_;
  std::size_t size_;
};

enum class BlockUse : std::uint8_t {
  random,      // may come back to the block
  sequential,  // passes through once: must not push out what others come back to
};

// How a block is asked for. `stop` and `deadline` end the wait for another thread's decode (Errc::cancelled,
// Errc::limit); what this thread decodes itself it finishes.
struct BlockAccess {
  BlockUse use = BlockUse::random;
  std::stop_token stop = {};
  std::chrono::steady_clock::time_point deadline = std::chrono::steady_clock::time_point::max();
};

// What a get took.
struct BlockCost {
  bool hit = false;                      // this thread did not decode: cached, or another thread did
  std::chrono::nanoseconds waiting{0};   // for another thread's decode
  std::chrono::nanoseconds decoding{0};  // reading, checking and decoding here
  std::uint64_t stored_bytes = 0;        // asked of the source, headers included
};

// Thread-safe. Blocks handed out stay valid as long as they are held, evicted or not.
class BlockCache {
 public:
  using Block = std::shared_ptr<const DecodedBytes>;  // a prefix of the block's raw bytes: pinned, shared, never changed

  using Use = BlockUse;
  using Access = BlockAccess;
  using Cost = BlockCost;

  BlockCache(std::shared_ptr<const BlockLoader> loader, std::shared_ptr<ReadCounters> counters,
             std::uint64_t capacity_bytes) noexcept
      : loader_(std::move(loader)), counters_(std::move(counters)), capacity_bytes_(capacity_bytes) {}

  // At least the first `needed_bytes` of the block (at most row.raw_length). A block is decoded as far as its first
  // reader needs; when another needs more, wholly. However many threads ask at once, one decodes.
  [[nodiscard]] Result<Block> get(const BlockLocation& block, std::uint64_t needed_bytes, const Access& access = {},
                                  Cost* cost = nullptr);
  // The same if it is there; null, and nothing loaded or waited for, if not.
  [[nodiscard]] Block try_get(const BlockLocation& block, std::uint64_t needed_bytes, Use use = Use::random);

  [[nodiscard]] std::uint64_t cached_bytes() const;

 private:
  struct Slot {
    std::shared_ptr<DecodedBytes> block;  // null before the first load is done
    bool loading = false;  // a thread is at it
    unsigned waiting = 0;  // threads that will look at it again: it stays
    std::list<std::uint64_t>::iterator recency;
  };
  struct Loading;
  [[nodiscard]] Slot& slot_of(std::uint64_t number);
  void settle(std::uint64_t number, std::shared_ptr<DecodedBytes> block);  // null: the load failed
  void evict();

  std::shared_ptr<const BlockLoader> loader_;
  std::shared_ptr<ReadCounters> counters_;
  std::uint64_t capacity_bytes_;
  mutable std::mutex mutex_;
  std::condition_variable loaded_;
  std::unordered_map<std::uint64_t, Slot> slots_;  // by block number
  std::list<std::uint64_t> recency_;               // newest first
  std::uint64_t cached_bytes_ = 0;
};

}  // namespace npk::reader
