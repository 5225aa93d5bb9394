// What the reads of one stream have cost, counted by many threads at once.
#pragma once

#include <atomic>
#include <cstdint>

#include "package/reader/stream/stream_content.h"

namespace npk::reader {

struct StreamTotals {
  std::uint64_t bytes = 0, operations = 0, chunks = 0, chunks_lent = 0;
  ReadCost cost;
};

// Thread-safe; each thread counts in a cache line of its own.
class StreamCounters {
 public:
  void add_read(std::size_t stripe, std::uint64_t bytes) {
    Line& line = lines_.at(stripe);
    add(line.bytes, bytes);
    add(line.reads, 1);
  }
  // A read whose bytes were handed out, lent or in a buffer of their own.
  void add_chunk(std::size_t stripe, std::uint64_t bytes, bool lent) {
    Line& line = lines_.at(stripe);
    add(line.bytes, bytes);
    add(lent ? line.lent : line.copied, 1);
  }
  void add_cost(std::size_t stripe, const ReadCost& cost);
  [[nodiscard]] StreamTotals totals() const noexcept;

  // Of read-ahead, and so of few threads.
  std::atomic<std::uint64_t> units_read_ahead = 0;

 private:
  using Counter = std::atomic<std::uint64_t>;
  struct alignas(64) Line {
    Counter bytes = 0, reads = 0, lent = 0, hits = 0, copied = 0, misses = 0, stored_bytes = 0, waiting = 0, decoding = 0;
  };
  static void add(Counter& counter, std::uint64_t amount) noexcept {
    if (amount != 0) counter.fetch_add(amount, std::memory_order_relaxed);
  }

  Striped<Line> lines_;
};

}  // namespace npk::reader
