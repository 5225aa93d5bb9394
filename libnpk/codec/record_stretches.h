// Tables of records within executables: relocations, symbols, the descriptions that a runtime has of its functions. Filters of code leave them as they are;
// those of numbers, and the compressor behind, make down to half of what they take there (bench/figures/machine-code.md).
#pragma once

#include <cstddef>
#include <vector>

#include "npk/bytes.h"

namespace npk::codec {

inline constexpr std::size_t kRecordUnitBytes = 4096;  // stretches are whole units, but for the last
inline constexpr std::size_t kLeastRecordTableBytes = 4 * kRecordUnitBytes;

struct RecordStretch {
  std::size_t length = 0;
  bool is_table = false;
  friend bool operator==(const RecordStretch&, const RecordStretch&) = default;
};

// Tables and what is between them, in turns; together they are the bytes. A table's bytes are the same as those one record before, most of them, and
// their differences are to take a fifth less than they do. Thread-safe; deterministic; 4 GB/s where there are none, 0.3 in tables (numeric_filter_benchmark).
[[nodiscard]] std::vector<RecordStretch> record_stretches(ByteView bytes);

}  // namespace npk::codec
