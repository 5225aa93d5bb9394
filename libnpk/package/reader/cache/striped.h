// One object for each stripe of threads, so that threads that work at once write to different cache lines.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <memory>

namespace npk::reader {

inline constexpr std::size_t kStripes = 16;
// The stripe of this thread's number.
[[nodiscard]] std::size_t stripe_of_this_thread() noexcept;

// An object is made when a thread of its stripe first comes: most streams are read by one thread, and thousands may be
// open. Thread-safe; an object that a thread has been given is seen by all that look after it (sequentially consistent).
template <class T>
class Striped {
 public:
  Striped() noexcept = default;
  Striped(const Striped&) = delete;
  Striped& operator=(const Striped&) = delete;
  ~Striped() {
    for (std::atomic<T*>& slot : slots_) delete slot.load(std::memory_order_relaxed);
  }

  [[nodiscard]] T& at(std::size_t stripe) const {
    T* found = slots_[stripe].load();
    return found != nullptr ? *found : make(stripe);
  }
  // Of those there are.
  template <class Visit>
  void for_each(Visit visit) const {
    for (const std::atomic<T*>& slot : slots_) {
      if (T* found = slot.load()) visit(*found);
    }
  }

 private:
  [[nodiscard]] T& make(std::size_t stripe) const {
    auto made = std::make_unique<T>();
    T* found = nullptr;
    return slots_[stripe].compare_exchange_strong(found, made.get()) ? *made.release() : *found;
  }

  mutable std::array<std::atomic<T*>, kStripes> slots_{};
};

}  // namespace npk::reader
