#include "package/reader/chunk_table.h"

#include <algorithm>
#include <string>

namespace npk::reader {
namespace {

using format::ChunkChild;
using format::ChunkNode;

ChunkCounts first_of(const ChunkChild& child) noexcept {
  return {child.first_chunk, child.first_block, child.first_byte};
}

ChunkCounts first_of(const ChunkLeaf& leaf) noexcept {
  return {leaf.page.first_chunk, leaf.page.first_block, leaf.page.first_byte};
}

// Of a page with chunks.
ChunkCounts end_of(const ChunkLeaf& leaf) noexcept {
  return {leaf.page.first_chunk + leaf.page.chunks.size(), leaf.page.first_block + leaf.page.blocks.size(),
          leaf.ends.back()};
}

bool below(const ChunkCounts& a, const ChunkCounts& b) noexcept {
  return a.chunks < b.chunks && a.blocks < b.blocks && a.bytes < b.bytes;
}

ChunkLocation location_of(const ChunkLeaf& leaf, std::size_t row) noexcept {
  const format::ChunkRow& chunk = leaf.page.chunks[row];
  return {leaf.page.first_chunk + row,         chunk.hash,   chunk.length,
          leaf.page.first_block + chunk.block, chunk.offset, leaf.ends[row] - chunk.length};
}

std::shared_ptr<const ChunkNode> node_over(const std::vector<RecoveredChunkPage>& found) {
  auto node = std::make_shared<ChunkNode>(ChunkNode{1, {}});
  for (const RecoveredChunkPage& page : found)
    node->children.push_back({page.reference.position, page.reference.stored_length, page.reference.hash,
                              page.first.chunks, page.first.blocks, page.first.bytes});
  return node;
}

}  // namespace

struct ChunkTable::Bounds {
  format::FrameReference reference;
  std::uint64_t before = 0;
  std::optional<std::uint8_t> height;  // none: the root
  ChunkCounts first, end;

  [[nodiscard]] Result<void> check(const PageContent& content) const {
    const auto* node = std::get_if<ChunkNode>(&content);
    if (height && (node == nullptr ? 0 : node->height) != *height)
      return fail_corrupt("a chunk page's height is not one less than its parent's");
    if (node != nullptr) {
      if (first_of(node->children.front()) != first) return fail_corrupt("a chunk page does not begin where its parent says");
      if (!below(first_of(node->children.back()), end)) return fail_corrupt("a chunk page goes on beyond the page behind it");
      return {};
    }
    const auto& leaf = std::get<ChunkLeaf>(content);
    if (leaf.page.chunks.empty()) return fail_corrupt("a chunk page has no chunks");
    if (first_of(leaf) != first) return fail_corrupt("a chunk page does not begin where its parent says");
    if (end_of(leaf) != end)
      return fail_corrupt("a chunk page does not end where the page behind it begins, or at the commit's totals");
    return {};
  }

  [[nodiscard]] Bounds child(const ChunkNode& node, std::size_t index) const {
    const ChunkChild& chosen = node.children[index];
    const bool last = index + 1 == node.children.size();
    return {{chosen.position, chosen.stored_length, chosen.hash},
            reference.position,
            static_cast<std::uint8_t>(node.height - 1),
            first_of(chosen),
            last ? end : first_of(node.children[index + 1])};
  }
};

ChunkTable::ChunkTable(std::shared_ptr<PageCache> pages, const format::FrameReference& root, const ChunkCounts& totals,
                       std::uint64_t stored_bytes, std::uint64_t before)
    : pages_(std::move(pages)), root_(root), totals_(totals), stored_bytes_(stored_bytes), before_(before) {}

ChunkTable::ChunkTable(std::shared_ptr<PageCache> pages, const std::vector<RecoveredChunkPage>& found,
                       const ChunkCounts& totals)
    : pages_(std::move(pages)), recovered_root_(node_over(found)), totals_(totals), before_(UINT64_MAX) {}

ChunkTable::Bounds ChunkTable::root_bounds() const {
  format::FrameReference root = root_;
  if (recovered_root_ != nullptr) root.position = before_;  // so that its children may lie anywhere
  return {root, before_, std::nullopt, {}, totals_};
}

Result<std::shared_ptr<const Page>> ChunkTable::cached_page(const Bounds& bounds, const CacheAccess& access) const {
  return checked(pages_->get(format::FrameType::chunk_page, bounds.reference, bounds.before, access), bounds);
}

Result<std::shared_ptr<const Page>> ChunkTable::fresh_page(const Bounds& bounds) const {
  return checked(pages_->load(format::FrameType::chunk_page, bounds.reference, bounds.before), bounds);
}

Result<std::shared_ptr<const Page>> ChunkTable::checked(Result<std::shared_ptr<const Page>> found,
                                                        const Bounds& bounds) const {
  if (!found) return found;
  NPK_TRY(pages_->frames().placed(bounds.check((*found)->content), bounds.reference.position));
  return found;
}

Result<std::shared_ptr<const Page>> ChunkTable::root_page(const CacheAccess& access) const {
  if (auto kept = root_page_.get()) return kept;
  NPK_ASSIGN(auto page, cached_page(root_bounds(), access));
  root_page_.keep(page);
  return page;
}

Result<std::shared_ptr<const ChunkLeaf>> ChunkTable::descend(std::uint64_t sought, Key key,
                                                              const CacheAccess& access) const {
  if (sought >= totals_.*key) return fail_corrupt("a reference leads to a chunk or block that the package does not have");
  Bounds bounds = root_bounds();
  std::shared_ptr<const Page> page;
  const ChunkNode* node = recovered_root_.get();
  if (node == nullptr) {
    NPK_ASSIGN(page, root_page(access));
  }
  for (;;) {
    if (node == nullptr) {
      if (const auto* leaf = std::get_if<ChunkLeaf>(&page->content))
        return std::shared_ptr<const ChunkLeaf>(page, leaf);
      node = &std::get<ChunkNode>(page->content);
    }
    const auto behind = std::ranges::upper_bound(node->children, sought, {},
                                                 [&](const ChunkChild& child) { return first_of(child).*key; });
    bounds = bounds.child(*node, static_cast<std::size_t>(behind - node->children.begin()) - 1);
    NPK_ASSIGN(page, cached_page(bounds, access));
    node = nullptr;
  }
}

Result<ChunkLocation> ChunkTable::chunk(std::uint64_t number, const CacheAccess& access) const {
  NPK_ASSIGN(const auto leaf, descend(number, &ChunkCounts::chunks, access));
  return location_of(*leaf, static_cast<std::size_t>(number - leaf->page.first_chunk));
}

Result<BlockLocation> ChunkTable::block(std::uint64_t number, const CacheAccess& access) const {
  NPK_ASSIGN(const auto leaf, descend(number, &ChunkCounts::blocks, access));
  return BlockLocation{number, leaf->page.blocks[static_cast<std::size_t>(number - leaf->page.first_block)]};
}

Result<ChunkInBlock> ChunkTable::locate(std::uint64_t stream_position) const {
  NPK_ASSIGN(const auto leaf, leaf_at(stream_position));
  std::size_t row = 0;
  return locate_in(*leaf, stream_position, row);
}

Result<std::shared_ptr<const ChunkLeaf>> ChunkTable::leaf_at(std::uint64_t stream_position,
                                                              const CacheAccess& access) const {
  return descend(stream_position, &ChunkCounts::bytes, access);
}

Result<std::shared_ptr<const ChunkLeaf>> ChunkTable::leaf_of_chunk(std::uint64_t number) const {
  return descend(number, &ChunkCounts::chunks);
}

bool ChunkTable::covers(const ChunkLeaf& leaf, std::uint64_t stream_position) noexcept {
  return stream_position >= leaf.page.first_byte && stream_position < leaf.ends.back();
}

bool ChunkTable::holds_chunk(const ChunkLeaf& leaf, std::uint64_t number) noexcept {
  return number >= leaf.page.first_chunk && number - leaf.page.first_chunk < leaf.page.chunks.size();
}

ChunkInBlock ChunkTable::locate_in(const ChunkLeaf& leaf, std::uint64_t stream_position, std::size_t& row) noexcept {
  const auto holds = [&](std::size_t at) {
    return at < leaf.ends.size() && stream_position < leaf.ends[at] &&
           stream_position >= leaf.ends[at] - leaf.page.chunks[at].length;
  };
  if (!holds(row) && !holds(++row))
    row = static_cast<std::size_t>(std::ranges::upper_bound(leaf.ends, stream_position) - leaf.ends.begin());
  return chunk_in(leaf, leaf.page.first_chunk + row);
}

ChunkInBlock ChunkTable::chunk_in(const ChunkLeaf& leaf, std::uint64_t number) noexcept {
  const ChunkLocation chunk = location_of(leaf, static_cast<std::size_t>(number - leaf.page.first_chunk));
  return {chunk, {chunk.block, leaf.page.blocks[static_cast<std::size_t>(chunk.block - leaf.page.first_block)]}};
}

Result<ChunkLocation> ChunkTable::at_stream_position(std::uint64_t position) const {
  NPK_ASSIGN(const ChunkInBlock found, locate(position));
  return found.chunk;
}

Result<void> ChunkTable::visit_node(const Bounds& bounds, const ChunkNode& node, const PageVisitor& visit,
                                    std::uint64_t& stored_bytes) const {
  for (std::size_t i = 0; i < node.children.size(); ++i)
    NPK_TRY(visit_subtree(bounds.child(node, i), visit, stored_bytes));
  return {};
}

Result<void> ChunkTable::visit_subtree(const Bounds& bounds, const PageVisitor& visit,
                                       std::uint64_t& stored_bytes) const {
  NPK_ASSIGN(const auto page, fresh_page(bounds));
  if (const auto* node = std::get_if<ChunkNode>(&page->content)) return visit_node(bounds, *node, visit, stored_bytes);
  const format::ChunkPage& leaf = std::get<ChunkLeaf>(page->content).page;
  for (const format::BlockRow& block : leaf.blocks) stored_bytes += block.stored_length;
  return visit(leaf);
}

Result<void> ChunkTable::for_each_page(const PageVisitor& visit) const {
  if (totals_.chunks == 0) return {};
  std::uint64_t stored_bytes = 0;
  if (recovered_root_ != nullptr) return visit_node(root_bounds(), *recovered_root_, visit, stored_bytes);
  NPK_TRY(visit_subtree(root_bounds(), visit, stored_bytes));
  if (stored_bytes != stored_bytes_) return fail_corrupt("the commit's total of stored bytes is not what the chunk pages say");
  return {};
}

}  // namespace npk::reader
