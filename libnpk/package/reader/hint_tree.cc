#include "package/reader/hint_tree.h"

#include <optional>

#include "block/open.h"
#include "hash/hash.h"
#include "npk/format/path.h"

namespace npk::reader {
namespace {

using format::CatalogChild;
using format::FrameReference;

Result<Bytes> read_raw(const FrameReader& frames, const FrameReference& place, std::uint64_t before) {
  Bytes buffer;
  NPK_ASSIGN(const ByteView body, frames.read_body(format::FrameType::hint_page, place, before, buffer));
  return block::open_page(body, frames.limits());
}

class Descent {
 public:
  explicit Descent(const FrameReader& frames) : frames_(frames) {}

  // As deep as the tree is high: 8 levels. No wider than the tree is: a node met twice does not ascend.
  Result<void> add(const FrameReference& place, std::uint64_t before, const CatalogChild* parent_says, std::optional<int> height) {
    NPK_ASSIGN(const Bytes raw, read_raw(frames_, place, before));
    NPK_ASSIGN(format::CatalogNode node, format::decode_catalog_node(raw, frames_.limits(), format::PageKind::hint_node));
    if (height && node.height != *height) return fail_corrupt("a hint node's height is not one less than its parent's");
    if (parent_says != nullptr) NPK_TRY(check(node, *parent_says));
    tree_.nodes.emplace(hash::blake3(raw), place);
    for (CatalogChild& child : node.children) {
      if (!tree_.leaves.empty() && !format::path_less(tree_.leaves.back().first_path, child.first_path))
        return fail_corrupt("hint pages are not in ascending order");
      if (child.position >= place.position) return fail_corrupt("a hint node names a page that is not before it");
      if (node.height == 1) tree_.leaves.push_back(std::move(child));
      else NPK_TRY(add({child.position, child.stored_length, child.hash}, place.position, &child, node.height - 1));
    }
    return {};
  }
  [[nodiscard]] HintTree take() noexcept { return std::move(tree_); }

 private:
  static Result<void> check(const format::CatalogNode& node, const CatalogChild& parent_says) {
    std::uint64_t entries = 0;
    for (const CatalogChild& child : node.children) entries += child.entry_count;
    if (node.children.front().first_path != parent_says.first_path || entries != parent_says.entry_count)
      return fail_corrupt("a hint node is not what its parent says");
    return {};
  }

  const FrameReader& frames_;
  HintTree tree_;
};

}  // namespace

Result<HintTree> read_hint_tree(const FrameReader& frames, const FrameReference& root, std::uint64_t before) {
  if (!root.exists()) return HintTree();
  Descent descent(frames);
  NPK_TRY(descent.add(root, before, nullptr, std::nullopt));
  return descent.take();
}

Result<format::HintPage> read_hint_page(const FrameReader& frames, const CatalogChild& leaf, std::uint64_t before) {
  NPK_ASSIGN(const Bytes raw, read_raw(frames, {leaf.position, leaf.stored_length, leaf.hash}, before));
  NPK_ASSIGN(format::HintPage page, format::decode_hint_page(raw, frames.limits()));
  if (page.rows.size() != leaf.entry_count) return fail_corrupt("a hint page has another number of rows than its node says");
  return page;
}

}  // namespace npk::reader
