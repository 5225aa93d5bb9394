// Leave to take a block apart by filters, which takes several times its length in memory: as many at a time as the memory allowed is for.
#pragma once

#include <condition_variable>
#include <mutex>
#include <stop_token>
#include <utility>

#include "npk/result.h"

namespace npk::block {

// Thread-safe; outlives its slots. Who holds a slot must not wait for anything that needs another: then all that wait get theirs.
class FilterSlots {
 public:
  // At least one.
  explicit FilterSlots(unsigned count) : free_(count) {}

  // Gives it back when it ends. Move-only.
  class Slot {
   public:
    Slot() = default;
    explicit Slot(FilterSlots* slots) noexcept : slots_(slots) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(slots_, other.slots_);
      return *this;
    }
    ~Slot() {
      if (slots_ != nullptr) slots_->give_back();
    }

   private:
    FilterSlots* slots_ = nullptr;
  };

  // Waits for one. Errc::cancelled when `stop` is asked for meanwhile.
  [[nodiscard]] Result<Slot> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return free_ > 0; })) return fail(Errc::cancelled, "stopped");
    --free_;
    return Slot(this);
  }

 private:
  void give_back() noexcept {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  unsigned free_;
};

}  // namespace npk::block
