#include "package/writer/catalog_writer.h"

#include <deque>

#include "block/seal.h"
#include "hash/content_root.h"
#include "package/writer/page_tree.h"
#include "package/writer/row_weight.h"

namespace npk::writer {
namespace {

constexpr std::size_t kPageBytes = 1U << 20;


class CatalogWriter {
 public:
  CatalogWriter(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index, int page_level, const FindLeaf& find_leaf,
                FrameWriter& frames)
      : input_(input), contents_(contents), index_(index), page_level_(page_level), find_leaf_(find_leaf), frames_(frames) {}

  Result<WrittenCatalog> write() {
    for (std::uint64_t number = 0; number < input_.entry_count(); ++number) {
      if (!contents_.has_failed(input_.link_leader(number))) NPK_TRY(add(number));
    }
    NPK_TRY(end_leaf());
    NPK_TRY(input_.status());
    NPK_ASSIGN(written_.root, write_catalog_tree(std::move(leaves_), page_level_, frames_));
    written_.content_root = content_root_.finish();
    return std::move(written_);
  }

 private:
  Result<void> add(std::uint64_t number) {
    Row& slot = rows_.emplace_back();
    slot.row = input_.entry(number, slot.scratch);
    const std::uint64_t leader = input_.link_leader(number);
    if (slot.row.kind == format::EntryKind::regular) contents_.describe(leader, slot.row, slot.runs);
    content_root_.add(slot.row.path, format_hash(slot, leader == number ? std::string_view() : leader_path(leader)));
    count(slot.row);
    weight_ += row_weight(slot.row);
    ++rows_in_group_;
    const bool group_ends = format::ends_group(slot.row.path, rows_in_group_);
    if (group_ends) rows_in_group_ = 0;
    return group_ends || weight_ >= kPageBytes ? end_leaf() : Result<void>();
  }

  struct Row {
    EntryScratch scratch;
    std::vector<format::Run> runs;
    format::EntryRow row;
  };

  std::string_view leader_path(std::uint64_t leader) { return input_.entry(leader, leader_scratch_).path; }

  Digest format_hash(const Row& slot, std::string_view leader_path) const {
    return hash::canonical_entry_hash(slot.row, content_digest(slot.row), leader_path);
  }

  Digest content_digest(const format::EntryRow& row) const {
    if (row.digest) return *row.digest;
    if (row.runs.empty()) return hash::blake3({});
    return index_.hash(row.runs[0].first_chunk);
  }

  void count(const format::EntryRow& row) {
    format::Totals& totals = written_.totals;
    ++totals.entries;
    if (row.kind == format::EntryKind::regular) ++totals.files;
    if (row.kind == format::EntryKind::directory) ++totals.directories;
    totals.content_bytes += row.size;
    for (const format::Run& run : row.runs) totals.hole_bytes += run.chunk_count == 0 ? run.byte_count : 0;
  }

  Result<void> end_leaf() {
    if (rows_.empty()) return {};
    std::vector<format::EntryRow> rows;
    rows.reserve(rows_.size());
    for (const Row& slot : rows_) rows.push_back(slot.row);
    NPK_ASSIGN(auto leaf, place_leaf(rows.front().path, format::encode_catalog_page(format::PageKind::catalog_leaf, rows)));
    leaf.entry_count = rows.size();
    leaves_.push_back(std::move(leaf));
    rows_.clear();
    weight_ = 0;
    return {};
  }

  Result<format::CatalogChild> place_leaf(std::string_view first_path, ByteView raw) {
    if (find_leaf_) {
      NPK_ASSIGN(auto there, find_leaf_(first_path, raw));
      if (there) return *std::move(there);
    }
    NPK_ASSIGN(const Bytes body, block::seal_page(raw, page_level_));
    NPK_ASSIGN(const format::FrameReference frame, frames_.write(format::FrameType::catalog_page, body));
    return format::CatalogChild{std::string(first_path), frame.position, frame.stored_length, frame.hash, 0};
  }

  const InputTree& input_;
  const ContentTable& contents_;
  const dedup::ChunkIndex& index_;
  int page_level_;
  const FindLeaf& find_leaf_;
  FrameWriter& frames_;
  std::deque<Row> rows_;  // of the leaf being filled; addresses stay
  std::size_t weight_ = 0;
  std::size_t rows_in_group_ = 0;
  EntryScratch leader_scratch_;
  hash::ContentRoot content_root_;
  std::vector<format::CatalogChild> leaves_;
  WrittenCatalog written_;
};

}  // namespace

Result<WrittenCatalog> write_catalog(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index, int page_level,
                                     const FindLeaf& find_leaf, FrameWriter& frames) {
  return CatalogWriter(input, contents, index, page_level, find_leaf, frames).write();
}

}  // namespace npk::writer
