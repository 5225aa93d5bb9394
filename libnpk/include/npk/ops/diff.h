// What is different between two packages, or two generations of one.
#pragma once

#include <cstdint>
#include <functional>

#include "npk/reader.h"

namespace npk::ops {

enum class ChangeKind : std::uint8_t {
  added,
  removed,
  content,   // another kind of entry, other bytes, another target or device
  metadata,  // only mode, owner, time or attributes
};

struct EntryChange {
  ChangeKind kind{};
  const Entry* before = nullptr;  // null if it was added
  const Entry* after = nullptr;   // null if it was removed
};

// Visits, in path order, each path that is not the same in both, until `visit` returns false. Which names of a file are
// links of one another is not compared. Catalog leaves that two generations of one package share are not read. Errors:
// as reading.
[[nodiscard]] Result<void> diff(const PackageReader& before, const PackageReader& after,
                                const std::function<bool(const EntryChange&)>& visit);

}  // namespace npk::ops
