// links: npk_format
// Input: a hint page or a node above some. What is accepted comes back equal from encoding again.
#include "fuzz/fuzz_input.h"
#include "npk/format/catalog.h"
#include "npk/format/hint_page.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace npk;
  const Limits limits = fuzz::limits(size % 2 == 0);
  if (const auto page = format::decode_hint_page({data, size}, limits)) {
    fuzz::require(!page->rows.empty() && page->rows.size() <= limits.max_catalog_rows_per_page, "as many rows as allowed");
    const auto again = format::decode_hint_page(format::encode_hint_page(page->scan_seconds, page->rows), fuzz::limits(true));
    fuzz::require(again && again->scan_seconds == page->scan_seconds && again->rows == page->rows, "the same again");
  }
  if (const auto node = format::decode_catalog_node({data, size}, limits, format::PageKind::hint_node)) {
    const Bytes raw = format::encode_catalog_node(node->height, node->children, format::PageKind::hint_node);
    const auto again = format::decode_catalog_node(raw, fuzz::limits(true), format::PageKind::hint_node);
    fuzz::require(again && again->height == node->height && again->children.size() == node->children.size(), "accepted again");
    for (const format::CatalogChild& child : node->children) fuzz::require(child.content_hash == Digest{}, "content is the catalog's");
  }
  return 0;
}
