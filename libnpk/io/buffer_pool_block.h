// One buffer of the pool as the pool knows it, and the table that finds it by its address.
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <mutex>
#include <unordered_map>

namespace npk::io {

class BufferPoolCore;

struct PoolBlock;
struct BlockLinks {
  PoolBlock* older = nullptr;
  PoolBlock* newer = nullptr;
};

struct PoolBlock {
  BufferPoolCore* core = nullptr;
  std::uint8_t* data = nullptr;
  std::uint64_t bytes = 0;
  std::size_t size_class = 0;         // or kNotKept
  std::atomic<bool> released{false};  // out of its Buffer object, to be given back by address

  // While idle; under the lock of its shard.
  std::uint64_t sequence = 0;  // of the return that made it idle: the pool's order of use
  std::chrono::steady_clock::time_point idle_since;
  BlockLinks in_shard, in_class;
};

// Idle blocks, oldest first, through the links of `Member`. Not thread-safe.
template <BlockLinks PoolBlock::*Member>
class BlockList {
 public:
  [[nodiscard]] PoolBlock* oldest() const noexcept { return oldest_; }
  [[nodiscard]] PoolBlock* newest() const noexcept { return newest_; }
  void push_newest(PoolBlock* block) noexcept {
    block->*Member = {newest_, nullptr};
    (newest_ != nullptr ? (newest_->*Member).newer : oldest_) = block;
    newest_ = block;
  }
  void remove(PoolBlock* block) noexcept {
    const BlockLinks links = block->*Member;
    (links.older != nullptr ? (links.older->*Member).newer : oldest_) = links.newer;
    (links.newer != nullptr ? (links.newer->*Member).older : newest_) = links.older;
  }

 private:
  PoolBlock* oldest_ = nullptr;
  PoolBlock* newest_ = nullptr;
};

// Owns the blocks and their memory. All members from any thread; touched only when memory is allocated or freed, and by
// give_back.
class BlockTable {
 public:
  // nullptr: no memory.
  [[nodiscard]] PoolBlock* create(std::uint64_t bytes) noexcept;
  void destroy(PoolBlock* block) noexcept;
  // The block of a released buffer, which is released no more; nullptr for every other address.
  [[nodiscard]] PoolBlock* take_released(std::uint8_t* data) noexcept;

 private:
  struct alignas(64) Part {
    std::mutex mutex;
    std::unordered_map<std::uintptr_t, PoolBlock> blocks;  // by page number; nodes stay where they are
  };
  [[nodiscard]] Part& part_of(std::uintptr_t page) noexcept { return parts_[page % parts_.size()]; }

  std::array<Part, 16> parts_;
};

}  // namespace npk::io
