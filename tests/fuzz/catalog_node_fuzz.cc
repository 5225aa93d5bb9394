// links: npk_format
// Input: a catalog node. What is accepted comes back equal from encoding again.
#include "fuzz/fuzz_input.h"
#include "npk/format/catalog.h"
#include "npk/format/path.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  const Limits limits = fuzz::limits(size % 2 == 0);
  const auto node = format::decode_catalog_node({data, size}, limits);
  if (!node) return 0;
  fuzz::require(!node->children.empty() && node->height >= 1 && node->height <= limits.max_tree_height,
                "a node with children");
  const auto again =
      format::decode_catalog_node(format::encode_catalog_node(node->height, node->children), fuzz::limits(true));
  fuzz::require(again && again->height == node->height && again->children.size() == node->children.size(),
                "accepted again");
  std::uint64_t entries = 0;
  for (std::size_t i = 0; i < node->children.size(); ++i) {
    const format::CatalogChild& a = node->children[i];
    const format::CatalogChild& b = again->children[i];
    fuzz::require(i == 0 || format::path_less(node->children[i - 1].first_path, a.first_path), "paths in order");
    fuzz::require(a.first_path == b.first_path && a.position == b.position && a.stored_length == b.stored_length &&
                      a.hash == b.hash && a.entry_count == b.entry_count && a.content_hash == b.content_hash,
                  "the same child again");
    entries += a.entry_count;
  }
  fuzz::require(entries <= limits.max_entries, "entries within the limit");
  return 0;
}
