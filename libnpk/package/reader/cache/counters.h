// What reading has cost: counted by whoever does it, from any thread.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>

namespace npk::reader {

// A sum to which many threads add at once without sharing a cache line (up to kStripes of them). Thread-safe.
class Counter {
 public:
  void add(std::uint64_t amount) noexcept { stripes_[own_stripe()].value.fetch_add(amount, std::memory_order_relaxed); }
  [[nodiscard]] std::uint64_t total() const noexcept {
    std::uint64_t sum = 0;
    for (const Stripe& stripe : stripes_) sum += stripe.value.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  static constexpr std::size_t kStripes = 16;
  struct alignas(64) Stripe {
    std::atomic<std::uint64_t> value = 0;
  };
  [[nodiscard]] static std::size_t own_stripe() noexcept {
    static std::atomic<std::size_t> threads = 0;
    thread_local const std::size_t stripe = threads.fetch_add(1, std::memory_order_relaxed) % kStripes;
    return stripe;
  }

  std::array<Stripe, kStripes> stripes_;
};

struct ReadCounters {
  Counter frames_read;
  Counter stored_bytes_read;  // headers included
  Counter blocks_decoded;     // bases included
  Counter raw_bytes_decoded;
  Counter block_cache_hits;
  Counter block_cache_misses;
  Counter blocks_uncached;  // misses that found no room in the cache
};

}  // namespace npk::reader
