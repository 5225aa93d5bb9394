#include "ops/write/recover/rebuilt_leaves.h"

#include <algorithm>
#include <unordered_map>
#include <utility>

#include "block/open.h"
#include "npk/checked.h"

namespace npk::ops {
namespace {

using format::FrameType;

bool is_block(FrameType type) noexcept { return type == FrameType::block || type == FrameType::dictionary; }

// Lengths of chunks that a run names alone go where 0 stands. False: a row names chunks that are not known, or what it tells is told already.
bool fill_lengths(std::vector<std::uint64_t>& lengths, std::uint64_t first_chunk, const format::CatalogPage& rows) {
  for (std::size_t row = 0; row < rows.row_count(); ++row) {
    for (const format::Run& run : rows.row(row).runs) {
      if (run.chunk_count == 0) continue;
      if (run.first_chunk > first_chunk + lengths.size() || run.chunk_count > first_chunk + lengths.size() - run.first_chunk) return false;
      if (run.chunk_count != 1 || run.first_chunk < first_chunk) continue;
      std::uint64_t& length = lengths[static_cast<std::size_t>(run.first_chunk - first_chunk)];
      if (length != 0 && length != run.byte_count) return false;
      length = run.byte_count;
    }
  }
  return std::ranges::all_of(lengths, [](std::uint64_t length) { return length != 0 && length <= UINT32_MAX; });
}

// The highest number behind a chunk that a row names.
std::uint64_t chunk_end(const format::CatalogPage& rows) {
  std::uint64_t end = 0;
  for (std::size_t row = 0; row < rows.row_count(); ++row)
    for (const format::Run& run : rows.row(row).runs) end = std::max(end, checked_add(run.first_chunk, run.chunk_count).value_or(0));
  return end;
}

constexpr unsigned kMostTries = 4;

// The number of the first of the padding frames before a manifest, or its own.
std::size_t padding_before(const std::vector<FoundFrame>& all, std::size_t manifest) {
  while (manifest > 0 && all[manifest - 1].header.type == FrameType::padding && all[manifest - 1].header.sequence + 1 == all[manifest].header.sequence)
    --manifest;
  return manifest;
}

void find_bases(std::vector<format::BlockRow>& blocks, const std::vector<std::uint64_t>& bases) {
  std::unordered_map<std::uint64_t, std::size_t> numbers;  // by position
  for (std::size_t index = 0; index < blocks.size(); ++index) {
    const auto base = bases[index] == 0 ? numbers.end() : numbers.find(bases[index]);
    if (base != numbers.end()) blocks[index].base_distance = index - base->second;
    else if (bases[index] != 0) blocks[index] = {};
    if (blocks[index].position != 0) numbers.emplace(blocks[index].position, index);
  }
}

}  // namespace

void RebuiltLeaves::pass(const format::ChunkPage& leaf) {
  if (leaf.first_chunk + leaf.chunks.size() <= next_.chunk) return;
  next_ = {leaf.first_chunk + leaf.chunks.size(), leaf.first_block + leaf.blocks.size(), leaf.first_byte};
  for (const format::ChunkRow& chunk : leaf.chunks) next_.byte += chunk.length;
}

std::optional<format::ChunkPage> RebuiltLeaves::leaf_before(std::size_t number) {
  const std::size_t at = padding_before(frames_.all(), number);
  if (at > 0 && frames_.all()[at - 1].header.type == FrameType::chunk_page) return std::nullopt;
  const auto body = frames_.body(frames_.all()[number]);
  if (!body) return std::nullopt;
  auto raw = block::open_page(*body, frames_.limits());
  if (!raw) return std::nullopt;
  const auto places = format::decode_chunk_places(*raw, frames_.limits());
  if (!places || places->blocks.empty()) return std::nullopt;
  const auto rows = format::CatalogPage::decode(*std::move(raw), format::PageKind::manifest, frames_.limits());
  if (!rows) return std::nullopt;
  for (const Numbers& first : beginnings(places->blocks.size(), chunk_end(*rows))) {
    auto shape = shape_of(first, *places, *rows);
    if (!shape || !find_blocks(*shape, number)) continue;
    pass(shape->leaf);
    return std::move(shape->leaf);
  }
  return std::nullopt;
}

// Where a leaf may begin that has so many chunks and the one before `end`: where the one before it ends; or, if of that nothing is left, where a node says.
std::vector<RebuiltLeaves::Numbers> RebuiltLeaves::beginnings(std::size_t chunks, std::uint64_t end) {
  if (!numbers_) read_nodes();
  std::vector<Numbers> found{next_};
  const std::uint64_t least = end - std::min<std::uint64_t>(end, chunks);
  for (auto at = std::ranges::lower_bound(*numbers_, least, {}, &Numbers::chunk); at != numbers_->end() && at->chunk < end; ++at) {
    if (at->chunk > next_.chunk && found.size() < kMostTries) found.push_back(*at);
  }
  return found;
}

void RebuiltLeaves::read_nodes() {
  numbers_.emplace();
  for (const FoundFrame& frame : frames_.all()) {
    if (frame.header.type != FrameType::chunk_page) continue;
    const auto body = frames_.body(frame);
    const auto raw = body ? block::open_page(*body, frames_.limits()) : body;
    if (!raw) continue;
    const auto node = format::decode_chunk_node(*raw, frames_.limits());
    if (!node || node->height != 1) continue;
    for (const format::ChunkChild& child : node->children) numbers_->push_back({child.first_chunk, child.first_block, child.first_byte});
  }
  std::ranges::sort(*numbers_);
  const auto repeated = std::ranges::unique(*numbers_);
  numbers_->erase(repeated.begin(), repeated.end());
}

std::optional<RebuiltLeaves::Shape> RebuiltLeaves::shape_of(const Numbers& first, const format::ChunkPlaces& places,
                                                           const format::CatalogPage& rows) const {
  Shape shape{.leaf = {first.chunk, first.block, first.byte, {}, {}}, .block_ends = {}, .is_filled = places.gaps.empty()};
  const std::uint64_t last_block = std::ranges::max(places.blocks);
  std::vector<std::uint64_t> lengths = places.lengths;
  if (last_block >= frames_.limits().max_chunks_per_page || !fill_lengths(lengths, first.chunk, rows)) return std::nullopt;
  shape.block_ends.resize(static_cast<std::size_t>(last_block) + 1);
  for (std::size_t i = 0; i < lengths.size(); ++i) {
    std::uint64_t& end = shape.block_ends[static_cast<std::size_t>(places.blocks[i])];
    const std::uint64_t gap = shape.is_filled ? 0 : places.gaps[i], most = frames_.limits().max_block_raw_bytes;
    if (gap > most || end + gap + lengths[i] > most) return std::nullopt;
    end += gap;
    shape.leaf.chunks.push_back({.hash = {}, .length = static_cast<std::uint32_t>(lengths[i]), .block = static_cast<std::uint32_t>(places.blocks[i]),
                                 .offset = static_cast<std::uint32_t>(end)});
    end += lengths[i];
  }
  shape.leaf.blocks.resize(shape.block_ends.size());
  return shape;
}

// The leaf was the frame before its manifest, but for padding; its blocks were those before it, the last one next to it. A base is one of
// them: a block whose base is not there is left out. Chunks that do not end where their block does: something is not what it seems.
bool RebuiltLeaves::find_blocks(Shape& shape, std::size_t manifest) const {
  const std::vector<FoundFrame>& all = frames_.all();
  std::size_t at = padding_before(all, manifest);
  const std::uint64_t behind = all[at].header.sequence, count = shape.block_ends.size();
  if (behind < count + 1) return false;
  const std::uint64_t first = behind - 1 - count;
  std::vector<std::uint64_t> bases(shape.block_ends.size());  // their positions, 0 for none
  while (at-- > 0 && all[at].header.sequence >= first && all[at].header.sequence < behind) {
    const FoundFrame& frame = all[at];
    if (frame.header.sequence + 1 == behind) continue;
    if (!is_block(frame.header.type)) return false;
    const auto body = frames_.body(frame);
    if (!body) continue;
    const auto opened = format::split_body(*body, frames_.limits());
    if (!opened) continue;
    const auto index = static_cast<std::size_t>(frame.header.sequence - first);
    bases[index] = opened->header.base_position;
    const bool is_dictionary = frame.header.type == FrameType::dictionary;
    const std::uint64_t raw_length = opened->header.raw_length, end = shape.block_ends[index];
    if (!is_dictionary && (shape.is_filled ? raw_length != end : raw_length < end)) return false;
    shape.leaf.blocks[index] = {.position = frame.position, .stored_length = frame.header.stored_length, .raw_length = opened->header.raw_length,
                                .hash = frame.hash, .base_distance = 0, .is_dictionary = is_dictionary};
  }
  find_bases(shape.leaf.blocks, bases);
  return true;
}

}  // namespace npk::ops
