// links: npk_format
// Input: a byte (1: default limits, 0: small ones), then a catalog leaf or manifest. What is accepted keeps its rules
// and its memory bound, and comes back equal from encoding again; so does what a manifest tells of chunks.
#include "fuzz/fuzz_input.h"
#include "npk/format/catalog.h"
#include "npk/format/path.h"

namespace {

using namespace npk;
using format::CatalogPage;
using format::EntryKind;
using format::EntryRow;

// limits.h: what a decoded page may take, above what its own bytes account for.
constexpr std::size_t kFreeMemory = 64U << 20;
constexpr std::size_t kMemoryPerByte = 100;

bool equal(const EntryRow& a, const EntryRow& b) {
  return a.path == b.path && a.kind == b.kind && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid &&
         a.user_name == b.user_name && a.group_name == b.group_name && a.mtime_seconds == b.mtime_seconds &&
         a.mtime_nanoseconds == b.mtime_nanoseconds && a.size == b.size && std::ranges::equal(a.runs, b.runs) &&
         a.digest == b.digest && a.link_group == b.link_group && a.target == b.target && a.device == b.device &&
         std::ranges::equal(a.xattrs, b.xattrs);
}

void check_row(const EntryRow& row, const Limits& limits) {
  fuzz::require(format::check_path(row.path, limits.max_path_bytes).has_value(), "a good path");
  fuzz::require(row.kind >= EntryKind::regular && row.kind <= EntryKind::fifo, "a known kind");
  fuzz::require(row.mode <= 07777 && row.mtime_nanoseconds < 1'000'000'000, "mode and time in range");
  std::uint64_t bytes = 0;
  for (const format::Run& run : row.runs) {
    fuzz::require(run.byte_count != 0 && run.chunk_count <= run.byte_count, "runs with bytes");
    fuzz::require(run.first_chunk + run.chunk_count >= run.first_chunk, "chunk numbers without overflow");
    bytes += run.byte_count;
  }
  fuzz::require(bytes == row.size, "runs that add up");
  fuzz::require(row.digest.has_value() == format::needs_digest(row), "a digest where one is needed");
  fuzz::require((row.kind == EntryKind::symlink) == !row.target.empty(), "a target for links only");
  for (std::size_t i = 1; i < row.xattrs.size(); ++i)
    fuzz::require(row.xattrs[i - 1].name < row.xattrs[i].name, "attributes in order");
}

void check_page(const CatalogPage& page, format::PageKind kind, std::size_t size, const Limits& limits) {
  fuzz::require(page.memory_bytes() <= kFreeMemory + kMemoryPerByte * size, "memory in bounds");
  for (std::size_t row = 0; row < page.row_count(); ++row) {
    check_row(page.row(row), limits);
    if (kind != format::PageKind::catalog_leaf) continue;
    fuzz::require(row == 0 || format::path_less(page.path(row - 1), page.path(row)), "paths in order");
    fuzz::require(page.lower_bound(page.path(row)) == row, "each path found");
  }
}

void decode_places(ByteView raw, const Limits& limits) {
  const auto places = format::decode_chunk_places(raw, limits);
  if (!places) return;
  fuzz::require(places->blocks.size() <= limits.max_chunks_per_page && places->lengths.size() == places->blocks.size(), "as many as allowed");
  fuzz::require(places->gaps.empty() || places->gaps.size() == places->blocks.size(), "gaps of all chunks or none");
  const auto again = format::decode_chunk_places(format::encode_catalog_page(format::PageKind::manifest, {}, *places), fuzz::limits(true));
  fuzz::require(again && again->blocks == places->blocks && again->lengths == places->lengths && again->gaps == places->gaps, "the same places again");
}

void decode(ByteView raw, const Limits& limits) {
  decode_places(raw, limits);
  const bool is_manifest = !raw.empty() && raw[0] == static_cast<std::uint8_t>(format::PageKind::manifest);
  const auto kind = is_manifest ? format::PageKind::manifest : format::PageKind::catalog_leaf;
  const auto page = CatalogPage::decode(Bytes(raw.begin(), raw.end()), kind, limits);
  if (!page) return;
  check_page(*page, kind, raw.size(), limits);
  std::vector<EntryRow> rows;
  std::size_t runs = 0;
  for (std::size_t row = 0; row < page->row_count(); ++row) {
    rows.push_back(page->row(row));
    runs += rows.back().runs.size();
  }
  if (runs > 100'000) return;  // takes the fuzzer too long
  Limits wider = limits;
  wider.max_page_raw_bytes *= 4;  // prefixes may have been shared less than they can be, or more
  const auto again = CatalogPage::decode(format::encode_catalog_page(kind, rows), kind, wider);
  fuzz::require(again && again->row_count() == rows.size(), "accepted again");
  for (std::size_t row = 0; row < rows.size(); ++row)
    fuzz::require(equal(again->row(row), rows[row]), "the same row again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  decode({data + 1, size - 1}, fuzz::limits((data[0] & 1) != 0));
  return 0;
}
