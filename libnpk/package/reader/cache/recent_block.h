// The block that threads of a stream have read again and again, held so that the next read of it is a copy and no more:
// no shared lock, no shared count.
#pragma once

#include <atomic>
#include <cstdint>

#include "package/reader/cache/block_cache.h"
#include "package/reader/cache/pin_budget.h"
#include "package/reader/stream/stream_content.h"

namespace npk::reader {

// Thread-safe; made for one thread at a time: who finds it in use goes without it.
class alignas(64) RecentBlock {
 public:
  RecentBlock() noexcept = default;
  RecentBlock(const RecentBlock&) = delete;
  RecentBlock& operator=(const RecentBlock&) = delete;

  // Fills `out` if all of it is here. Every 256th time it does not, so that the cache sees the block in use.
  [[nodiscard]] bool copy(std::uint64_t offset, MutableBytes out) noexcept;
  // This block served a read within this extent. It is held from the fourth in a row on, if the budget allows.
  void note(const Extent& extent, const BlockCache::Block& block, PinBudget& budget) noexcept;
  // No other thread may be in the two above.
  void forget(PinBudget& budget) noexcept;

 private:
  class Use;

  std::atomic<bool> busy_ = false;
  std::uint32_t reads_ = 0;     // of the block held, since the cache saw one
  std::uint32_t in_a_row_ = 0;  // of last_unit_
  std::uint64_t last_unit_ = Extent::kHole;
  Extent held_;  // cut to what `block_` has
  BlockCache::Block block_;
};

}  // namespace npk::reader
