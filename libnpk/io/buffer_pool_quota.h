// How many idle buffers one size class keeps. The rule is in buffer_pool.h. Any thread, no lock: each change is one
// atomic step, so that neither the count nor a window of requests is ever seen half done.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstdint>

namespace npk::io {

enum class QuotaChange : std::uint8_t { none, grown, shrunk };

class alignas(64) ClassQuota {
 public:
  static constexpr std::uint32_t kLeast = 16, kMost = 128, kWindowRequests = 100;

  // One more is idle, if there is room for it.
  [[nodiscard]] bool admit() noexcept {
    std::uint32_t idle = idle_.load(std::memory_order_relaxed);
    while (idle < keeps_.load(std::memory_order_relaxed)) {
      if (idle_.compare_exchange_weak(idle, idle + 1)) return true;
    }
    return false;
  }
  void leave() noexcept { idle_.fetch_sub(1); }
  // Not 0 while any buffer of the class is idle.
  [[nodiscard]] std::uint32_t idle() const noexcept { return idle_.load(); }

  QuotaChange note_request(bool found_none) noexcept {
    const std::uint64_t step = found_none ? kOneMissed | 1U : 1U;
    std::uint64_t before = window_.load(std::memory_order_relaxed);
    for (;;) {
      const std::uint64_t after = before + step;
      const bool full = (after & kRequestMask) == kWindowRequests;
      if (!window_.compare_exchange_weak(before, full ? 0 : after)) continue;
      return full ? adapt(after >> 32U) : QuotaChange::none;
    }
  }

 private:
  static constexpr std::uint64_t kOneMissed = 1ULL << 32U, kRequestMask = kOneMissed - 1;

  QuotaChange adapt(std::uint64_t missed_percent) noexcept {
    const std::uint32_t now = keeps_.load(std::memory_order_relaxed);
    std::uint32_t next = now;
    if (missed_percent > 5) next = std::min(kMost, now * 3 / 2);
    if (missed_percent < 1) next = std::max(kLeast, now * 3 / 4);
    if (next == now) return QuotaChange::none;
    keeps_.store(next, std::memory_order_relaxed);
    return next > now ? QuotaChange::grown : QuotaChange::shrunk;
  }

  std::atomic<std::uint32_t> idle_{0};
  std::atomic<std::uint32_t> keeps_{kLeast};
  std::atomic<std::uint64_t> window_{0};  // requests, and in the upper half those that found no idle buffer
};

}  // namespace npk::io
