// Ranges of a package, as a report has them.
#pragma once

#include <vector>

#include "npk/ops/repair.h"

namespace npk::ops {

class RangeList {
 public:
  void add(std::uint64_t position, std::uint64_t length);
  // Ascending, none touching another.
  [[nodiscard]] std::vector<PackageRange> take() &&;
  [[nodiscard]] bool empty() const noexcept { return ranges_.empty(); }

 private:
  std::vector<PackageRange> ranges_;
};

}  // namespace npk::ops
