#include "npk/format/chunk_page.h"

#include <algorithm>
#include <limits>

#include "npk/checked.h"
#include "npk/format/integer_column.h"
#include "npk/format/page.h"

namespace npk::format {
namespace {

using Integers = std::vector<std::uint64_t>;

Digest digest_at(ByteView hashes, std::size_t row) noexcept {
  Digest digest;
  std::ranges::copy(hashes.subspan(row * sizeof(Digest), sizeof(Digest)), digest.begin());
  return digest;
}

template <class Row, class Projection>
Integers column_of(const std::vector<Row>& rows, Projection projection) {
  Integers values(rows.size());
  std::ranges::transform(rows, values.begin(), projection);
  return values;
}

template <class Row>
Bytes hashes_of(const std::vector<Row>& rows) {
  Bytes bytes;
  bytes.reserve(rows.size() * sizeof(Digest));
  for (const Row& row : rows) bytes.insert(bytes.end(), row.hash.begin(), row.hash.end());
  return bytes;
}

// A chunk is expected to begin where the last one in its block ended: ends by block, 0 at first.
Integers offset_column(const ChunkPage& page) {
  Integers values, ends(page.blocks.size());
  for (const ChunkRow& chunk : page.chunks) {
    values.push_back(zigzag_encode(static_cast<std::int64_t>(chunk.offset - ends[chunk.block])));
    ends[chunk.block] = std::uint64_t{chunk.offset} + chunk.length;
  }
  return values;
}

PageHeader leaf_header(const ChunkPage& page) {
  return {.kind = PageKind::chunk_leaf,
          .row_count = static_cast<std::uint32_t>(page.chunks.size()),
          .first_number = page.first_chunk,
          .first_block = page.first_block,
          .first_byte = page.first_byte};
}

Result<std::vector<BlockRow>> decode_blocks(const PageView& page, const Limits& limits) {
  NPK_ASSIGN(const Integers positions, page.all_integers(ColumnId::block_position, limits.max_chunks_per_page));
  const std::size_t count = positions.size();
  NPK_ASSIGN(const Integers stored, page.integers(ColumnId::block_stored_length, count));
  NPK_ASSIGN(const Integers raw, page.integers(ColumnId::block_raw_length, count));
  NPK_ASSIGN(const ByteView hashes, page.bytes(ColumnId::block_hash, count * sizeof(Digest)));
  NPK_ASSIGN(const Integers bases, page.integers(ColumnId::block_base, count));
  NPK_ASSIGN(const Integers dictionaries, page.integers(ColumnId::block_is_dictionary, count));
  std::vector<BlockRow> blocks(count);
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0 && positions[i] <= positions[i - 1]) return fail_corrupt("blocks are not in ascending order of position");
    if (stored[i] > limits.max_frame_bytes || raw[i] > limits.max_block_raw_bytes) return fail(Errc::limit, "a block is larger than the limit");
    if (bases[i] > page.header().first_block + i) return fail_corrupt("a block's base lies before the first block");
    if (dictionaries[i] > 1) return fail_corrupt("a block is neither a block nor a dictionary");
    blocks[i] = {positions[i], stored[i], raw[i], digest_at(hashes, i), bases[i], dictionaries[i] == 1};
  }
  return blocks;
}

Result<void> check_chunk(std::uint64_t length, std::uint64_t offset, std::uint64_t expected, const BlockRow& block) {
  if (length == 0) return fail_corrupt("a chunk is empty");
  if (!range_within(offset, length, block.raw_length)) return fail_corrupt("a chunk reaches beyond its block");
  if (offset < expected) return fail_corrupt("a chunk overlaps the one before it");
  if (block.is_dictionary) return fail_corrupt("a chunk lies in a dictionary");
  return {};
}

Result<std::vector<ChunkRow>> decode_chunks(const PageView& page, const std::vector<BlockRow>& blocks) {
  const std::uint32_t rows = page.header().row_count;
  NPK_ASSIGN(const Integers lengths, page.integers(ColumnId::chunk_length, rows));
  NPK_ASSIGN(const ByteView hashes, page.bytes(ColumnId::chunk_hash, std::uint64_t{rows} * sizeof(Digest)));
  NPK_ASSIGN(const Integers block_indices, page.integers(ColumnId::chunk_block, rows));
  NPK_ASSIGN(const Integers offsets, page.integers(ColumnId::chunk_offset, rows));
  std::vector<ChunkRow> chunks;
  chunks.reserve(rows);
  Integers ends(blocks.size());
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t block = block_indices[i];
    if (block >= blocks.size()) return fail_corrupt("a chunk names a block that its page does not have");
    const std::uint64_t offset = ends[block] + static_cast<std::uint64_t>(zigzag_decode(offsets[i]));
    NPK_TRY(check_chunk(lengths[i], offset, ends[block], blocks[block]));
    ends[block] = offset + lengths[i];
    chunks.push_back({digest_at(hashes, i), static_cast<std::uint32_t>(lengths[i]), static_cast<std::uint32_t>(block),
                      static_cast<std::uint32_t>(offset)});
  }
  return chunks;
}

}  // namespace

Bytes encode_chunk_page(const ChunkPage& page) {
  PageBuilder out(leaf_header(page));
  out.add_integers(ColumnId::chunk_length, column_of(page.chunks, [](const ChunkRow& row) { return std::uint64_t{row.length}; }));
  out.add_bytes(ColumnId::chunk_hash, hashes_of(page.chunks));
  out.add_sparse_integers(ColumnId::chunk_block, column_of(page.chunks, [](const ChunkRow& row) { return std::uint64_t{row.block}; }));
  out.add_sparse_integers(ColumnId::chunk_offset, offset_column(page));
  out.add_integers(ColumnId::block_position, column_of(page.blocks, [](const BlockRow& row) { return row.position; }));
  out.add_integers(ColumnId::block_stored_length, column_of(page.blocks, [](const BlockRow& row) { return row.stored_length; }));
  out.add_integers(ColumnId::block_raw_length, column_of(page.blocks, [](const BlockRow& row) { return row.raw_length; }));
  out.add_bytes(ColumnId::block_hash, hashes_of(page.blocks));
  out.add_sparse_integers(ColumnId::block_base, column_of(page.blocks, [](const BlockRow& row) { return row.base_distance; }));
  out.add_sparse_integers(ColumnId::block_is_dictionary, column_of(page.blocks, [](const BlockRow& row) { return std::uint64_t{row.is_dictionary}; }));
  return out.build();
}

Result<ChunkPage> decode_chunk_page(ByteView raw, const Limits& limits) {
  NPK_ASSIGN(const PageView view, PageView::parse(raw, limits));
  if (view.header().kind != PageKind::chunk_leaf) return fail_corrupt("a page of another kind lies here");
  ChunkPage page{view.header().first_number, view.header().first_block, view.header().first_byte, {}, {}};
  NPK_ASSIGN(page.blocks, decode_blocks(view, limits));
  NPK_ASSIGN(page.chunks, decode_chunks(view, page.blocks));
  std::uint64_t bytes = 0;
  for (const ChunkRow& chunk : page.chunks) bytes += chunk.length;
  if (!checked_add(page.first_chunk, page.chunks.size()) || !checked_add(page.first_block, page.blocks.size()) || !checked_add(page.first_byte, bytes))
    return fail_corrupt("a chunk page's numbers overflow");
  return page;
}

Bytes encode_chunk_node(const ChunkNode& node) {
  const ChunkChild& first = node.children.front();
  PageBuilder out({.kind = PageKind::chunk_node,
                   .height = node.height,
                   .row_count = static_cast<std::uint32_t>(node.children.size()),
                   .first_number = first.first_chunk,
                   .first_block = first.first_block,
                   .first_byte = first.first_byte});
  out.add_integers(ColumnId::child_position, column_of(node.children, [](const ChunkChild& child) { return child.position; }));
  out.add_integers(ColumnId::child_stored_length, column_of(node.children, [](const ChunkChild& child) { return child.stored_length; }));
  out.add_bytes(ColumnId::child_hash, hashes_of(node.children));
  out.add_sparse_integers(ColumnId::child_first_number, column_of(node.children, [](const ChunkChild& child) { return child.first_chunk; }));
  out.add_sparse_integers(ColumnId::child_first_block, column_of(node.children, [](const ChunkChild& child) { return child.first_block; }));
  out.add_sparse_integers(ColumnId::child_first_byte, column_of(node.children, [](const ChunkChild& child) { return child.first_byte; }));
  return out.build();
}

Result<ChunkNode> decode_chunk_node(ByteView raw, const Limits& limits) {
  NPK_ASSIGN(const PageView page, PageView::parse(raw, limits));
  if (page.header().kind != PageKind::chunk_node) return fail_corrupt("a page of another kind lies here");
  const std::uint32_t rows = page.header().row_count;
  if (rows == 0) return fail_corrupt("a chunk node has no children");
  NPK_ASSIGN(const Integers positions, page.integers(ColumnId::child_position, rows));
  NPK_ASSIGN(const Integers lengths, page.integers(ColumnId::child_stored_length, rows));
  NPK_ASSIGN(const ByteView hashes, page.bytes(ColumnId::child_hash, std::uint64_t{rows} * sizeof(Digest)));
  NPK_ASSIGN(const Integers numbers, page.integers(ColumnId::child_first_number, rows));
  NPK_ASSIGN(const Integers blocks, page.integers(ColumnId::child_first_block, rows));
  NPK_ASSIGN(const Integers bytes, page.integers(ColumnId::child_first_byte, rows));
  const PageHeader& header = page.header();
  if (numbers[0] != header.first_number || blocks[0] != header.first_block || bytes[0] != header.first_byte)
    return fail_corrupt("a chunk node's numbers are not its first child's");
  ChunkNode node{header.height, {}};
  for (std::size_t i = 0; i < rows; ++i) {
    if (i > 0 && (numbers[i] <= numbers[i - 1] || blocks[i] <= blocks[i - 1] || bytes[i] <= bytes[i - 1]))
      return fail_corrupt("a chunk node's children are not in ascending order");
    node.children.push_back({positions[i], lengths[i], digest_at(hashes, i), numbers[i], blocks[i], bytes[i]});
  }
  return node;
}

}  // namespace npk::format
