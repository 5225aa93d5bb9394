#include "package/writer/page_tree.h"

#include <algorithm>
#include <concepts>
#include <span>

#include "block/seal.h"
#include "hash/hash.h"
#include "npk/format/crc32c.h"

namespace npk::writer {
namespace {

// A child takes 50 to 90 bytes, and what is appended rewrites a node of each level.
constexpr std::size_t kChunkChildren = 128;
constexpr std::size_t kCatalogChildrenInRoot = 64;  // so many need no further level
constexpr std::size_t kLeastCatalogChildren = 16, kMostCatalogChildren = 64;
constexpr unsigned kCatalogCutBits = 4;             // 32 children on average
constexpr unsigned kHashBits = 32;

struct HintChild : format::CatalogChild {};

template <class Child>
  requires std::derived_from<Child, format::CatalogChild>
Child parent_of(std::span<const Child> children) {
  Child parent{};
  parent.first_path = children.front().first_path;
  for (const Child& child : children) parent.entry_count += child.entry_count;
  return parent;
}
Bytes encode_node(std::uint8_t height, std::span<const format::CatalogChild> children) { return format::encode_catalog_node(height, children); }
constexpr format::FrameType frame_type(const format::CatalogChild&) { return format::FrameType::catalog_page; }
constexpr std::uint8_t least_height(const format::CatalogChild&) { return 0; }

Bytes encode_node(std::uint8_t height, std::span<const HintChild> children) {
  return format::encode_catalog_node(height, std::vector<format::CatalogChild>(children.begin(), children.end()), format::PageKind::hint_node);
}
constexpr format::FrameType frame_type(const HintChild&) { return format::FrameType::hint_page; }
constexpr std::uint8_t least_height(const HintChild&) { return 1; }

format::ChunkChild parent_of(std::span<const format::ChunkChild> children) {
  const format::ChunkChild& first = children.front();
  return {.first_chunk = first.first_chunk, .first_block = first.first_block, .first_byte = first.first_byte};
}
Bytes encode_node(std::uint8_t height, std::span<const format::ChunkChild> children) {
  return format::encode_chunk_node({height, {children.begin(), children.end()}});
}
constexpr format::FrameType frame_type(const format::ChunkChild&) { return format::FrameType::chunk_page; }
constexpr std::uint8_t least_height(const format::ChunkChild&) { return 0; }

bool ends_node(const format::CatalogChild& child, std::uint8_t height) {
  const unsigned shift = kCatalogCutBits * (height - 1U) % (kHashBits - kCatalogCutBits);
  return ((format::crc32c(as_bytes(child.first_path)) >> shift) & ((1U << kCatalogCutBits) - 1)) == 0;
}

// How many of the children, at least one, the first node takes.
template <class Child>
  requires std::derived_from<Child, format::CatalogChild>
std::size_t node_size(std::span<const Child> children, std::uint8_t height) {
  const std::size_t most = std::min(children.size(), kMostCatalogChildren);
  for (std::size_t size = kLeastCatalogChildren; size < most; ++size) {
    if (ends_node(children[size - 1], height)) return size;
  }
  return most;
}
std::size_t node_size(std::span<const format::ChunkChild> children, std::uint8_t) { return std::min(children.size(), kChunkChildren); }

template <class Child>
  requires std::derived_from<Child, format::CatalogChild>
bool fits_root(std::span<const Child> children) { return children.size() <= kCatalogChildrenInRoot; }
bool fits_root(std::span<const format::ChunkChild> children) { return children.size() <= kChunkChildren; }

class TreeWriter {
 public:
  TreeWriter(const KnownNodes& known, int page_level, FrameWriter& frames) : known_(known), page_level_(page_level), frames_(frames) {}

  template <class Child>
  Result<format::FrameReference> write(std::vector<Child> children) {
    if (children.empty()) return format::FrameReference{};
    for (std::uint8_t height = 1; children.size() > 1 || height <= least_height(children.front()); ++height) {
      NPK_ASSIGN(children, write_level(std::span<const Child>(children), height));
    }
    return format::FrameReference{children[0].position, children[0].stored_length, children[0].hash};
  }

 private:
  template <class Child>
  Result<std::vector<Child>> write_level(std::span<const Child> children, std::uint8_t height) {
    std::vector<Child> parents;
    const bool is_root = fits_root(children);
    while (!children.empty()) {
      const auto group = children.first(is_root ? children.size() : node_size(children, height));
      NPK_ASSIGN(const format::FrameReference node, place(encode_node(height, group), frame_type(group.front())));
      Child parent = parent_of(group);
      parent.position = node.position;
      parent.stored_length = node.stored_length;
      parent.hash = node.hash;
      parents.push_back(std::move(parent));
      children = children.subspan(group.size());
    }
    return parents;
  }

  Result<format::FrameReference> place(const Bytes& raw, format::FrameType type) {
    if (!known_.empty()) {
      if (const auto there = known_.find(hash::blake3(raw)); there != known_.end()) return there->second;
    }
    NPK_ASSIGN(const Bytes body, block::seal_page(raw, page_level_));
    return frames_.write(type, body);
  }

  const KnownNodes& known_;
  int page_level_;
  FrameWriter& frames_;
};

}  // namespace

Result<format::FrameReference> write_catalog_tree(std::vector<format::CatalogChild> leaves, const KnownNodes& known, int page_level,
                                                  FrameWriter& frames) {
  return TreeWriter(known, page_level, frames).write(std::move(leaves));
}

Result<format::FrameReference> write_chunk_tree(std::vector<format::ChunkChild> leaves, const KnownNodes& known, int page_level,
                                                FrameWriter& frames) {
  return TreeWriter(known, page_level, frames).write(std::move(leaves));
}

Result<format::FrameReference> write_hint_tree(std::span<const format::CatalogChild> leaves, const KnownNodes& known, int page_level,
                                               FrameWriter& frames) {
  std::vector<HintChild> children;
  children.reserve(leaves.size());
  for (const format::CatalogChild& leaf : leaves) children.push_back({leaf});
  return TreeWriter(known, page_level, frames).write(std::move(children));
}

}  // namespace npk::writer
