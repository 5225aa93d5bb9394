#include "ops/write/parity/range_list.h"

#include <algorithm>

namespace npk::ops {
namespace {

bool extend(PackageRange& range, const PackageRange& next) {
  if (next.position < range.position || next.position > range.position + range.length) return false;
  range.length = std::max(range.length, next.position + next.length - range.position);
  return true;
}

}  // namespace

void RangeList::add(std::uint64_t position, std::uint64_t length) {
  if (length != 0 && (ranges_.empty() || !extend(ranges_.back(), {position, length}))) ranges_.push_back({position, length});
}

std::vector<PackageRange> RangeList::take() && {
  std::ranges::sort(ranges_, {}, &PackageRange::position);
  std::vector<PackageRange> joined;
  for (const PackageRange& range : ranges_) {
    if (joined.empty() || !extend(joined.back(), range)) joined.push_back(range);
  }
  return joined;
}

}  // namespace npk::ops
