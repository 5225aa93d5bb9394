#include "ops/read/verify_chunks.h"

#include <algorithm>

#include "block/open.h"

namespace npk::ops {
namespace {

using format::FrameType;

Result<void> check_node(const format::ChunkNode& node, std::optional<int> height, std::uint64_t first_chunk) {
  if (height && node.height != *height) return fail_corrupt("a chunk page's height is not one less than its parent's");
  if (node.children.front().first_chunk != first_chunk) return fail_corrupt("a chunk page's first chunk is not what its parent says");
  return {};
}

}  // namespace

std::vector<ChunkRange> chunks_of_block(const format::ChunkPage& page, std::size_t index) {
  std::vector<ChunkRange> ranges;
  for (std::size_t row = 0; row < page.chunks.size(); ++row) {
    if (page.chunks[row].block != index) continue;
    const std::uint64_t number = page.first_chunk + row;
    if (!ranges.empty() && ranges.back().last == number) ++ranges.back().last;
    else ranges.push_back({number, number + 1});
  }
  return ranges;
}

std::vector<ChunkRange> ChunkTreeCheck::chunks_of_block(std::uint64_t number) const {
  const auto behind = std::ranges::upper_bound(leaves_, number, {}, &ChunkLeafPlace::first_block);
  if (behind == leaves_.begin()) return {};
  const auto leaf = load(*std::prev(behind));
  if (!leaf || number - (*leaf)->page.first_block >= (*leaf)->page.blocks.size()) return {};
  return ops::chunks_of_block((*leaf)->page, static_cast<std::size_t>(number - (*leaf)->page.first_block));
}

Result<void> ChunkTreeCheck::run() {
  const format::Totals& totals = package_.info().commit.placement.totals;
  if (totals.chunks == 0) return {};
  if (package_.commit_position() == 0) return check_recovered();
  NPK_TRY(visit({package_.info().commit.placement.chunk_root, package_.commit_position(), {0, totals.chunks}, {}}));
  std::ranges::sort(blocks_, {}, &BlockPlace::position);
  const auto twice = std::ranges::adjacent_find(blocks_, {}, &BlockPlace::position);
  if (twice != blocks_.end())
    NPK_TRY(damages_.note(DamageKind::totals, {Errc::corrupt, "two blocks lie in one frame", {}, package_.extent().offset + twice->position}));
  if (complete_ && stored_bytes_ != totals.stored_bytes)
    return damages_.note(DamageKind::totals, {Errc::corrupt, "the commit's total of stored bytes is not what the chunk pages say"});
  return {};
}

Result<void> ChunkTreeCheck::visit(const Place& place) {
  const auto page = package_.page_cache().get(FrameType::chunk_page, place.reference, place.before);
  if (!page) {
    complete_ = false;
    return damages_.note(DamageKind::chunk_page, page.error(), {place.chunks});
  }
  if (const auto* node = std::get_if<format::ChunkNode>(&(*page)->content)) return visit_node(place, *node);
  return visit_leaf(place, std::get<reader::ChunkLeaf>((*page)->content));
}

Result<void> ChunkTreeCheck::visit_node(const Place& place, const format::ChunkNode& node) {
  // These two also bound the walk: a page can't be a child twice, nor its own descendant.
  if (auto sound = package_.frames().placed(check_node(node, place.height, place.chunks.first), place.reference.position); !sound) {
    complete_ = false;
    return damages_.note(DamageKind::chunk_page, std::move(sound).error(), {place.chunks});
  }
  for (std::size_t i = 0; i < node.children.size(); ++i) {
    const format::ChunkChild& child = node.children[i];
    const std::uint64_t end = i + 1 < node.children.size() ? node.children[i + 1].first_chunk : place.chunks.last;
    NPK_TRY(visit({{child.position, child.stored_length, child.hash}, place.reference.position, {child.first_chunk, end}, node.height - 1}));
  }
  return {};
}

// The reader's own descent to the leaf compares it with all that leads to it.
Result<void> ChunkTreeCheck::visit_leaf(const Place& place, const reader::ChunkLeaf& leaf) {
  if (auto found = package_.chunks().chunk(place.chunks.first); !found) {
    complete_ = false;
    return damages_.note(DamageKind::chunk_page, std::move(found).error(), {place.chunks});
  }
  leaves_.push_back({place.reference, place.before, leaf.page.first_block});
  add_blocks(leaf.page);
  return {};
}

void ChunkTreeCheck::add_blocks(const format::ChunkPage& page) {
  std::uint64_t number = page.first_block;
  for (const format::BlockRow& block : page.blocks) {
    blocks_.push_back({block.position, block.stored_length, block::body_check_of(block.hash), block.is_dictionary, number++});
    stored_bytes_ += block.stored_length;
  }
}

// Pages found by walking; the reader looked at each of them when it opened the package.
Result<void> ChunkTreeCheck::check_recovered() {
  NPK_TRY(package_.chunks().for_each_page([this](const format::ChunkPage& page) -> Result<void> {
    add_blocks(page);
    return {};
  }));
  std::ranges::sort(blocks_, {}, &BlockPlace::position);
  return {};
}

Result<std::shared_ptr<const reader::ChunkLeaf>> ChunkTreeCheck::load(const ChunkLeafPlace& place) const {
  NPK_ASSIGN(auto page, package_.page_cache().load(FrameType::chunk_page, place.reference, place.before));
  const auto* leaf = std::get_if<reader::ChunkLeaf>(&page->content);
  if (leaf == nullptr) return fail_corrupt("a chunk page changed while it was read");
  return std::shared_ptr<const reader::ChunkLeaf>(page, leaf);
}

}  // namespace npk::ops
