// Buffers for decoded blocks, used again.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "io/huge_pages.h"
#include "npk/bytes.h"

namespace npk::ops {

// Any thread. Keeps as many buffers as were in use at once; each only grows. Not filled with zeros first.
class BlockBuffers {
 public:
  // Of capacities: most blocks end a few KiB before the size that they may have, and a buffer shall do for the next one, too.
  static constexpr std::size_t kStepBytes = 64U << 10;

  struct Buffer {
    std::unique_ptr<std::uint8_t[]> bytes;
    std::size_t capacity = 0;

    [[nodiscard]] MutableBytes first(std::size_t count) noexcept { return {bytes.get(), count}; }
  };

  // One for the time of a task.
  class Lease {
   public:
    Lease(BlockBuffers& buffers, std::size_t bytes) : buffers_(buffers), buffer_(buffers.take()) {  // should this fail, one counts as lent for good: room only
      if (buffer_.capacity >= bytes) return;
      buffer_ = {};
      const std::size_t capacity = (bytes + kStepBytes - 1) / kStepBytes * kStepBytes;
      buffer_ = {std::make_unique_for_overwrite<std::uint8_t[]>(capacity), capacity};
      io::ask_huge_pages(buffer_.first(capacity));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { buffers_.give_back(std::move(buffer_)); }
    [[nodiscard]] MutableBytes first(std::size_t count) noexcept { return buffer_.first(count); }

   private:
    BlockBuffers& buffers_;
    Buffer buffer_;
  };

  void drop_idle() {
    const std::lock_guard lock(mutex_);
    idle_.clear();
  }

 private:
  [[nodiscard]] Buffer take() {
    const std::lock_guard lock(mutex_);
    idle_.reserve(idle_.size() + lent_ + 1);
    ++lent_;
    if (idle_.empty()) return {};
    Buffer buffer = std::move(idle_.back());
    idle_.pop_back();
    return buffer;
  }
  void give_back(Buffer buffer) {
    const std::lock_guard lock(mutex_);
    --lent_;
    idle_.push_back(std::move(buffer));
  }

  std::mutex mutex_;
  std::vector<Buffer> idle_;  // with room for all that are lent: giving back must not fail
  std::size_t lent_ = 0;
};

}  // namespace npk::ops
