#include "ops/write/resealer.h"

#include <algorithm>
#include <string>

#include "block/open.h"
#include "block/seal.h"
#include "hash/content_root.h"
#include "hash/hash.h"
#include "npk/format/catalog.h"
#include "npk/format/chunk_page.h"
#include "npk/format/page.h"
#include "ops/write/kept_statements.h"

namespace npk::ops {
namespace {

using format::FrameType;

constexpr int kPageLevel = 3;  // where the page says none

int page_level_of(const format::InnerHeader& header) { return header.chain.empty() ? kPageLevel : header.chain.back().level; }

}  // namespace

template <class Reference>
Result<void> Resealer::move(Reference& reference) const {
  const auto found = moved_.find(reference.position);
  if (found == moved_.end() || found->second.old_stored_length != reference.stored_length)
    return fail_corrupt("a reference leads to no frame before it");
  reference.position = found->second.to.position;
  reference.stored_length = found->second.to.stored_length;
  reference.hash = found->second.to.hash;
  return {};
}

Result<void> Resealer::move_if_any(format::FrameReference& reference) const {
  return reference.exists() ? move(reference) : Result<void>();
}

Result<void> Resealer::take(reader::Frame& frame) {
  switch (frame.header.type) {
    case FrameType::block:
    case FrameType::dictionary: return take_block(frame);
    case FrameType::catalog_page:
    case FrameType::chunk_page:
    case FrameType::hint_page: return take_page(frame);
    case FrameType::manifest:
      NPK_TRY(to_.pad_to(frame.position));  // a reader's bounds at a manifest grow with what was stored before it
      return copy(frame);
    case FrameType::padding: return copy(frame);
    case FrameType::commit: return take_commit(frame);
    case FrameType::envelope:
    case FrameType::signature:
    case FrameType::trailer:
    case FrameType::parity: return {};
  }
  return fail(Errc::unsupported, "a frame of type " + std::to_string(static_cast<int>(frame.header.type)) + " can't be sealed anew");
}

Result<void> Resealer::write(const reader::Frame& frame, ByteView body) {
  NPK_ASSIGN(const format::FrameReference written, to_.write(frame.header.type, body));
  moved_.emplace(frame.position, Moved{written, frame.header.stored_length});
  return {};
}

Result<void> Resealer::copy(const reader::Frame& frame) { return write(frame, frame.body); }

Result<void> Resealer::take_block(reader::Frame& frame) {
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(frame.body, from_.limits()));
  if (opened.header.base_position != 0) {
    const auto base = moved_.find(opened.header.base_position);
    if (base == moved_.end()) return fail_corrupt("a block's base is not before it");
    store_le(frame.body.data() + format::kBasePositionOffset, base->second.to.position);
  }
  NPK_TRY(copy(frame));
  old_block_bytes_ += frame.header.stored_length;
  new_block_bytes_ += moved_.at(frame.position).to.stored_length;
  return {};
}

Result<void> Resealer::take_page(const reader::Frame& frame) {
  NPK_ASSIGN(const format::OpenedBody opened, format::split_body(frame.body, from_.limits()));
  NPK_ASSIGN(const Bytes raw, block::open_page(frame.body, from_.limits()));
  NPK_ASSIGN(const format::PageView page, format::PageView::parse(raw, from_.limits()));
  const format::PageKind kind = page.header().kind;
  if (kind == format::PageKind::catalog_leaf || kind == format::PageKind::hint) return copy(frame);
  NPK_ASSIGN(const Bytes moved, moved_page(raw, kind));
  NPK_ASSIGN(const Bytes body, block::seal_page(moved, page_level_of(opened.header)));
  return write(frame, body);
}

Result<Bytes> Resealer::moved_page(ByteView raw, format::PageKind kind) const {
  if (kind == format::PageKind::catalog_node || kind == format::PageKind::hint_node) {
    NPK_ASSIGN(format::CatalogNode node, format::decode_catalog_node(raw, from_.limits(), kind));
    for (format::CatalogChild& child : node.children) NPK_TRY(move(child));
    return format::encode_catalog_node(node.height, node.children, kind);
  }
  if (kind == format::PageKind::chunk_node) {
    NPK_ASSIGN(format::ChunkNode node, format::decode_chunk_node(raw, from_.limits()));
    for (format::ChunkChild& child : node.children) NPK_TRY(move(child));
    return format::encode_chunk_node(node);
  }
  if (kind != format::PageKind::chunk_leaf) return fail_corrupt("a page of another kind than its frame may have");
  NPK_ASSIGN(format::ChunkPage page, format::decode_chunk_page(raw, from_.limits()));
  for (format::BlockRow& block : page.blocks) NPK_TRY(move(block));
  return format::encode_chunk_page(page);
}

void Resealer::keep_statement(const reader::Frame& frame, const format::Statement& statement, format::Placement& placement) {
  auto record = record_statement(statement, frame.position, signatures_, false);
  if (!record) return;
  kept_signatures_ += record->signatures;
  placement.sections.push_back(std::move(record->section));
}

Result<void> Resealer::take_commit(const reader::Frame& frame) {
  NPK_ASSIGN(format::Commit commit, reader::open_commit(frame.body, frame.position, from_.limits()));
  format::Placement& placement = commit.placement;
  format::Statement& statement = commit.statement;
  keep_statement(frame, statement, placement);
  const Digest old_hash = hash::blake3(format::encode_statement(statement));
  NPK_TRY(move_if_any(placement.catalog_root));
  NPK_TRY(move_if_any(placement.chunk_root));
  NPK_TRY(move_if_any(placement.hint_root));
  placement.previous_commit = last_commit_.position;
  placement.totals.stored_bytes = placement.totals.stored_bytes - old_block_bytes_ + new_block_bytes_;
  statement.storage_root = hash::storage_root(placement);
  if (generations_ != 0 && statement.previous_statement == old_statement_hash_) statement.previous_statement = new_statement_hash_;
  NPK_TRY(write(frame, block::seal_stored(format::encode_commit(commit))));
  old_statement_hash_ = old_hash;
  new_statement_hash_ = hash::blake3(format::encode_statement(statement));
  last_commit_ = moved_.at(frame.position).to;
  ++generations_;
  return {};
}

Result<void> Resealer::finish(const format::Trailer& old) {
  if (generations_ == 0) return fail_corrupt("the package has no commit");
  return to_.write_trailer({.commit = last_commit_, .generation = old.generation, .features = old.features, .envelope_positions = {}});
}

}  // namespace npk::ops
