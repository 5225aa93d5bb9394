#include "npk/format/hint_page.h"

#include <algorithm>

#include "npk/format/integer_column.h"
#include "npk/format/page.h"

namespace npk::format {
namespace {

constexpr std::uint64_t kNanosecondsPerSecond = 1'000'000'000;

}  // namespace

Bytes encode_hint_page(std::int64_t scan_seconds, std::span<const FileHint> rows) {
  std::vector<std::uint64_t> inodes, seconds, nanoseconds;
  for (const FileHint& row : rows) {
    inodes.push_back(row.inode);
    seconds.push_back(zigzag_encode(row.ctime_seconds));
    nanoseconds.push_back(row.ctime_nanoseconds);
  }
  PageBuilder page({.kind = PageKind::hint, .row_count = static_cast<std::uint32_t>(rows.size())});
  page.add_sparse_integers(ColumnId::hint_inode, inodes);
  page.add_sparse_integers(ColumnId::hint_ctime_seconds, seconds);
  page.add_sparse_integers(ColumnId::hint_ctime_nanoseconds, nanoseconds);
  page.add_sparse_integers(ColumnId::hint_scan_seconds, std::vector<std::uint64_t>(rows.size(), zigzag_encode(scan_seconds)));
  return page.build();
}

Result<HintPage> decode_hint_page(ByteView raw, const Limits& limits) {
  NPK_ASSIGN(const PageView page, PageView::parse(raw, limits));
  if (page.header().kind != PageKind::hint) return fail_corrupt("a page of another kind lies here");
  const std::uint32_t count = page.header().row_count;
  if (count == 0) return fail_corrupt("a hint page has no rows");
  NPK_ASSIGN(const auto inodes, page.integers(ColumnId::hint_inode, count));
  NPK_ASSIGN(const auto seconds, page.integers(ColumnId::hint_ctime_seconds, count));
  NPK_ASSIGN(const auto nanoseconds, page.integers(ColumnId::hint_ctime_nanoseconds, count));
  NPK_ASSIGN(const auto scanned, page.integers(ColumnId::hint_scan_seconds, count));
  if (std::ranges::any_of(scanned, [&](std::uint64_t value) { return value != scanned.front(); }))
    return fail_corrupt("a hint page has more than one time of its scan");
  HintPage hints{zigzag_decode(scanned.front()), {}};
  hints.rows.reserve(count);
  for (std::size_t row = 0; row < count; ++row) {
    if (nanoseconds[row] >= kNanosecondsPerSecond) return fail_corrupt("a hint has a second's worth of nanoseconds or more");
    hints.rows.push_back({inodes[row], zigzag_decode(seconds[row]), static_cast<std::uint32_t>(nanoseconds[row])});
  }
  return hints;
}

}  // namespace npk::format
