#include "accel/device/plan.h"

#include <algorithm>

#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

// How an operation's items become tiles.
struct Tiling {
  std::uint64_t elements = 0;        // of a tile; 0: the operation has none
  std::uint64_t element_bytes = 1;   // of input
  std::uint64_t scratch_words = 0;   // a tile
  bool by_output = false;            // counted in values of output
  bool at_least_one = false;         // an empty item has one, too
};

constexpr Tiling tiling_of(Operation operation) noexcept {
  switch (operation) {
    case Operation::varint_encode: return {.elements = kVarintTileValues, .element_bytes = 8, .scratch_words = 1};
    case Operation::varint_decode: return {.elements = kVarintTileBytes, .scratch_words = 1};
    case Operation::delta_decode: return {.elements = kDeltaTileValues, .element_bytes = 8, .scratch_words = 1};
    case Operation::zigzag_encode:
    case Operation::zigzag_decode:
    case Operation::delta_encode:
    case Operation::bit_pack: return {.elements = kValueTile, .element_bytes = 8};
    case Operation::frame_encode: return {.elements = kValueTile, .element_bytes = 8, .scratch_words = 2};
    case Operation::bit_unpack:
    case Operation::frame_decode: return {.elements = kValueTile, .by_output = true};
    case Operation::dictionary: return {.elements = kValueTile, .element_bytes = 4};
    case Operation::histogram: return {.elements = kHistogramTileBytes};
    case Operation::pattern_match: return {.elements = kMatchTileBytes, .scratch_words = 1};
    case Operation::cut_points: return {.elements = kCutTileBytes, .scratch_words = 1};
    case Operation::blake3: return {.elements = kLeafBytes, .scratch_words = 4, .at_least_one = true};
    case Operation::lz4_decode: return {};
  }
  return {};
}

// Items that failed already have no tiles.
std::uint64_t tiles_of(const Batch& batch, const Tiling& tiling, std::size_t item, const Expectation& expected) noexcept {
  if (tiling.elements == 0 || expected.status != ItemStatus::ok) return 0;
  std::uint64_t elements = tiling.by_output ? expected.bytes / 8 : batch.inputs[item].bytes / tiling.element_bytes;
  if (batch.operation == Operation::cut_points) elements -= expected.parameter;
  const std::uint64_t tiles = (elements + tiling.elements - 1) / tiling.elements;
  return tiling.at_least_one ? std::max<std::uint64_t>(tiles, 1) : tiles;
}

// Counts, places, and what is written there.
void add_found(std::vector<Launch>& out, Kernel count, Kernel write, std::uint64_t unit, std::uint64_t a, std::uint64_t b) {
  out.push_back({count, Share::item_a_tile, a, b});
  out.push_back({Kernel::sum_tiles, Share::group_an_item, unit});
  out.push_back({write, Share::item_a_tile, a, b});
}

void add_delta_rounds(std::vector<Launch>& out, const Batch& batch) {
  const std::uint32_t rounds = batch.parameters.empty() ? 0 : *std::ranges::max_element(batch.parameters);
  for (std::uint64_t round = 0; round < rounds; ++round) add_found(out, Kernel::delta_sums, Kernel::delta_restore, 0, round, 0);
}

void add_blake3_levels(std::vector<Launch>& out, const Batch& batch) {
  std::uint64_t bytes = 0;
  for (const Extent& input : batch.inputs) bytes = std::max(bytes, input.bytes);
  out.push_back({Kernel::blake3_leaves, Share::item_a_tile});
  const std::uint64_t leaves = (bytes + kLeafBytes - 1) / kLeafBytes;
  for (std::uint64_t apart = 1; apart < leaves; apart *= 2) out.push_back({Kernel::blake3_parents, Share::item_a_tile, apart});
}

void add_frame_stages(std::vector<Launch>& out) {
  out.push_back({Kernel::frame_ranges, Share::group_a_tile});
  out.push_back({Kernel::frame_headers, Share::item_an_item});
  out.push_back({Kernel::frame_encode, Share::group_a_tile});
}

void add_histogram_stages(std::vector<Launch>& out) {
  out.push_back({Kernel::histogram_clear, Share::group_an_item});
  out.push_back({Kernel::histogram, Share::group_a_tile});
  out.push_back({Kernel::entropy, Share::item_an_item});
}

std::vector<Launch> launches_of(const Batch& batch) {
  std::vector<Launch> out;
  const auto values = [&out](Kernel kernel, std::uint64_t a = 0) { out.push_back({kernel, Share::group_a_tile, a}); };
  switch (batch.operation) {
    case Operation::varint_encode: add_found(out, Kernel::varint_sizes, Kernel::varint_write, 1, 0, 0); break;
    case Operation::varint_decode: add_found(out, Kernel::varint_count, Kernel::varint_read, 8, 0, 0); break;
    case Operation::zigzag_encode: values(Kernel::zigzag_encode); break;
    case Operation::zigzag_decode: values(Kernel::zigzag_decode); break;
    case Operation::delta_encode: values(Kernel::delta_encode); break;
    case Operation::delta_decode: add_delta_rounds(out, batch); break;
    case Operation::bit_pack: values(Kernel::bit_pack); break;
    case Operation::bit_unpack: values(Kernel::bit_unpack); break;
    case Operation::frame_encode: add_frame_stages(out); break;
    case Operation::frame_decode: values(Kernel::frame_decode); break;
    case Operation::dictionary: values(Kernel::dictionary_lookup, batch.table.size()); break;
    case Operation::histogram: add_histogram_stages(out); break;
    case Operation::pattern_match: add_found(out, Kernel::match_count, Kernel::match_write, 8, 0, 0); break;
    case Operation::cut_points: add_found(out, Kernel::cut_count, Kernel::cut_write, 8, batch.cuts.loose, batch.cuts.strict); break;
    case Operation::blake3: add_blake3_levels(out, batch); break;
    case Operation::lz4_decode: out.push_back({Kernel::lz4_decode, Share::group_an_item}); break;
  }
  return out;
}

// The part of a batch's memory that extents lie in. Begins at a multiple of 16, so that what is aligned stays so.
Extent hull_of(std::span<const Extent> extents) noexcept {
  std::uint64_t begin = UINT64_MAX, end = 0;
  for (const Extent& extent : extents) {
    if (extent.bytes == 0) continue;
    begin = std::min(begin, extent.offset);
    end = std::max(end, extent.offset + extent.bytes);
  }
  if (end == 0) return {};
  begin -= begin % 16;
  return {begin, end - begin};
}

bool fills(std::span<const Extent> extents, const Extent& hull) noexcept {
  std::uint64_t bytes = 0;
  for (const Extent& extent : extents) bytes += extent.bytes;
  return bytes == hull.bytes;  // as they do not overlap
}

std::uint64_t place_in(const Extent& hull, const Extent& extent) noexcept { return extent.bytes == 0 ? 0 : extent.offset - hull.offset; }

void add_item(Plan& plan, const Batch& batch, const Tiling& tiling, std::size_t index) {
  const Expectation expected = expect(batch, index);
  ItemRecord& item = plan.items.emplace_back();
  item.input_offset = place_in(plan.input, batch.inputs[index]);
  item.input_bytes = batch.inputs[index].bytes;
  item.output_offset = place_in(plan.output, batch.outputs[index]);
  item.output_room = batch.outputs[index].bytes;
  item.first_tile = plan.tiles.size();
  item.tile_count = tiles_of(batch, tiling, index, expected);
  item.parameter = expected.parameter;
  item.expected_bytes = expected.bytes;
  for (std::uint64_t tile = 0; tile < item.tile_count; ++tile)
    plan.tiles.push_back({.item = static_cast<std::uint32_t>(index), .begin = tile * tiling.elements});
  plan.outcomes.push_back({.bytes = expected.bytes, .status = static_cast<std::uint32_t>(expected.status)});
}

}  // namespace

PlanSizes plan_sizes(const Batch& batch) noexcept {
  const Tiling tiling = tiling_of(batch.operation);
  PlanSizes sizes;
  for (std::size_t item = 0; item < batch.inputs.size(); ++item) sizes.tiles += tiles_of(batch, tiling, item, expect(batch, item));
  sizes.scratch_words = sizes.tiles * tiling.scratch_words;
  return sizes;
}

Result<Plan> make_plan(const Batch& batch) {
  constexpr std::uint64_t kMostTiles = std::uint64_t{1} << 30;
  const Tiling tiling = tiling_of(batch.operation);
  const PlanSizes sizes = plan_sizes(batch);
  if (sizes.tiles > kMostTiles) return fail(Errc::limit, "a batch of more than 2^30 tiles");
  Plan plan;
  plan.input = hull_of(batch.inputs);
  plan.output = hull_of(batch.outputs);
  plan.output_is_whole = fills(batch.outputs, plan.output);
  plan.items.reserve(batch.inputs.size());
  plan.outcomes.reserve(batch.inputs.size());
  plan.tiles.reserve(sizes.tiles);
  plan.scratch_words = sizes.scratch_words;
  for (std::size_t item = 0; item < batch.inputs.size(); ++item) add_item(plan, batch, tiling, item);
  if (batch.operation == Operation::pattern_match) plan.table = needle_table(batch.needles);
  plan.launches = launches_of(batch);
  return plan;
}

std::vector<std::uint64_t> needle_table(std::span<const ByteView> needles) {
  std::vector<std::uint32_t> order(needles.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::sort(order, {}, [&](std::uint32_t needle) { return std::pair(needles[needle].front(), needle); });
  std::vector<std::uint64_t> table(257 + 2 * needles.size());
  Bytes text;
  for (std::size_t row = 0; row < order.size(); ++row) {
    const ByteView needle = needles[order[row]];
    ++table[needle.front() + 1U];
    table[257 + 2 * row] = (table.size() * 8 + text.size()) | std::uint64_t{needle.size()} << 32;
    table[257 + 2 * row + 1] = order[row];
    text.insert(text.end(), needle.begin(), needle.end());
  }
  for (std::size_t byte = 0; byte < 256; ++byte) table[byte + 1] += table[byte];
  text.resize((text.size() + 7) / 8 * 8);
  for (std::size_t at = 0; at < text.size(); at += 8) table.push_back(load_le<std::uint64_t>(text.data() + at));
  return table;
}

}  // namespace npk::accel
