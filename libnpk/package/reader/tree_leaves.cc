#include "package/reader/tree_leaves.h"

#include <optional>

#include "block/open.h"
#include "hash/hash.h"
#include "npk/format/page.h"

namespace npk::reader {
namespace {

struct CatalogKind {
  using Child = format::CatalogChild;
  static constexpr auto kType = format::FrameType::catalog_page;
  static constexpr auto kNode = format::PageKind::catalog_node, kLeaf = format::PageKind::catalog_leaf;
  static Result<format::CatalogNode> decode(ByteView raw, const Limits& limits) { return format::decode_catalog_node(raw, limits); }
  static Result<Child> root_leaf(Bytes raw, const Limits& limits) {
    NPK_ASSIGN(const auto page, format::CatalogPage::decode(std::move(raw), kLeaf, limits));
    return Child{std::string(page.path(0)), 0, 0, {}, page.row_count(), {}};
  }
};

struct ChunkKind {
  using Child = format::ChunkChild;
  static constexpr auto kType = format::FrameType::chunk_page;
  static constexpr auto kNode = format::PageKind::chunk_node, kLeaf = format::PageKind::chunk_leaf;
  static Result<format::ChunkNode> decode(ByteView raw, const Limits& limits) { return format::decode_chunk_node(raw, limits); }
  static Result<Child> root_leaf(const Bytes& raw, const Limits& limits) {
    NPK_TRY(format::decode_chunk_page(raw, limits));
    return Child{};
  }
};

template <class Kind>
class LeafList {
 public:
  LeafList(const FrameReader& frames, NodePlaces* nodes) : frames_(frames), nodes_(nodes) {}

  Result<void> add_tree(const format::FrameReference& root, std::uint64_t before) {
    NPK_ASSIGN(Bytes raw, read(root, before));
    NPK_ASSIGN(const format::PageView page, format::PageView::parse(raw, frames_.limits()));
    if (page.header().kind == Kind::kNode) return add_node(raw, root, std::nullopt);
    if (page.header().kind != Kind::kLeaf) return fail_corrupt("a tree's root is a page of another kind");
    NPK_ASSIGN(typename Kind::Child leaf, Kind::root_leaf(std::move(raw), frames_.limits()));
    leaf.position = root.position;
    leaf.stored_length = root.stored_length;
    leaf.hash = root.hash;
    leaves_.push_back(std::move(leaf));
    return {};
  }
  [[nodiscard]] std::vector<typename Kind::Child> take() noexcept { return std::move(leaves_); }

 private:
  Result<Bytes> read(const format::FrameReference& reference, std::uint64_t before) const {
    Bytes buffer;
    NPK_ASSIGN(const ByteView body, frames_.read_body(Kind::kType, reference, before, buffer));
    return block::open_page(body, frames_.limits());
  }

  // As deep as the tree is high: 8 levels.
  Result<void> add_node(ByteView raw, const format::FrameReference& place, std::optional<int> height) {
    NPK_ASSIGN(auto node, Kind::decode(raw, frames_.limits()));
    if (node.height == 0 || (height && node.height != *height)) return fail_corrupt("a node has another height than its place");
    if (nodes_ != nullptr) nodes_->emplace(hash::blake3(raw), place);
    for (auto& child : node.children) {
      if (node.height == 1) {
        leaves_.push_back(std::move(child));
        continue;
      }
      const format::FrameReference reference{child.position, child.stored_length, child.hash};
      NPK_ASSIGN(const Bytes below, read(reference, place.position));
      NPK_TRY(add_node(below, reference, node.height - 1));
    }
    return {};
  }

  const FrameReader& frames_;
  NodePlaces* nodes_;
  std::vector<typename Kind::Child> leaves_;
};

template <class Kind>
Result<std::vector<typename Kind::Child>> leaves_of(const FrameReader& frames, const format::FrameReference& root, std::uint64_t before, NodePlaces* nodes) {
  LeafList<Kind> list(frames, nodes);
  if (root.exists()) NPK_TRY(list.add_tree(root, before));
  return list.take();
}

}  // namespace

Result<std::vector<format::CatalogChild>> catalog_leaves(const FrameReader& frames, const format::FrameReference& root, std::uint64_t before,
                                                         NodePlaces* nodes) {
  return leaves_of<CatalogKind>(frames, root, before, nodes);
}

Result<std::vector<format::ChunkChild>> chunk_leaves(const FrameReader& frames, const format::FrameReference& root, std::uint64_t before,
                                                     NodePlaces* nodes) {
  return leaves_of<ChunkKind>(frames, root, before, nodes);
}

}  // namespace npk::reader
