// links: npk_format
// Input: a chunk leaf or chunk node. What is accepted keeps its rules and comes back equal from encoding again.
#include "fuzz/fuzz_input.h"
#include "npk/format/chunk_page.h"
#include "npk/format/ids.h"

namespace {

using namespace npk;
using format::ChunkNode;
using format::ChunkPage;

bool equal(const format::ChunkRow& a, const format::ChunkRow& b) {
  return a.hash == b.hash && a.length == b.length && a.block == b.block && a.offset == b.offset;
}
bool equal(const format::BlockRow& a, const format::BlockRow& b) {
  return a.position == b.position && a.stored_length == b.stored_length && a.raw_length == b.raw_length &&
         a.hash == b.hash && a.base_distance == b.base_distance && a.is_dictionary == b.is_dictionary;
}
bool equal(const format::ChunkChild& a, const format::ChunkChild& b) {
  return a.position == b.position && a.stored_length == b.stored_length && a.hash == b.hash &&
         a.first_chunk == b.first_chunk && a.first_block == b.first_block && a.first_byte == b.first_byte;
}
template <class Row>
bool equal_rows(const std::vector<Row>& a, const std::vector<Row>& b) {
  return std::ranges::equal(a, b, [](const Row& x, const Row& y) { return equal(x, y); });
}

void decode_leaf(ByteView raw, const Limits& limits) {
  const auto page = format::decode_chunk_page(raw, limits);
  if (!page) return;
  std::vector<std::uint64_t> ends(page->blocks.size());
  for (const format::ChunkRow& chunk : page->chunks) {
    fuzz::require(chunk.block < page->blocks.size() && chunk.length > 0, "a chunk in a block");
    const format::BlockRow& block = page->blocks[chunk.block];
    const std::uint64_t end = std::uint64_t{chunk.offset} + chunk.length;
    fuzz::require(!block.is_dictionary && end <= block.raw_length && chunk.offset >= ends[chunk.block],
                  "chunks one behind another");
    ends[chunk.block] = end;
  }
  const auto again = format::decode_chunk_page(format::encode_chunk_page(*page), fuzz::limits(true));
  fuzz::require(again && again->first_chunk == page->first_chunk && again->first_block == page->first_block &&
                    again->first_byte == page->first_byte && equal_rows(again->chunks, page->chunks) &&
                    equal_rows(again->blocks, page->blocks),
                "the same page again");
}

void decode_node(ByteView raw, const Limits& limits) {
  const auto node = format::decode_chunk_node(raw, limits);
  if (!node) return;
  fuzz::require(!node->children.empty() && node->height >= 1 && node->height <= limits.max_tree_height,
                "a node with children");
  const auto again = format::decode_chunk_node(format::encode_chunk_node(*node), fuzz::limits(true));
  fuzz::require(again && again->height == node->height && equal_rows(again->children, node->children),
                "the same node again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Limits limits = fuzz::limits(size % 2 == 0);
  decode_leaf({data, size}, limits);
  decode_node({data, size}, limits);
  return 0;
}
