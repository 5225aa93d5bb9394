// What reading has cost: counted by whoever does it, from any thread.
#pragma once

#include <atomic>
#include <cstdint>

namespace npk::reader {

struct ReadCounters {
  std::atomic<std::uint64_t> frames_read = 0;
  std::atomic<std::uint64_t> stored_bytes_read = 0;  // headers included
  std::atomic<std::uint64_t> blocks_decoded = 0;     // bases included
  std::atomic<std::uint64_t> raw_bytes_decoded = 0;
  std::atomic<std::uint64_t> block_cache_hits = 0;
  std::atomic<std::uint64_t> block_cache_misses = 0;

  static void add(std::atomic<std::uint64_t>& counter, std::uint64_t amount) noexcept {
    counter.fetch_add(amount, std::memory_order_relaxed);
  }
};

}  // namespace npk::reader
