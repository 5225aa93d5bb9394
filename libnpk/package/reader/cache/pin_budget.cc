#include "package/reader/cache/pin_budget.h"

namespace npk::reader {

bool PinBudget::take(std::uint64_t block, std::uint64_t bytes) {
  const std::scoped_lock lock(mutex_);
  const auto found = blocks_.find(block);
  const std::uint64_t counted = found == blocks_.end() ? 0 : found->second.bytes;
  const std::uint64_t more = bytes > counted ? bytes - counted : 0;
  if (more > capacity_bytes_ - pinned_bytes_) return false;
  Pinned& pinned = found == blocks_.end() ? blocks_[block] : found->second;
  pinned.bytes += more;
  ++pinned.holders;
  pinned_bytes_ += more;
  return true;
}

void PinBudget::give_back(std::uint64_t block) noexcept {
  const std::scoped_lock lock(mutex_);
  const auto found = blocks_.find(block);
  if (found == blocks_.end() || --found->second.holders != 0) return;
  pinned_bytes_ -= found->second.bytes;
  blocks_.erase(found);
}

std::uint64_t PinBudget::pinned_bytes() const {
  const std::scoped_lock lock(mutex_);
  return pinned_bytes_;
}

}  // namespace npk::reader
