#include "package/writer/page_tree.h"

#include <algorithm>
#include <span>

#include "block/seal.h"

namespace npk::writer {
namespace {

constexpr std::size_t kChildrenPerNode = 1024;

format::CatalogChild parent_of(std::span<const format::CatalogChild> children) {
  format::CatalogChild parent{children.front().first_path, 0, 0, {}, 0};
  for (const format::CatalogChild& child : children) parent.entry_count += child.entry_count;
  return parent;
}
Bytes encode_node(std::uint8_t height, std::span<const format::CatalogChild> children) { return format::encode_catalog_node(height, children); }
constexpr format::FrameType frame_type(const format::CatalogChild&) { return format::FrameType::catalog_page; }

format::ChunkChild parent_of(std::span<const format::ChunkChild> children) {
  const format::ChunkChild& first = children.front();
  return {.first_chunk = first.first_chunk, .first_block = first.first_block, .first_byte = first.first_byte};
}
Bytes encode_node(std::uint8_t height, std::span<const format::ChunkChild> children) {
  return format::encode_chunk_node({height, {children.begin(), children.end()}});
}
constexpr format::FrameType frame_type(const format::ChunkChild&) { return format::FrameType::chunk_page; }

template <class Child>
Result<std::vector<Child>> write_level(const std::vector<Child>& children, std::uint8_t height, int page_level, FrameWriter& frames) {
  std::vector<Child> parents;
  for (std::size_t begin = 0; begin < children.size(); begin += kChildrenPerNode) {
    const auto group = std::span(children).subspan(begin, std::min(kChildrenPerNode, children.size() - begin));
    NPK_ASSIGN(const Bytes body, block::seal_page(encode_node(height, group), page_level));
    NPK_ASSIGN(const format::FrameReference written, frames.write(frame_type(children.front()), body));
    Child parent = parent_of(group);
    parent.position = written.position;
    parent.stored_length = written.stored_length;
    parent.hash = written.hash;
    parents.push_back(std::move(parent));
  }
  return parents;
}

template <class Child>
Result<format::FrameReference> write_tree(std::vector<Child> children, int page_level, FrameWriter& frames) {
  if (children.empty()) return format::FrameReference{};
  for (std::uint8_t height = 1; children.size() > 1; ++height) {
    NPK_ASSIGN(children, write_level(children, height, page_level, frames));
  }
  return format::FrameReference{children[0].position, children[0].stored_length, children[0].hash};
}

}  // namespace

Result<format::FrameReference> write_catalog_tree(std::vector<format::CatalogChild> leaves, int page_level, FrameWriter& frames) {
  return write_tree(std::move(leaves), page_level, frames);
}

Result<format::FrameReference> write_chunk_tree(std::vector<format::ChunkChild> leaves, int page_level, FrameWriter& frames) {
  return write_tree(std::move(leaves), page_level, frames);
}

}  // namespace npk::writer
