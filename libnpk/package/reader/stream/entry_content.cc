#include "package/reader/stream/entry_content.h"

#include <algorithm>
#include <cstring>

namespace npk::reader {
namespace {

// The chunks of a run around a stream position that lie one behind the other in one block, as an extent of the stream.
// No further than the run: a block holds hundreds of small files.
Extent extent_around(const ChunkLeaf& leaf, const format::Run& run, std::uint64_t position) {
  const std::vector<format::ChunkRow>& chunks = leaf.page.chunks;
  const auto follows = [&](std::size_t row) {
    const format::ChunkRow& before = chunks[row - 1];
    return chunks[row].block == before.block && chunks[row].offset == std::uint64_t{before.offset} + before.length;
  };
  const auto at = static_cast<std::size_t>(std::ranges::upper_bound(leaf.ends, position) - leaf.ends.begin());
  const std::uint64_t page_first = leaf.page.first_chunk;
  const std::uint64_t least = run.first_chunk > page_first ? run.first_chunk - page_first : 0;
  const std::uint64_t end = std::min<std::uint64_t>(chunks.size(), run.first_chunk + run.chunk_count - page_first);
  std::size_t first = at, last = at;
  while (first > least && follows(first)) --first;
  while (last + 1 < end && follows(last + 1)) ++last;
  return {leaf.ends[first] - chunks[first].length, leaf.ends[last], leaf.page.first_block + chunks[first].block,
          chunks[first].offset};
}

// Cut to [begin, end), then moved so that `begin` becomes `new_begin`.
Extent cut_and_move(Extent extent, std::uint64_t begin, std::uint64_t end, std::uint64_t new_begin) {
  if (extent.begin < begin) extent.offset_in_unit += begin - extent.begin;
  extent.begin = new_begin + (std::max(extent.begin, begin) - begin);
  extent.end = new_begin + (std::min(extent.end, end) - begin);
  return extent;
}

CacheAccess access_of(const ContentRequest& request) {
  return {request.sequential ? CacheUse::sequential : CacheUse::random, request.stop, request.deadline()};
}

// Of many small files' block others may want the rest. What another processor has written or read last is slow to write
// over, slower than new memory: so blocks read ahead are not recycled.
bool is_passing(const ContentRequest& request, const Extent& extent, const format::BlockRow& block) noexcept {
  return request.sequential && !request.ahead && extent.end - extent.begin >= block.raw_length / 2;
}

}  // namespace

EntryContent::EntryContent(std::shared_ptr<const PackageReader::Impl> package, Entry entry)
    : package_(std::move(package)),
      entry_(std::move(entry)),
      runs_(entry_.row().runs),
      size_(entry_.row().size),
      extents_(size_) {
  run_positions_ = std::make_unique<std::atomic<std::uint64_t>[]>(runs_.size());
  run_ends_.reserve(runs_.size());
  for (std::size_t run = 0; run < runs_.size(); ++run) {
    run_positions_[run].store(kUnknown, std::memory_order_relaxed);
    run_ends_.push_back((run == 0 ? 0 : run_ends_.back()) + runs_[run].byte_count);
  }
}

EntryContent::~EntryContent() {
  forget_recent();
}

void EntryContent::forget_recent() const noexcept {
  recent_.for_each([&](RecentBlock& recent) { recent.forget(package_->pin_budget()); });
}

Result<void> EntryContent::read(std::uint64_t offset, MutableBytes out, const ContentRequest& request,
                                ReadCost& cost) const {
  if (recent_.at(request.stripe).copy(offset, out)) {
    ++cost.hits;
    package_->block_cache().count_hit();
    return {};
  }
  while (!out.empty()) {
    if (request.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_ASSIGN(const Stretch stretch, stretch_at(offset, out.size(), request));
    const auto length = static_cast<std::size_t>(stretch.length);
    NPK_TRY(read_stretch(stretch, offset, out.first(length), request, cost));
    out = out.subspan(length);
    offset += length;
  }
  return {};
}

// All of a block that is wanted is asked for at once: asked for twice, it could be decoded twice.
Result<EntryContent::Stretch> EntryContent::stretch_at(std::uint64_t offset, std::uint64_t wanted,
                                                       const ContentRequest& request) const {
  NPK_ASSIGN(const Extent first, extent_at(offset, request));
  Stretch stretch{first, 0, 0};
  for (Extent extent = first; extent.unit == first.unit;) {
    const std::uint64_t end = std::min(extent.end, offset + wanted);
    const std::uint64_t end_in_unit =
        request.sequential ? extent.end_in_unit() : extent.offset_in_unit + (end - extent.begin);
    stretch.needed_bytes = std::max(stretch.needed_bytes, end_in_unit);
    stretch.length = end - offset;
    if (stretch.length == wanted) break;
    NPK_ASSIGN(extent, extent_at(end, request));
  }
  return stretch;
}

Result<void> EntryContent::read_stretch(const Stretch& stretch, std::uint64_t offset, MutableBytes out,
                                        const ContentRequest& request, ReadCost& cost) const {
  if (stretch.first.is_hole()) {
    std::memset(out.data(), 0, out.size());
    return {};
  }
  NPK_ASSIGN(const BlockCache::Block block, block_of(stretch.first, stretch.needed_bytes, request, cost));
  recent_.at(request.stripe).note(stretch.first, block, package_->pin_budget());
  for (Extent extent = stretch.first;;) {
    const auto length = static_cast<std::size_t>(std::min<std::uint64_t>(extent.end - offset, out.size()));
    std::memcpy(out.data(), block->view().data() + extent.offset_in_unit + (offset - extent.begin), length);
    out = out.subspan(length);
    offset += length;
    if (out.empty()) return {};
    NPK_ASSIGN(extent, extent_at(offset, request));
  }
}

// The block's row is looked up only if it must be read.
Result<BlockCache::Block> EntryContent::block_of(const Extent& extent, std::uint64_t needed_bytes,
                                                 const ContentRequest& request, ReadCost& cost) const {
  BlockCache& cache = package_->block_cache();
  CacheAccess access = access_of(request);
  BlockLocation location;
  location.number = extent.unit;
  location.row.raw_length = UINT64_MAX;
  if (BlockCache::Block found = cache.try_get(location, needed_bytes, access.use)) {
    ++cost.hits;
    return found;
  }
  NPK_ASSIGN(location, package_->chunks().block(extent.unit, access));
  if (is_passing(request, extent, location.row)) access.use = CacheUse::passing;
  BlockCache::Cost spent;
  const auto begun = std::chrono::steady_clock::now();
  auto block = cache.get(location, needed_bytes, access, &spent);
  cost.stored_bytes += spent.stored_bytes;
  cost.waiting += spent.waiting;
  cost.decoding += spent.decoding;
  if (block) {
    ++(spent.hit ? cost.hits : cost.misses);
  } else if (block.error().code == Errc::cancelled || block.error().code == Errc::limit) {
    cost.waiting += std::chrono::steady_clock::now() - begun;  // a wait that was given up is not in what was spent
  }
  return block;
}

Result<Unit> EntryContent::load(const Extent& extent, std::uint64_t needed_bytes, const ContentRequest& request,
                                ReadCost& cost) const {
  NPK_ASSIGN(const BlockCache::Block block, block_of(extent, needed_bytes, request, cost));
  return Unit{block->view(), block};
}

Result<Extent> EntryContent::extent_at(std::uint64_t offset, const ContentRequest& request) const {
  if (const auto known = extents_.find(offset)) return *known;
  auto found = look_up(offset, access_of(request));
  if (found) extents_.keep(offset, *found);
  return found;
}

Result<Extent> EntryContent::look_up(std::uint64_t offset, const CacheAccess& access) const {
  const auto run = static_cast<std::size_t>(std::ranges::upper_bound(run_ends_, offset) - run_ends_.begin());
  const std::uint64_t begin = run_ends_[run] - runs_[run].byte_count;
  if (runs_[run].chunk_count == 0) return Extent{begin, run_ends_[run], Extent::kHole, 0};
  NPK_ASSIGN(const std::uint64_t position, stream_position_of(run, access));
  const std::uint64_t sought = position + (offset - begin);
  NPK_ASSIGN(const auto leaf, package_->chunks().leaf_at(sought, access));
  return cut_and_move(extent_around(*leaf, runs_[run], sought), position, position + runs_[run].byte_count, begin);
}

Result<std::uint64_t> EntryContent::stream_position_of(std::size_t run, const CacheAccess& access) const {
  std::atomic<std::uint64_t>& known = run_positions_[run];
  if (const std::uint64_t position = known.load(std::memory_order_relaxed); position != kUnknown) return position;
  const format::Run& wanted = runs_[run];
  NPK_ASSIGN(const ChunkLocation first, package_->chunks().chunk(wanted.first_chunk, access));
  NPK_ASSIGN(const ChunkLocation last,
             package_->chunks().chunk(wanted.first_chunk + wanted.chunk_count - 1, access));
  if (last.stream_position + last.length - first.stream_position != wanted.byte_count)
    return fail_corrupt("an entry's chunks do not have the length the entry says");
  known.store(first.stream_position, std::memory_order_relaxed);
  return first.stream_position;
}

}  // namespace npk::reader
