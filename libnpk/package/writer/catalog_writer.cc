#include "package/writer/catalog_writer.h"

#include <deque>

#include "block/seal.h"
#include "hash/content_root.h"
#include "package/writer/hint_writer.h"
#include "package/writer/page_tree.h"
#include "package/writer/row_weight.h"

namespace npk::writer {
namespace {

constexpr std::size_t kPageBytes = 1U << 20;

class CatalogWriter {
 public:
  CatalogWriter(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index, int page_level, const BaseGeneration* base,
                FrameWriter& frames)
      : input_(input), contents_(contents), index_(index), page_level_(page_level), base_(base), frames_(frames), kept_(input.kept_leaves()),
        hints_(input.hint_seconds(), base, page_level) {}

  Result<WrittenCatalog> write() {
    written_.totals = input_.kept_totals();
    for (std::uint64_t number = 0; number < input_.entry_count(); ++number) {
      NPK_TRY(take_kept_before(number));
      if (!contents_.has_failed(input_.link_leader(number))) NPK_TRY(add(number));
    }
    NPK_TRY(take_kept_before(input_.entry_count()));
    content_root_.end_group();
    NPK_TRY(end_leaf());
    NPK_TRY(input_.status());
    NPK_ASSIGN(written_.root, write_catalog_tree(std::move(leaves_), base_ != nullptr ? base_->catalog_nodes : KnownNodes(), page_level_, frames_));
    NPK_ASSIGN(written_.hint_root, hints_.write(frames_));
    written_.content_root = content_root_.finish();
    return std::move(written_);
  }

 private:
  struct Row {
    EntryScratch scratch;
    std::vector<format::Run> runs;
    format::EntryRow row;
    format::FileHint hint;
  };

  Result<void> take_kept_before(std::uint64_t number) {
    for (; !kept_.empty() && kept_.front().next_entry <= number; kept_ = kept_.subspan(1)) NPK_TRY(take_kept(kept_.front().page));
    return {};
  }

  // A page is one group: it stays where no other group is open before it.
  Result<void> take_kept(const format::CatalogChild& leaf) {
    if (content_root_.is_in_group()) return add_rows_of(leaf);
    content_root_.add_group(leaf.content_hash, leaf.entry_count);
    leaves_.push_back(leaf);
    hints_.keep_leaf(leaf.first_path);
    return {};
  }

  Result<void> add_rows_of(const format::CatalogChild& leaf) {
    NPK_ASSIGN(const std::shared_ptr<const format::CatalogPage> page, input_.open_leaf(leaf));
    for (std::size_t row = 0; row < page->row_count(); ++row) {
      Row& slot = add_slot();
      slot.scratch.holder = page;
      slot.row = page->row(row);
      if (slot.row.link_group != 0) return fail_corrupt("a catalog page that is said to hold no hard links holds one");
      NPK_TRY(take(slot, {}));
    }
    return {};
  }

  Result<void> add(std::uint64_t number) {
    Row& slot = add_slot();
    slot.row = input_.entry(number, slot.scratch);
    const std::uint64_t leader = input_.link_leader(number);
    if (slot.row.kind == format::EntryKind::regular) contents_.describe(leader, slot.row, slot.runs);
    slot.hint = input_.hint(number);
    count(slot.row);
    return take(slot, leader == number ? std::string_view() : leader_path(leader));
  }

  Row& add_slot() {
    if (rows_.empty()) is_one_group_ = !content_root_.is_in_group();
    return rows_.emplace_back();
  }

  Result<void> take(const Row& slot, std::string_view leader_path) {
    NPK_ASSIGN(const Digest digest, content_digest(slot.row));
    content_root_.add(slot.row.path, hash::canonical_entry_hash(slot.row, digest, leader_path));
    if (slot.row.link_group != 0) is_one_group_ = false;
    weight_ += row_weight(slot.row);
    return !content_root_.is_in_group() || weight_ >= kPageBytes ? end_leaf() : Result<void>();
  }

  std::string_view leader_path(std::uint64_t leader) { return input_.entry(leader, leader_scratch_).path; }

  Result<Digest> content_digest(const format::EntryRow& row) const {
    if (row.kind != format::EntryKind::regular) return Digest{};
    if (row.digest) return *row.digest;
    if (row.runs.empty()) return hash::blake3({});
    const std::uint64_t chunk = row.runs[0].first_chunk;
    return chunk < index_.first_number() ? base_->chunk_hash(chunk) : Result<Digest>(index_.hash(chunk));
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
    std::vector<format::FileHint> hints;
    rows.reserve(rows_.size());
    for (const Row& slot : rows_) {
      rows.push_back(slot.row);
      hints.push_back(slot.hint);
    }
    NPK_TRY(hints_.add_leaf(rows.front().path, hints));
    NPK_ASSIGN(auto leaf, place_leaf(rows.front().path, format::encode_catalog_page(format::PageKind::catalog_leaf, rows)));
    leaf.entry_count = rows.size();
    leaf.content_hash = is_one_group_ && !content_root_.is_in_group() ? content_root_.last_group() : Digest{};
    leaves_.push_back(std::move(leaf));
    rows_.clear();
    weight_ = 0;
    return {};
  }

  Result<format::CatalogChild> place_leaf(std::string_view first_path, ByteView raw) {
    if (base_ != nullptr && base_->find_leaf) {
      NPK_ASSIGN(auto there, base_->find_leaf(first_path, raw));
      if (there) return *std::move(there);
    }
    NPK_ASSIGN(const Bytes body, block::seal_page(raw, page_level_));
    NPK_ASSIGN(const format::FrameReference frame, frames_.write(format::FrameType::catalog_page, body));
    return format::CatalogChild{std::string(first_path), frame.position, frame.stored_length, frame.hash, 0, {}};
  }

  const InputTree& input_;
  const ContentTable& contents_;
  const dedup::ChunkIndex& index_;
  int page_level_;
  const BaseGeneration* base_;
  FrameWriter& frames_;
  std::span<const KeptLeaf> kept_;  // not taken yet
  std::deque<Row> rows_;  // of the leaf being filled; addresses stay
  std::size_t weight_ = 0;
  bool is_one_group_ = false;  // rows_ begin a group and hold no hard links
  EntryScratch leader_scratch_;
  hash::ContentRoot content_root_;
  std::vector<format::CatalogChild> leaves_;
  HintWriter hints_;
  WrittenCatalog written_;
};

}  // namespace

Result<WrittenCatalog> write_catalog(const InputTree& input, const ContentTable& contents, const dedup::ChunkIndex& index, int page_level,
                                     const BaseGeneration* base, FrameWriter& frames) {
  return CatalogWriter(input, contents, index, page_level, base, frames).write();
}

}  // namespace npk::writer
