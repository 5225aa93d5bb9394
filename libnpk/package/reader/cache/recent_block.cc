#include "package/reader/cache/recent_block.h"

#include <algorithm>
#include <cstring>

namespace npk::reader {
namespace {

constexpr std::uint32_t kReadsToHold = 4;
constexpr std::uint32_t kReadsBetweenLooks = 256;

}  // namespace

class RecentBlock::Use {
 public:
  explicit Use(std::atomic<bool>& busy) noexcept
      : busy_(busy), ours_(!busy.exchange(true, std::memory_order_acquire)) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    if (ours_) busy_.store(false, std::memory_order_release);
  }
  explicit operator bool() const noexcept { return ours_; }

 private:
  std::atomic<bool>& busy_;
  bool ours_;
};

bool RecentBlock::copy(std::uint64_t offset, MutableBytes out) noexcept {
  const Use use(busy_);
  if (!use || !held_.holds(offset) || held_.end - offset < out.size()) return false;
  if (++reads_ % kReadsBetweenLooks == 0) return false;
  std::memcpy(out.data(), block_->view().data() + held_.offset_in_unit + (offset - held_.begin), out.size());
  return true;
}

void RecentBlock::note(const Extent& extent, const BlockCache::Block& block, PinBudget& budget) noexcept {
  const Use use(busy_);
  if (!use) return;
  in_a_row_ = extent.unit == last_unit_ ? in_a_row_ + 1 : 1;
  last_unit_ = extent.unit;
  const std::uint64_t there = block->size() - extent.offset_in_unit;
  const std::uint64_t end = std::min(extent.end, extent.begin + there);
  if (block_ == block && held_.begin == extent.begin && held_.end == end) return;
  if (in_a_row_ < kReadsToHold) return;
  forget(budget);
  in_a_row_ = kReadsToHold;
  if (!budget.take(extent.unit, block->size())) return;
  held_ = extent;
  held_.end = end;
  block_ = block;
}

void RecentBlock::forget(PinBudget& budget) noexcept {
  in_a_row_ = 0;
  if (block_ == nullptr) return;
  budget.give_back(held_.unit);
  block_.reset();
  held_ = Extent{};
}

}  // namespace npk::reader
