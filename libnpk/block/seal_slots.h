// Leave to take a block apart by filters, which takes several times its length in memory: as many at a time as the memory allowed is for. With it comes
// the memory of the encoders, which stays with the slot from block to block.
#pragma once

#include <condition_variable>
#include <memory>
#include <mutex>
#include <stop_token>
#include <utility>
#include <vector>

#include "codec/encoder_pages.h"
#include "npk/result.h"

namespace npk::block {

// Thread-safe; outlives its slots. Who holds a slot must not wait for anything that needs another: then all that wait get theirs.
class FilterSlots {
 public:
  // At least one. pages_bytes: what each keeps for encoders; 0: nothing.
  explicit FilterSlots(unsigned count, std::uint64_t pages_bytes = 0) : free_(count), pages_bytes_(pages_bytes) { kept_.reserve(count); }

  // Gives it back when it ends. Move-only.
  class Slot {
   public:
    Slot() = default;
    Slot(FilterSlots* slots, std::unique_ptr<codec::EncoderPages> pages) noexcept : slots_(slots), pages_(std::move(pages)) {}
    Slot(Slot&& other) noexcept : slots_(std::exchange(other.slots_, nullptr)), pages_(std::move(other.pages_)) {}
    Slot& operator=(Slot&& other) noexcept {
      std::swap(slots_, other.slots_);
      std::swap(pages_, other.pages_);
      return *this;
    }
    ~Slot() {
      if (slots_ != nullptr) slots_->give_back(std::move(pages_));
    }

    // Null if slots keep none, or this is none.
    [[nodiscard]] codec::EncoderPages* pages() const noexcept { return pages_.get(); }

   private:
    FilterSlots* slots_ = nullptr;
    std::unique_ptr<codec::EncoderPages> pages_;
  };

  // Waits for one. Errc::cancelled when `stop` is asked for meanwhile.
  [[nodiscard]] Result<Slot> take(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait(lock, stop, [this] { return free_ > 0; })) return fail(Errc::cancelled, "stopped");
    std::unique_ptr<codec::EncoderPages> pages = take_pages();
    --free_;
    return Slot(this, std::move(pages));
  }

 private:
  std::unique_ptr<codec::EncoderPages> take_pages() {
    if (pages_bytes_ == 0) return nullptr;
    if (kept_.empty()) return std::make_unique<codec::EncoderPages>(pages_bytes_);
    std::unique_ptr<codec::EncoderPages> pages = std::move(kept_.back());
    kept_.pop_back();
    return pages;
  }
  void give_back(std::unique_ptr<codec::EncoderPages> pages) noexcept {
    {
      const std::lock_guard lock(mutex_);
      ++free_;
      if (pages != nullptr) kept_.push_back(std::move(pages));
    }
    changed_.notify_one();
  }

  std::mutex mutex_;
  std::condition_variable_any changed_;
  unsigned free_;
  std::uint64_t pages_bytes_;
  std::vector<std::unique_ptr<codec::EncoderPages>> kept_;
};

}  // namespace npk::block
