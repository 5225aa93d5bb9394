#include "ops/write/rewrite/manifest_queue.h"

#include <algorithm>
#include <deque>
#include <tuple>

#include "block/seal.h"
#include "package/reader/impl.h"
#include "package/writer/row_weight.h"

namespace npk::ops {
namespace {

constexpr std::size_t kManifestBytes = 16U << 20;  // raw, roughly
constexpr std::size_t kManifestRuns = 1U << 18;    // with one entry more: spec section 16
constexpr std::size_t kManifestRows = 1U << 15;

struct ManifestRow {
  npk::Entry entry;
  std::vector<format::Run> runs;
};

}  // namespace

Result<ManifestQueue> ManifestQueue::make(const PackageReader& newest, const GenerationRows& rows, int page_level, writer::FrameWriter& to) {
  ManifestQueue queue(newest, rows, page_level, to);
  NPK_TRY(queue.collect());
  return queue;
}

Result<void> ManifestQueue::collect() {
  if (newest_->entry_count() > UINT32_MAX || newest_->impl().chunks().totals().chunks > UINT32_MAX)
    return fail(Errc::limit, "more entries or chunks than a package can have to be written anew");
  NPK_TRY(newest_->for_each([&](const npk::Entry& entry) {
    if (rows_->is_purged(entry.path())) return true;
    std::uint64_t end = 0;
    for (const format::Run& run : entry.row().runs)
      if (run.chunk_count != 0) end = std::max(end, run.first_chunk + run.chunk_count);
    entries_.push_back({static_cast<std::uint32_t>(end), static_cast<std::uint32_t>(entry.number())});
    return true;
  }));
  std::ranges::sort(entries_, {}, [](const Entry& entry) { return std::tuple(entry.chunk_end, entry.number); });
  return {};
}

// Of one segment in path order, so that each page of the catalog is read once for it.
Result<void> ManifestQueue::write_up_to(std::uint64_t old_chunk_end, const format::ChunkPage* leaf) {
  const auto begin = entries_.begin() + static_cast<std::ptrdiff_t>(written_);
  const auto end = std::upper_bound(begin, entries_.end(), old_chunk_end,
                                    [](std::uint64_t bound, const Entry& entry) { return bound < entry.chunk_end; });
  std::sort(begin, end, [](const Entry& a, const Entry& b) { return a.number < b.number; });
  for (std::span<const Entry> left(begin, end); !left.empty() || leaf != nullptr; leaf = nullptr) {
    NPK_ASSIGN(const std::size_t count, write_one(left, leaf));
    left = left.subspan(count);
    written_ += count;
  }
  return {};
}

Result<std::size_t> ManifestQueue::write_one(std::span<const Entry> entries, const format::ChunkPage* leaf) {
  std::deque<ManifestRow> holders;
  std::vector<format::EntryRow> rows;
  std::size_t weight = 0, runs = 0;
  while (rows.size() < std::min(entries.size(), kManifestRows) && weight < kManifestBytes && runs < kManifestRuns) {
    NPK_ASSIGN(npk::Entry entry, newest_->entry(entries[rows.size()].number));
    ManifestRow& holder = holders.emplace_back(ManifestRow{std::move(entry), {}});
    const format::EntryRow row = rows_->rewritten(holder.entry.row(), holder.runs);
    weight += writer::row_weight(row);
    runs += row.runs.size();
    expansion_.add(row);
    rows.push_back(row);
  }
  const format::ChunkPlaces places = leaf == nullptr ? format::ChunkPlaces() : format::places_of(*leaf, rows);
  NPK_ASSIGN(const Bytes body, block::seal_page(format::encode_catalog_page(format::PageKind::manifest, rows, places), page_level_));
  NPK_TRY(to_->pad_to(expansion_.least_package_bytes(Limits())));
  NPK_TRY(to_->write(format::FrameType::manifest, body));
  return rows.size();
}

}  // namespace npk::ops
