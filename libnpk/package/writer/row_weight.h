// How large rows make their page: pages and manifests end before they pass the limits of spec section 16.
#pragma once

#include <cstddef>

#include "npk/format/catalog.h"

namespace npk::writer {

// What a row adds, roughly; the path as if nothing were shared.
[[nodiscard]] inline std::size_t row_weight(const format::EntryRow& row) noexcept {
  constexpr std::size_t kFixedColumns = 64;
  std::size_t weight = kFixedColumns + row.path.size() + row.target.size() + row.runs.size() * sizeof(format::Run);
  for (const format::Xattr& xattr : row.xattrs) weight += xattr.name.size() + xattr.value.size();
  return weight;
}

}  // namespace npk::writer
