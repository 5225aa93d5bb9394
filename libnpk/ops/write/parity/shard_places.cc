#include "ops/write/parity/shard_places.h"

#include <algorithm>
#include <utility>

namespace npk::ops {

void ShardPlaces::Shifts::add(std::int64_t shift) noexcept {
  if (std::ranges::find(all(), shift) == all().end()) shifts_[count_++] = shift;
}

void ShardPlaces::add(std::uint64_t position, std::uint64_t offset) {
  anchors_.push_back({position, static_cast<std::int64_t>(offset) - static_cast<std::int64_t>(position)});
}

// Of a stretch that moved alike the ends are enough.
void ShardPlaces::settle() {
  std::ranges::sort(anchors_, {}, [](const Anchor& anchor) { return std::pair(anchor.position, anchor.shift); });
  std::vector<Anchor> kept;
  for (const Anchor& anchor : anchors_) {
    const std::size_t count = kept.size();
    if (count >= 2 && kept[count - 1].shift == anchor.shift && kept[count - 2].shift == anchor.shift) kept.back() = anchor;
    else kept.push_back(anchor);
  }
  anchors_ = std::move(kept);
}

ShardPlaces::Shifts ShardPlaces::shifts(std::uint64_t position) const {
  Shifts shifts;
  const auto behind = std::ranges::upper_bound(anchors_, position, {}, &Anchor::position);
  if (behind != anchors_.begin()) shifts.add(std::prev(behind)->shift);
  else shifts.add(0);
  if (behind != anchors_.end()) shifts.add(behind->shift);
  shifts.add(0);
  return shifts;
}

std::int64_t ShardPlaces::shift_behind(std::uint64_t position) const {
  const auto behind = std::ranges::upper_bound(anchors_, position, {}, &Anchor::position);
  return behind == anchors_.begin() ? 0 : std::prev(behind)->shift;
}

}  // namespace npk::ops
