// Hint leaves: what a file system said of entries when they were scanned (spec section 6.6). Nodes above them: catalog.h.
#pragma once

#include <span>
#include <vector>

#include "npk/bytes.h"
#include "npk/limits.h"
#include "npk/result.h"

namespace npk::format {

// Of a regular file. Two that differ: the file may have another content.
struct FileHint {
  std::uint64_t inode = 0;  // 0: there is no hint
  std::int64_t ctime_seconds = 0;
  std::uint32_t ctime_nanoseconds = 0;

  friend bool operator==(const FileHint&, const FileHint&) = default;
};

struct HintPage {
  std::int64_t scan_seconds = 0;  // not after the scan began: what changed in that second or later may have changed once more
  std::vector<FileHint> rows;     // of a leaf of the catalog, in its order
};

[[nodiscard]] Bytes encode_hint_page(std::int64_t scan_seconds, std::span<const FileHint> rows);
// Checks: at least one row, one time of the scan, nanoseconds. limits: max_catalog_rows_per_page.
[[nodiscard]] Result<HintPage> decode_hint_page(ByteView raw, const Limits& limits);

}  // namespace npk::format
