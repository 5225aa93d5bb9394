// Sealers of blocks, for several threads.
#pragma once

#include <atomic>
#include <mutex>
#include <vector>

#include "block/seal.h"

namespace npk::writer {

// Sealers are costly to make (megabytes of tables) and not thread-safe: a thread takes one for each block.
class SealerStack {
 public:
  explicit SealerStack(const block::SealOptions& options) : options_(options) { options_.not_restored = &not_restored_; }

  Result<block::BlockSealer> take() {
    {
      const std::lock_guard lock(mutex_);
      if (!free_.empty()) {
        block::BlockSealer sealer = std::move(free_.back());
        free_.pop_back();
        return sealer;
      }
    }
    return block::BlockSealer::create(options_);
  }
  void give(block::BlockSealer&& sealer) {
    const std::lock_guard lock(mutex_);
    free_.push_back(std::move(sealer));
  }
  // Blocks so far that are not filtered as they would not come back.
  [[nodiscard]] std::uint64_t not_restored_blocks() const noexcept { return not_restored_.load(std::memory_order_relaxed); }

 private:
  std::atomic<std::uint64_t> not_restored_ = 0;
  block::SealOptions options_;
  std::mutex mutex_;
  std::vector<block::BlockSealer> free_;
};

}  // namespace npk::writer
