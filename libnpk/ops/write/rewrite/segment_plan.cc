#include "ops/write/rewrite/segment_plan.h"

#include <algorithm>
#include <map>

namespace npk::ops {
namespace {

using writer::Lane;

// One block of the old pages with what is needed of it.
struct OldBlock {
  PlannedSource source;
  std::uint64_t live_bytes = 0;
};

class SegmentPlanner {
 public:
  SegmentPlanner(const LiveChunks& live, const BlockRules& rules, const FilteredLane& filtered_lane, const reader::ChunkCounts& first)
      : live_(live), rules_(rules), filtered_lane_(filtered_lane) {
    segment_.page.first_chunk = first.chunks;
    segment_.page.first_block = first.blocks;
    segment_.page.first_byte = first.bytes;
  }

  PlannedSegment plan(std::span<const ChunkLeafPointer> leaves) {
    for (const ChunkLeafPointer& leaf : leaves) take(leaf->page);
    for (std::vector<OldBlock>& lane : repacked_) repack(lane);
    std::ranges::sort(segment_.blocks, {}, [](const PlannedBlock& block) { return block.sources.front().chunks.front().row; });
    return std::move(segment_);
  }

 private:
  void take(const format::ChunkPage& page) {
    std::vector<OldBlock> blocks(page.blocks.size());
    for (std::size_t i = 0; i < page.chunks.size(); ++i) {
      if (!live_.is_live(page.first_chunk + i)) continue;
      const format::ChunkRow& chunk = page.chunks[i];
      blocks[chunk.block].source.chunks.push_back({segment_.page.chunks.size(), chunk.offset, chunk.length, chunk.hash});
      blocks[chunk.block].live_bytes += chunk.length;
      segment_.page.chunks.push_back({chunk.hash, chunk.length, 0, 0});
    }
    for (std::size_t i = 0; i < blocks.size(); ++i) blocks[i].source.block = {page.first_block + i, page.blocks[i]};
    copy_with_bases(blocks);
    for (OldBlock& block : blocks) {
      if (block.live_bytes != 0) sort_out(std::move(block));
    }
    segment_.old_chunk_end = page.first_chunk + page.chunks.size();
  }

  // Those that may be copied and have a base that may: behind it, at once.
  void copy_with_bases(std::vector<OldBlock>& blocks) {
    std::vector<std::vector<std::size_t>> on(blocks.size());
    for (std::size_t i = 0; i < blocks.size(); ++i) {
      const std::uint64_t distance = blocks[i].source.block.row.base_distance;
      if (distance == 0 || distance > i || blocks[i].live_bytes == 0 || !has_little_waste(blocks[i])) continue;
      const OldBlock& base = blocks[i - static_cast<std::size_t>(distance)];
      if (base.live_bytes != 0 && may_be_copied(base)) on[i - static_cast<std::size_t>(distance)].push_back(i);
    }
    for (std::size_t base = 0; base < blocks.size(); ++base) {
      if (on[base].empty()) continue;
      PlannedBlock copies{.is_copy = true, .lane = lane_of(blocks[base]), .sources = {}, .raw_length = 0};
      const auto take = [&](OldBlock& block) {
        copies.raw_length += block.source.block.row.raw_length;
        copies.sources.push_back(std::move(block.source));
        block.live_bytes = 0;
      };
      take(blocks[base]);
      for (const std::size_t i : on[base]) take(blocks[i]);
      segment_.blocks.push_back(std::move(copies));
    }
  }

  // Its content's kind shows in how it was stored.
  [[nodiscard]] Lane lane_of(const OldBlock& block) const {
    const format::BlockRow& row = block.source.block.row;
    if (row.stored_length >= row.raw_length) return Lane::incompressible;
    if (const auto filtered = filtered_lane_(block.source.block)) return *filtered;
    return rules_.bases.most_bytes == 0 && row.raw_length > rules_.block_bytes[0] ? Lane::repetitive : Lane::ordinary;
  }

  [[nodiscard]] bool may_be_copied(const OldBlock& block) const {
    return block.source.block.row.base_distance == 0 && has_little_waste(block);
  }

  [[nodiscard]] bool has_little_waste(const OldBlock& block) const {
    const format::BlockRow& row = block.source.block.row;
    return rules_.copies && row.raw_length - block.live_bytes <= row.raw_length / 256 * rules_.most_waste;
  }

  void sort_out(OldBlock block) {
    const Lane lane = lane_of(block);
    const auto index = static_cast<std::size_t>(lane);
    const bool is_full = block.source.block.row.raw_length >= rules_.block_bytes[std::min<std::size_t>(index, lane == Lane::repetitive ? 0 : index)] / 2;
    if (is_full && may_be_copied(block)) copy(std::move(block), lane);
    else repacked_[index].push_back(std::move(block));
  }

  void copy(OldBlock block, Lane lane) {
    const std::uint64_t raw_length = block.source.block.row.raw_length;
    segment_.blocks.push_back({.is_copy = true, .lane = lane, .sources = {}, .raw_length = raw_length});
    segment_.blocks.back().sources.push_back(std::move(block.source));
  }

  // Small blocks stay as they are where packing them together would save none of them.
  void repack(std::vector<OldBlock>& old) {
    if (old.empty()) return;
    const auto lane = static_cast<Lane>(&old - repacked_.data());
    std::vector<PlannedBlock> packed = pack(old, lane);
    if (packed.size() >= old.size() && std::ranges::all_of(old, [this](const OldBlock& block) { return may_be_copied(block); })) {
      for (OldBlock& block : old) copy(std::move(block), lane);
      return;
    }
    std::ranges::move(writer::has_bases(rules_.bases, lane) ? pack_groups(old, lane) : std::move(packed), std::back_inserter(segment_.blocks));
  }

  // In the order of their numbers, whatever blocks they lay in.
  [[nodiscard]] std::vector<PlannedBlock> pack_groups(const std::vector<OldBlock>& old, Lane lane) const {
    std::vector<std::pair<PlannedChunk, const OldBlock*>> chunks;
    for (const OldBlock& block : old) {
      for (const PlannedChunk& chunk : block.source.chunks) chunks.emplace_back(chunk, &block);
    }
    std::ranges::sort(chunks, {}, [](const auto& chunk) { return chunk.first.row; });
    std::vector<PlannedBlock> groups;
    std::map<const OldBlock*, std::size_t> sources;  // of the last group
    for (const auto& [chunk, block] : chunks) {
      if (groups.empty() || groups.back().raw_length + chunk.length > rules_.bases.group_bytes) {
        groups.push_back({.is_copy = false, .is_group = true, .lane = lane, .sources = {}, .raw_length = 0});
        sources.clear();
      }
      PlannedBlock& group = groups.back();
      const auto [source, is_new] = sources.emplace(block, group.sources.size());
      if (is_new) group.sources.push_back({block->source.block, {}});
      group.sources[source->second].chunks.push_back(chunk);
      group.raw_length += chunk.length;
    }
    return groups;
  }

  // Chunks of one block lie there in the order of their numbers (spec section 6.4).
  [[nodiscard]] std::vector<PlannedBlock> pack(const std::vector<OldBlock>& old, Lane lane) const {
    std::vector<PlannedBlock> packed;
    std::size_t next_row = 0;
    for (const OldBlock& block : old) {
      bool continues = false;  // the source that is open
      for (const PlannedChunk& chunk : block.source.chunks) {
        const bool fits = !packed.empty() && chunk.row >= next_row &&
                          packed.back().raw_length + chunk.length <= rules_.block_bytes[static_cast<std::size_t>(lane)];
        if (!fits) packed.push_back({.is_copy = false, .lane = lane, .sources = {}, .raw_length = 0});
        if (!fits || !continues) packed.back().sources.push_back({block.source.block, {}});
        continues = true;
        packed.back().sources.back().chunks.push_back(chunk);
        packed.back().raw_length += chunk.length;
        next_row = chunk.row + 1;
      }
    }
    return packed;
  }

  const LiveChunks& live_;
  const BlockRules& rules_;
  const FilteredLane& filtered_lane_;
  std::array<std::vector<OldBlock>, writer::kLanes> repacked_;
  PlannedSegment segment_;
};

}  // namespace

PlannedSegment plan_segment(std::span<const ChunkLeafPointer> leaves, const LiveChunks& live, const BlockRules& rules,
                            const FilteredLane& filtered_lane, const reader::ChunkCounts& first) {
  return SegmentPlanner(live, rules, filtered_lane, first).plan(leaves);
}

}  // namespace npk::ops
