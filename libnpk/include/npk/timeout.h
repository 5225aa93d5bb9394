// How long a call may wait, and waiting that long.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <stop_token>

namespace npk {

// 0: not at all. None: as long as it takes. What is below 0 counts as 0.
using Timeout = std::optional<std::chrono::nanoseconds>;

// Waits on `changed` until done() holds, but no longer than the time-out and no longer than until stop is requested.
// Returns done() as it is at the end, so a notification that arrives together with either is not lost. done() is called with
// the lock held.
template <class Done>
[[nodiscard]] bool wait_until(std::condition_variable_any& changed, std::unique_lock<std::mutex>& lock,
                              const Timeout& timeout, const std::stop_token& stop, Done done) {
  constexpr auto kLongest = std::chrono::hours(24 * 365);  // more would overflow the clock: as good as none
  if (!timeout || *timeout > kLongest) return changed.wait(lock, stop, done);
  if (*timeout <= std::chrono::nanoseconds(0)) return done();
  return changed.wait_until(lock, stop, std::chrono::steady_clock::now() + *timeout, done);
}

}  // namespace npk
