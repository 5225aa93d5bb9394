// What entries expand to, as readers count it (spec section 16).
#pragma once

#include <algorithm>
#include <cstdint>

#include "npk/format/catalog.h"
#include "npk/format/expansion.h"

namespace npk::ops {

struct ExpansionCount {
  std::uint64_t bytes = 0;
  std::uint64_t further_pieces = 0;

  void add(const format::EntryRow& row) noexcept {
    std::uint64_t pieces = 0;
    for (const format::Run& run : row.runs) {
      if (run.chunk_count != 0) bytes += run.byte_count;
      pieces += std::max<std::uint64_t>(run.chunk_count, 1);
    }
    if (pieces > 1) further_pieces += pieces - 1;
  }
  void add(const ExpansionCount& other) noexcept {
    bytes += other.bytes;
    further_pieces += other.further_pieces;
  }
  [[nodiscard]] std::uint64_t least_package_bytes(const Limits& limits) const noexcept {
    return format::least_stored_bytes(bytes, further_pieces, limits);
  }
};

}  // namespace npk::ops
