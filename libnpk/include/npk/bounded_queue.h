// A queue between threads that holds at most so many items: who puts too fast waits for who takes.
//
// Threads: all members from any thread at once; the queue must outlive every call. First in, first out. Nothing is ever
// dropped: an item that was not taken in stays with its owner, and what was put before close can still be taken.
#pragma once

#include <algorithm>
#include <cstddef>
#include <deque>
#include <utility>

#include "npk/result.h"
#include "npk/timeout.h"

namespace npk {

template <class T>
class BoundedQueue {
 public:
  explicit BoundedQueue(std::size_t capacity) : capacity_(std::max<std::size_t>(1, capacity)) {}  // 0 counts as 1
  BoundedQueue(const BoundedQueue&) = delete;
  BoundedQueue& operator=(const BoundedQueue&) = delete;

  // Moves from `item` only if it succeeds. Errc::misuse when closed, before or while it waits; Errc::limit when there was no
  // room in time; Errc::cancelled when stop was requested before it had to wait or while it did.
  [[nodiscard]] Result<void> put(T&& item, const Timeout& timeout = {}, const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const bool in_time = wait_until(room_, lock, timeout, stop, [&] { return closed_ || items_.size() < capacity_; });
    if (closed_) return fail(Errc::misuse, "the queue is closed");
    if (!in_time) return gave_up(stop, "the queue stayed full");
    items_.push_back(std::move(item));
    high_water_ = std::max(high_water_, items_.size());
    lock.unlock();
    filled_.notify_one();
    return {};
  }

  // The oldest item; none when the queue is closed and empty. Errc::limit when none came in time; Errc::cancelled as put.
  [[nodiscard]] Result<std::optional<T>> get(const Timeout& timeout = {}, const std::stop_token& stop = {}) {
    std::unique_lock lock(mutex_);
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const bool in_time = wait_until(filled_, lock, timeout, stop, [&] { return closed_ || !items_.empty(); });
    if (!in_time) return gave_up(stop, "the queue stayed empty");
    if (items_.empty()) return std::optional<T>();
    std::optional<T> item(std::move(items_.front()));
    items_.pop_front();
    lock.unlock();
    room_.notify_one();
    return item;
  }

  // Wakes everyone who waits; no put succeeds from now on. Closing twice is harmless.
  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    room_.notify_all();
    filled_.notify_all();
  }

  [[nodiscard]] bool is_closed() const {
    const std::lock_guard lock(mutex_);
    return closed_;
  }
  [[nodiscard]] std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return items_.size();
  }
  [[nodiscard]] std::size_t high_water() const {  // the most items it ever held
    const std::lock_guard lock(mutex_);
    return high_water_;
  }
  [[nodiscard]] std::size_t capacity() const noexcept { return capacity_; }

 private:
  [[nodiscard]] static std::unexpected<Error> gave_up(const std::stop_token& stop, const char* why) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    return fail(Errc::limit, std::string(why) + " for longer than the time-out");
  }

  const std::size_t capacity_;
  mutable std::mutex mutex_;
  std::condition_variable_any room_, filled_;
  std::deque<T> items_;
  std::size_t high_water_ = 0;
  bool closed_ = false;
};

}  // namespace npk
