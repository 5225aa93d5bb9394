#include "ops/write/rewrite/catalog_rewriter.h"

#include <algorithm>

#include "block/open.h"
#include "block/seal.h"
#include "hash/hash.h"
#include "package/reader/tree_leaves.h"
#include "package/writer/page_tree.h"
#include "package/writer/row_weight.h"

namespace npk::ops {
namespace {

constexpr std::size_t kPageBytes = 1U << 20;

using LeafPage = std::shared_ptr<const format::CatalogPage>;

void add_row(format::Totals& totals, const format::EntryRow& row) {
  ++totals.entries;
  if (row.kind == format::EntryKind::regular) ++totals.files;
  if (row.kind == format::EntryKind::directory) ++totals.directories;
  totals.content_bytes += row.size;
  for (const format::Run& run : row.runs) totals.hole_bytes += run.chunk_count == 0 ? run.byte_count : 0;
}

void add_totals(format::Totals& totals, const format::Totals& more) {
  totals.entries += more.entries;
  totals.files += more.files;
  totals.directories += more.directories;
  totals.content_bytes += more.content_bytes;
  totals.hole_bytes += more.hole_bytes;
}

// How many rows of the group of the content root that is open have come.
class GroupCount {
 public:
  bool end_after(std::string_view path) {
    const bool ends = format::ends_group(path, ++rows_);
    if (ends) rows_ = 0;
    return ends;
  }
  void pass_whole_group() noexcept { rows_ = 0; }
  [[nodiscard]] std::size_t rows() const noexcept { return rows_; }

 private:
  std::size_t rows_ = 0;
};

}  // namespace

Result<LeafPage> read_catalog_leaf(const reader::FrameReader& frames, const format::CatalogChild& leaf, std::uint64_t before) {
  Bytes buffer;
  const format::FrameReference place{leaf.position, leaf.stored_length, leaf.hash};
  NPK_ASSIGN(const ByteView body, frames.read_body(format::FrameType::catalog_page, place, before, buffer));
  const auto decode = [&]() -> Result<LeafPage> {
    NPK_ASSIGN(Bytes raw, block::open_page(body, frames.limits()));
    NPK_ASSIGN(format::CatalogPage page, format::CatalogPage::decode(std::move(raw), format::PageKind::catalog_leaf, frames.limits()));
    return std::make_shared<const format::CatalogPage>(std::move(page));
  };
  return frames.placed(decode(), leaf.position);
}

class CatalogRewriter::Generation {
 public:
  Generation(CatalogRewriter& all, const reader::PlacedCommit& commit)
      : all_(all), commit_(commit), rows_(all.options_.live, all.options_.purged) {}

  Result<RewrittenCatalog> run() {
    const std::uint64_t before = commit_.place.position;
    NPK_ASSIGN(const auto leaves, reader::catalog_leaves(all_.from_, commit_.commit.placement.catalog_root, before));
    if (purges()) NPK_TRY(count_links(leaves));
    for (const format::CatalogChild& leaf : leaves) NPK_TRY(take(leaf));
    content_root_.end_group();
    NPK_TRY(end_leaf());
    NPK_ASSIGN(written_.root, writer::write_catalog_tree(std::move(children_), {}, all_.options_.page_level, all_.to_));
    written_.content_root = content_root_.finish();
    return std::move(written_);
  }

 private:
  struct Row {
    std::vector<format::Run> runs;
    format::EntryRow row;
  };

  [[nodiscard]] bool purges() const noexcept { return !all_.options_.purged.empty(); }
  Result<LeafPage> read(const format::CatalogChild& leaf) const { return read_catalog_leaf(all_.from_, leaf, commit_.place.position); }

  Result<void> count_links(std::span<const format::CatalogChild> leaves) {
    for (const format::CatalogChild& leaf : leaves) {
      const auto known = all_.known_.find(leaf.position);
      if (known != all_.known_.end() && known->second.is_group) continue;  // without links
      NPK_ASSIGN(const LeafPage page, read(leaf));
      for (std::size_t i = 0; i < page->row_count(); ++i) {
        const format::EntryRow row = page->row(i);
        if (row.link_group != 0 && !rows_.is_purged(row.path)) rows_.count_link(row.link_group);
      }
    }
    return {};
  }

  // Nothing of a new page has begun, and groups end where they did.
  [[nodiscard]] bool is_level() const noexcept { return pending_.empty() && old_group_.rows() == new_group_.rows(); }

  Result<void> take(const format::CatalogChild& leaf) {
    const auto known = all_.known_.find(leaf.position);
    if (known != all_.known_.end() && known->second.is_group && is_level() && new_group_.rows() == 0) {
      take_known(known->second);
      return {};
    }
    NPK_ASSIGN(const LeafPage page, read(leaf));
    if (is_level() && stays(*page)) return take_whole(leaf, page);
    for (std::size_t i = 0; i < page->row_count(); ++i) NPK_TRY(take_row(page, page->row(i)));
    return {};
  }

  void take_known(const KnownPage& known) {
    children_.push_back(known.written);
    content_root_.add_group(known.group_hash, known.totals.entries);
    add_totals(written_.totals, known.totals);
    written_.expansion.add(known.expansion);
  }

  // Its rows are the new package's. Those of links may depend on what is purged elsewhere.
  [[nodiscard]] bool stays(const format::CatalogPage& page) const {
    if (!purges()) return true;
    for (std::size_t i = 0; i < page.row_count(); ++i)
      if (page.row(i).link_group != 0 || rows_.is_purged(page.path(i))) return false;
    return true;
  }

  Result<void> take_whole(const format::CatalogChild& leaf, const LeafPage& page) {
    const bool begins_group = new_group_.rows() == 0;
    hash::GroupHash group;
    KnownPage known;
    bool ends_group = false, has_links = false;
    for (std::size_t i = 0; i < page->row_count(); ++i) {
      const format::EntryRow row = add_pending(page, page->row(i));
      group.add(add_content(row));
      add_row(known.totals, row);
      known.expansion.add(row);
      has_links = has_links || row.link_group != 0;
      old_group_.end_after(row.path);
      ends_group = new_group_.end_after(row.path);
    }
    const auto there = all_.known_.find(leaf.position);
    if (there != all_.known_.end()) {
      children_.push_back(there->second.written);
      children_.back().content_hash = {};  // groups may end elsewhere here
      drop_pending();
    } else {
      NPK_TRY(end_leaf());
      known.written = children_.back();
      known.is_group = begins_group && ends_group && !has_links;
      known.group_hash = group.finish();
      all_.known_.emplace(leaf.position, known);
    }
    add_totals(written_.totals, known.totals);
    written_.expansion.add(known.expansion);
    return {};
  }

  Result<void> take_row(const LeafPage& page, const format::EntryRow& old) {
    old_group_.end_after(old.path);
    if (rows_.is_purged(old.path)) return {};
    const format::EntryRow row = add_pending(page, old);
    add_content(row);
    add_row(written_.totals, row);
    written_.expansion.add(row);
    const bool ends = new_group_.end_after(row.path);
    return ends || weight_ >= kPageBytes ? end_leaf() : Result<void>();
  }

  format::EntryRow add_pending(const LeafPage& page, const format::EntryRow& old) {
    if (pages_.empty() || pages_.back() != page) pages_.push_back(page);
    if (pending_.empty()) is_one_group_ = !content_root_.is_in_group();
    if (old.link_group != 0) is_one_group_ = false;
    Row& pending = pending_.emplace_back();
    pending.row = rows_.rewritten(old, pending.runs);
    weight_ += writer::row_weight(pending.row);
    return pending.row;
  }

  Digest add_content(const format::EntryRow& row) {
    std::string_view leader;
    if (row.link_group != 0) {
      const auto [first, is_first] = leaders_.try_emplace(row.link_group, row.path);
      if (!is_first) leader = first->second;
    }
    const Digest entry = hash::canonical_entry_hash(row, content_digest(row), leader);
    content_root_.add(row.path, entry);
    return entry;
  }

  [[nodiscard]] Digest content_digest(const format::EntryRow& row) const {
    if (row.digest) return *row.digest;
    const bool has_chunk = !row.runs.empty() && row.runs[0].chunk_count != 0;
    return has_chunk ? all_.options_.chunk_hashes[static_cast<std::size_t>(row.runs[0].first_chunk)] : hash::blake3({});
  }

  Result<void> end_leaf() {
    if (pending_.empty()) return {};
    std::vector<format::EntryRow> rows;
    rows.reserve(pending_.size());
    for (const Row& pending : pending_) rows.push_back(pending.row);
    NPK_ASSIGN(format::CatalogChild child, all_.place(rows));
    if (is_one_group_ && !content_root_.is_in_group()) child.content_hash = content_root_.last_group();
    children_.push_back(std::move(child));
    drop_pending();
    return {};
  }

  void drop_pending() {
    pending_.clear();
    pages_.clear();
    weight_ = 0;
  }

  CatalogRewriter& all_;
  const reader::PlacedCommit& commit_;
  GenerationRows rows_;
  std::unordered_map<std::uint64_t, std::string> leaders_;  // first path of each link group
  std::deque<Row> pending_;                                 // of the page being filled
  std::vector<LeafPage> pages_;                             // that these view
  std::size_t weight_ = 0;
  bool is_one_group_ = false;  // pending_ begins one and holds no links
  GroupCount old_group_, new_group_;
  hash::ContentRoot content_root_;
  std::vector<format::CatalogChild> children_;
  RewrittenCatalog written_;
};

Result<RewrittenCatalog> CatalogRewriter::rewrite(const reader::PlacedCommit& commit) { return Generation(*this, commit).run(); }

Result<format::CatalogChild> CatalogRewriter::place(std::span<const format::EntryRow> rows) {
  const Bytes raw = format::encode_catalog_page(format::PageKind::catalog_leaf, rows);
  const Digest digest = hash::blake3(raw);
  const std::string key(reinterpret_cast<const char*>(digest.data()), digest.size());
  if (const auto there = placed_.find(key); there != placed_.end()) return there->second;
  NPK_ASSIGN(const Bytes body, block::seal_page(raw, options_.page_level));
  NPK_ASSIGN(const format::FrameReference written, to_.write(format::FrameType::catalog_page, body));
  const format::CatalogChild child{std::string(rows.front().path), written.position, written.stored_length, written.hash, rows.size(), {}};
  placed_.emplace(key, child);
  return child;
}

}  // namespace npk::ops
