// Buffers that are used again: size classes, one limit on everything the pool owns, least-recently-used or time eviction.
//
// A request is rounded up to its size class (powers of two and the steps 1.25, 1.5, 1.75 between them, from 4 KiB up)
// and counts as that many bytes. A returned buffer goes idle in its class and serves the next request of that class.
// Every byte the pool owns, idle or borrowed, counts against max_total_bytes, which is never exceeded: a request that
// does not fit evicts idle buffers, and if that is not enough fails with Errc::limit. Requests whose class is above
// max_buffer_bytes are lent too (in whole pages of 4 KiB), but freed on return.
//
// How many idle buffers a class keeps adapts: it starts at 16; each time 100 requests of the class have been seen (the
// window), if more than 5 % of them found no idle buffer it grows to min(128, n * 3 / 2), and if fewer than 1 % and n is
// above 16 it shrinks to max(16, n * 3 / 4) (the rule of SigmaLang's glyph pool, on the last 100 requests instead of all).
// A buffer that comes back to a class that has its n is freed.
//
// Threads: all members, and the destruction of buffers, may be used from any thread at once. After fork the child may
// use the pool if no other thread of the parent was inside a call. Lifetime: a Buffer keeps what it needs of its pool
// alive; it may outlive the BufferPool object, and is then freed. No thread of its own: time eviction happens inside
// get, returns and evict_expired. Fresh buffers and reused ones are not zeroed.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string_view>
#include <type_traits>
#include <utility>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk {
namespace io {
class BufferPoolCore;  // libnpk/io
struct PoolBlock;
}  // namespace io

enum class EvictionPolicy : std::uint8_t {
  least_recently_used,  // only when room is needed; the longest idle first
  time,                 // also whatever has been idle for eviction_timeout
};

// Errc::misuse for any other text than "lru" and "time".
[[nodiscard]] Result<EvictionPolicy> eviction_policy_by_name(std::string_view name);

struct BufferPoolOptions {
  std::uint64_t max_total_bytes = 1ULL << 30;
  std::uint64_t max_buffer_bytes = 1ULL << 20;  // larger ones are never kept
  EvictionPolicy eviction = EvictionPolicy::least_recently_used;
  std::chrono::nanoseconds eviction_timeout = std::chrono::minutes(5);
  std::function<std::chrono::steady_clock::time_point()> clock = {};  // empty: steady_clock::now; called by any thread,
                                                                      // must not throw or call the pool
};

// What the pool has done and holds, at one moment. At every moment, also while other threads are at work:
//   gets == hits + misses + refused           hits + misses == returns + borrowed_buffers
//   total_bytes == borrowed_bytes + idle_bytes
//   misses == borrowed_buffers + idle_buffers + freed_on_return + evicted_for_room + evicted_by_time + cleared
// Requests of 0 bytes are not counted. Takes the locks of all shards: for reports, not for each request.
struct BufferPoolStatistics {
  std::uint64_t gets = 0, hits = 0, misses = 0, refused = 0;  // refused: Errc::limit
  std::uint64_t returns = 0;                     // of these, kept or freed at once
  std::uint64_t evicted_for_room = 0, evicted_by_time = 0, freed_on_return = 0;
  std::uint64_t cleared = 0;                     // by clear and close
  std::uint64_t class_growths = 0, class_shrinks = 0;
  std::uint64_t borrowed_buffers = 0, idle_buffers = 0;
  std::uint64_t borrowed_bytes = 0, idle_bytes = 0, total_bytes = 0, peak_total_bytes = 0;
  double utilization = 0;                        // total_bytes / max_total_bytes; 0 if that is 0
};

class BufferPool {
 public:
  // Borrowed bytes; goes back to its pool when destroyed. Movable, never shared. Aligned to 4096 bytes.
  class Buffer {
   public:
    Buffer() noexcept = default;
    Buffer(Buffer&& other) noexcept;
    Buffer& operator=(Buffer&& other) noexcept;
    ~Buffer();

    [[nodiscard]] std::uint8_t* data() const noexcept { return data_; }
    [[nodiscard]] std::size_t size() const noexcept { return size_; }  // as asked for
    [[nodiscard]] MutableBytes bytes() const noexcept { return {data_, size_}; }
    explicit operator bool() const noexcept { return data_ != nullptr; }

   private:
    friend class BufferPool;
    io::PoolBlock* block_ = nullptr;
    std::uint8_t* data_ = nullptr;
    std::size_t size_ = 0;
  };

  // Errc::misuse for a zero eviction_timeout under the time policy.
  [[nodiscard]] static Result<std::shared_ptr<BufferPool>> create(const BufferPoolOptions& options = {});
  ~BufferPool();
  BufferPool(const BufferPool&) = delete;
  BufferPool& operator=(const BufferPool&) = delete;

  // A buffer of `size` bytes; 0 gives an empty Buffer. Errc::limit when it does not fit beside what is borrowed, or the
  // system has no memory; Errc::misuse when closed.
  [[nodiscard]] Result<Buffer> get(std::size_t size);

  // For callers in C's manner: the memory of a buffer taken out of its object, and given back by address.
  // give_back: Errc::misuse for an address that is not out of this pool now (returned twice, or another's); nothing is
  // changed then. Both take the same time however many buffers are out. What is released must be given back while the
  // BufferPool object lives; there is no way to free it later.
  [[nodiscard]] static std::uint8_t* release(Buffer&& buffer) noexcept;
  [[nodiscard]] Result<void> give_back(std::uint8_t* data);

  // Evicts idle buffers until the limit is met before it returns; what is borrowed beyond it is freed on return and
  // until then nothing more is lent. 0: nothing is lent.
  void set_max_total_bytes(std::uint64_t bytes);
  // Frees what has been idle for eviction_timeout, whatever the policy. Returns how many.
  std::size_t evict_expired();
  // Frees all that is idle.
  void clear();
  // No more get; idle buffers are freed, borrowed ones when they come back. Closing twice is harmless.
  void close();

  [[nodiscard]] std::uint64_t total_bytes() const;
  [[nodiscard]] std::uint64_t max_total_bytes() const;
  [[nodiscard]] BufferPoolStatistics statistics() const;

 private:
  explicit BufferPool(io::BufferPoolCore* core) noexcept : core_(core) {}
  io::BufferPoolCore* core_;  // lives until the last of the pool and its buffers is gone
};

// `count` elements of a plain type in a pool's buffer; not initialised.
template <class T>
class PooledArray {
  static_assert(std::is_trivially_copyable_v<T> && std::is_trivially_default_constructible_v<T>);

 public:
  // Errors as BufferPool::get; Errc::limit if the size in bytes overflows.
  [[nodiscard]] static Result<PooledArray> get(BufferPool& pool, std::size_t count) {
    if (count > SIZE_MAX / sizeof(T)) return fail(Errc::limit, "an array of more bytes than there can be");
    NPK_ASSIGN(BufferPool::Buffer buffer, pool.get(count * sizeof(T)));
    return PooledArray(std::move(buffer), count);
  }
  [[nodiscard]] std::span<T> elements() const noexcept { return {reinterpret_cast<T*>(buffer_.data()), count_}; }

 private:
  PooledArray(BufferPool::Buffer buffer, std::size_t count) noexcept : buffer_(std::move(buffer)), count_(count) {}
  BufferPool::Buffer buffer_;
  std::size_t count_;
};

}  // namespace npk
