#include "ops/write/merge.h"

#include <algorithm>
#include <ranges>

#include "npk/format/entry_attributes.h"
#include "npk/format/path.h"
#include "package/reader/impl.h"
#include "tree/stored_path.h"

namespace npk::ops {
namespace {

using format::EntryKind;
using format::EntryRow;
using format::path_less;

std::unexpected<Error> misuse(std::string what, std::string_view path) {
  return std::unexpected(Error{.code = Errc::misuse, .message = std::move(what), .path = std::string(path)});
}

std::vector<std::string> first_of(const std::vector<std::pair<std::string, std::string>>& pairs) {
  std::vector<std::string> paths;
  for (const auto& [from, to] : pairs) paths.push_back(from);
  return paths;
}

// But for those that no scan finds.
bool has_equal_xattrs(const EntryRow& before, const EntryRow& now) {
  const auto is_found = [](const format::Xattr& xattr) { return !format::is_package_attribute(xattr.name); };
  return std::ranges::equal(before.xattrs | std::views::filter(is_found), now.xattrs | std::views::filter(is_found));
}

bool has_equal_metadata(const EntryRow& a, const EntryRow& b) {
  return a.kind == b.kind && a.mode == b.mode && a.mtime_seconds == b.mtime_seconds && a.mtime_nanoseconds == b.mtime_nanoseconds && a.uid == b.uid &&
         a.gid == b.gid && a.user_name == b.user_name && a.group_name == b.group_name && a.target == b.target && has_equal_xattrs(a, b);
}

// `file`: no directory; empty: none.
bool lies_in(std::string_view path, const std::string& file) { return !file.empty() && format::is_at_or_under(path, file); }

bool is_device(EntryKind kind) { return kind == EntryKind::character_device || kind == EntryKind::block_device; }

}  // namespace

Merge::Merge(MergedInput& input, const std::vector<format::CatalogChild>& leaves, const MergeRules& rules, AttributeChanges& changes)
    : input_(input), leaves_(leaves), rules_(rules), changes_(changes), removal_(rules.removed), replaced_(rules.replaced),
      renamed_from_(first_of(rules.renamed)), parents_(rules.replaced), newest_seconds_(input.before_.info().commit.statement.time_seconds) {}

Result<void> Merge::run() {
  if (input_.before_.entry_count() + input_.scanned_.entry_count() >= MergedInput::kNone)
    return fail(Errc::limit, "more entries than a package can be given here");
  NPK_TRY(check_leaves());
  NPK_TRY(find_renamed());
  input_.slot_of_scanned_.assign(static_cast<std::size_t>(input_.scanned_.entry_count()), MergedInput::kNone);
  input_.kept_totals_ = input_.before_.info().commit.placement.totals;
  for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf) NPK_TRY(take_leaf(leaf));
  NPK_TRY(take_renamed_below(std::nullopt));
  NPK_TRY(take_scanned_below(std::nullopt));
  NPK_TRY(changes_.check());
  NPK_TRY(removal_.check("the package"));
  input_.counts_.kept_files += input_.kept_totals_.files;
  input_.number_link_groups(std::move(groups_));
  return {};
}

// Pages that are not read are what the nodes above them say.
Result<void> Merge::check_leaves() const {
  std::uint64_t entries = 0;
  for (std::size_t leaf = 0; leaf < leaves_.size(); ++leaf) {
    entries += leaves_[leaf].entry_count;
    if (leaf > 0 && !path_less(leaves_[leaf - 1].first_path, leaves_[leaf].first_path))
      return fail_corrupt("paths are not in ascending order from page to page");
  }
  if (entries != input_.before_.entry_count()) return fail_corrupt("the catalog has another number of entries than the commit says");
  return {};
}

Result<void> Merge::find_renamed() {
  for (const auto& [from, to] : rules_.renamed) NPK_TRY(find_renamed_from(from, to));
  NPK_TRY(sort_renamed());
  return {};
}

Result<void> Merge::find_renamed_from(const std::string& from, const std::string& to) {
  const std::size_t found_before = renamed_.size();
  NPK_ASSIGN(const Number first, input_.before_.lower_bound(from));
  NPK_TRY(input_.before_.for_each([&](const Entry& entry) {
    if (!format::is_at_or_under(entry.path(), from)) return false;
    const auto number = static_cast<std::uint32_t>(entry.number());
    if (!input_.renamed_.try_emplace(number).second) return true;  // by an earlier rule
    renamed_.push_back({to + std::string(entry.path().substr(from.size())), number});
    return true;
  }, first));
  if (renamed_.size() == found_before) return fail(Errc::not_found, "'" + from + "' is no entry of the package");
  return {};
}

Result<void> Merge::sort_renamed() {
  std::ranges::sort(renamed_, [](const RenamedEntry& a, const RenamedEntry& b) { return path_less(a.path, b.path); });
  for (const RenamedEntry& entry : renamed_) {
    if (const auto checked = tree::check_stored_path(entry.path, Limits()); !checked) return misuse(checked.error().message, entry.path);
    input_.renamed_[entry.number] = entry.path;
  }
  return {};
}

PathInterval Merge::interval_of(std::size_t leaf) const noexcept {
  PathInterval where;
  if (leaf > 0) where.first = leaves_[leaf].first_path;
  if (leaf + 1 < leaves_.size()) where.end = leaves_[leaf + 1].first_path;
  return where;
}

// Whether anything in it is taken out, gets other attributes, or goes somewhere else or comes from there.
bool Merge::is_named(const PathInterval& where) const {
  const bool gets_renamed = next_renamed_ < renamed_.size() && (!where.end || path_less(renamed_[next_renamed_].path, *where.end));
  return gets_renamed || removal_.meets(where) || renamed_from_.meet(where) || changes_.meet(where);
}

bool Merge::is_touched(const PathInterval& where) {
  return has_scanned_below(where.end) || replaced_.meet(where) || parents_.meet(where) ||
         (where.first && (lies_in(*where.first, file_) || (last_is_renamed_ && lies_in(*where.first, last_))));
}

Result<void> Merge::take_leaf(std::size_t leaf) {
  const PathInterval where = interval_of(leaf);
  const bool may_stay = leaves_[leaf].content_hash != Digest{} && !is_named(where);
  if (may_stay && !is_touched(where)) return keep(leaf), Result<void>();
  NPK_ASSIGN(const auto page, input_.open_leaf(leaves_[leaf]));
  const bool is_in_place = page->row_count() == leaves_[leaf].entry_count && page->path(0) == leaves_[leaf].first_path &&
                           (!where.end || path_less(page->path(page->row_count() - 1), *where.end));
  if (!is_in_place) return fail_corrupt("a catalog page is not what its parent says");
  NPK_ASSIGN(hints_, rules_.hints.of(leaves_[leaf]));
  if (may_stay && stays(*page, where)) return keep(leaf), Result<void>();
  NPK_TRY(take_rows(leaf, page));
  NPK_TRY(take_renamed_below(where.end));
  return take_scanned_below(where.end);
}

void Merge::keep(std::size_t leaf) {
  input_.kept_leaves_.push_back({input_.slots_.size(), leaves_[leaf]});
  first_number_ += leaves_[leaf].entry_count;
}

Result<void> Merge::take_rows(std::size_t leaf, const std::shared_ptr<const format::CatalogPage>& page) {
  for (std::size_t row = 0; row < page->row_count(); ++row) {
    uncount(page->row(row));
    NPK_TRY(take_in_place(Entry(page, row, first_number_ + row)));
  }
  first_number_ += leaves_[leaf].entry_count;
  return {};
}

void Merge::uncount(const EntryRow& row) noexcept {
  format::Totals& totals = input_.kept_totals_;
  --totals.entries;
  totals.files -= row.kind == EntryKind::regular ? 1 : 0;
  totals.directories -= row.kind == EntryKind::directory ? 1 : 0;
  totals.content_bytes -= row.size;
  for (const format::Run& run : row.runs) totals.hole_bytes -= run.chunk_count == 0 ? run.byte_count : 0;
}

// If so, what was scanned of it has been passed.
bool Merge::stays(const format::CatalogPage& page, const PathInterval& where) {
  const Number scanned_before = next_scanned_;
  std::string file = file_;
  for (std::size_t row = 0; row < page.row_count(); ++row) {
    if (stays(page.row(row), row, file)) continue;
    next_scanned_ = scanned_before;
    return false;
  }
  if (has_scanned_below(where.end)) {
    next_scanned_ = scanned_before;
    return false;
  }
  file_ = std::move(file);
  return true;
}

bool Merge::stays(const EntryRow& before, std::size_t row, std::string& file) {
  if (next_is(before.path)) {
    if (!is_equal(before, row)) return false;
    if (before.kind == EntryKind::directory) file.clear();
    else file = before.path;
    ++next_scanned_;
    return true;
  }
  if (last_is_renamed_ && lies_in(before.path, last_)) return false;
  return !has_scanned_below(before.path) && !is_gone(before.path, file) && (before.kind == EntryKind::directory || !parents_.hold(before.path));
}

Result<void> Merge::take_in_place(const Entry& entry) {
  if (input_.renamed_.contains(static_cast<std::uint32_t>(entry.number()))) return {};
  NPK_TRY(take_renamed_below(entry.path()));
  return take_before(entry, entry.path(), static_cast<std::size_t>(entry.number() - first_number_));
}

Result<void> Merge::take_renamed_below(std::optional<std::string_view> path) {
  while (next_renamed_ < renamed_.size() && (!path || path_less(renamed_[next_renamed_].path, *path))) {
    const RenamedEntry& renamed = renamed_[next_renamed_++];
    NPK_ASSIGN(const Entry entry, input_.before_.entry(renamed.number));
    NPK_TRY(take_before(entry, renamed.path, std::nullopt));
  }
  return {};
}

// `path`: where the entry is now. `leaf_row`: which of the leaf's it was, if it was there.
Result<void> Merge::take_before(const Entry& entry, std::string_view path, std::optional<std::size_t> leaf_row) {
  if (path == last_path_) return misuse("an entry of this path is there already", path);
  last_path_ = path;
  const EntryRow row = entry.row();
  const bool is_removed = removal_.takes(path);
  NPK_TRY(take_scanned_below(path));
  if (next_is(path)) {
    const bool is_kept = !is_removed && (row.kind == EntryKind::regular ? has_equal_content(row, leaf_row) : is_equal(row, leaf_row));
    return take_scanned(is_kept ? static_cast<std::uint32_t>(entry.number()) : MergedInput::kNone, &row);
  }
  if (is_removed || is_gone(path, file_)) {
    ++input_.counts_.gone_entries;
    return {};
  }
  NPK_TRY(check_parent(row, path));
  NPK_TRY(check_renamed(path, !leaf_row));
  last_ = row.kind == EntryKind::directory ? std::string_view() : path;
  last_is_renamed_ = !leaf_row;
  if (row.kind == EntryKind::regular) ++input_.counts_.kept_files;
  NPK_TRY(set_attributes(path, &row, nullptr));
  if (row.link_group != 0) groups_.emplace(static_cast<std::uint32_t>(input_.slots_.size()), row.link_group);
  input_.slots_.push_back({MergedInput::kNone, static_cast<std::uint32_t>(entry.number())});
  return {};
}

// A file of before that a scanned entry would lie in.
Result<void> Merge::check_parent(const EntryRow& row, std::string_view path) const {
  if (row.kind == EntryKind::directory || !parents_.hold(path)) return {};
  const auto within =
      std::ranges::find_if(rules_.replaced, [&](const std::string& replaced) { return replaced != path && format::is_at_or_under(replaced, path); });
  return misuse("is no directory in the package: '" + *within + "' can't be put in it", path);
}

// Nothing comes to lie in what is no directory. Those that paths alone imply have no entry.
Result<void> Merge::check_renamed(std::string_view path, bool is_renamed) const {
  if (!lies_in(path, last_)) return {};
  if (is_renamed) return misuse("is no directory in the package: '" + std::string(path) + "' can't be put in it", last_);
  if (last_is_renamed_) return misuse("is a directory in the package: '" + std::string(path) + "' lies in it", last_);
  return {};
}

bool Merge::is_gone(std::string_view path, const std::string& file) const {
  return lies_in(path, file) || replaced_.hold(path);  // there is no directory any more
}

bool Merge::has_scanned() const noexcept { return next_scanned_ < input_.scanned_.entry_count(); }
bool Merge::next_is(std::string_view path) { return has_scanned() && scanned_row().path == path; }

bool Merge::has_scanned_below(std::optional<std::string_view> path) {
  return has_scanned() && (!path || path_less(scanned_row().path, *path));
}

const EntryRow& Merge::scanned_row() {
  if (scanned_row_number_ != next_scanned_) {
    scanned_row_ = input_.scanned_.entry(next_scanned_, scratch_);
    scanned_row_number_ = next_scanned_;
  }
  return scanned_row_;
}

// Content that need not be read.
bool Merge::has_equal_content(const EntryRow& before, std::optional<std::size_t> leaf_row) {
  const EntryRow& now = scanned_row();
  return !rules_.read_all && now.kind == EntryKind::regular && before.kind == EntryKind::regular &&
         input_.scanned_.link_leader(next_scanned_) == next_scanned_ && input_.scanned_.size(next_scanned_) == before.size &&
         now.mtime_seconds == before.mtime_seconds && now.mtime_nanoseconds == before.mtime_nanoseconds && has_equal_hint(leaf_row);
}

// Where there is none, as rsync judges. A file may have been written to once more in the second in which it was scanned or packed.
bool Merge::has_equal_hint(std::optional<std::size_t> leaf_row) {
  if (hints_.is_broken) return false;
  const std::int64_t mtime = scanned_row().mtime_seconds;
  const format::FileHint before = leaf_row && hints_.page ? hints_.page->rows[*leaf_row] : format::FileHint();
  if (before.inode == 0) return mtime < newest_seconds_;
  const format::FileHint now = input_.scanned_.hint(next_scanned_);
  const bool is_same_file = rules_.ignore_inode || now.inode == before.inode;
  const bool is_untouched = rules_.ignore_ctime || (now.ctime_seconds == before.ctime_seconds && now.ctime_nanoseconds == before.ctime_nanoseconds &&
                                                    now.ctime_seconds < hints_.page->scan_seconds);
  return is_same_file && is_untouched && mtime < hints_.page->scan_seconds;
}

bool Merge::is_equal(const EntryRow& before, std::optional<std::size_t> leaf_row) {
  const EntryRow& now = scanned_row();
  if (before.link_group != 0 || now.link_group != 0 || !has_equal_metadata(before, now)) return false;
  if (is_device(now.kind) && now.device != before.device) return false;
  return now.kind != EntryKind::regular || has_equal_content(before, leaf_row);
}

Result<void> Merge::take_scanned_below(std::optional<std::string_view> path) {
  while (has_scanned_below(path)) NPK_TRY(take_scanned(MergedInput::kNone, nullptr));
  return {};
}

Result<void> Merge::take_scanned(std::uint32_t before, const EntryRow* there) {
  const EntryRow& row = scanned_row();
  if (row.kind == EntryKind::directory) file_.clear();
  else file_ = row.path;
  NPK_TRY(set_attributes(row.path, there, &row));
  if (there == nullptr) ++input_.counts_.new_entries;
  if (before != MergedInput::kNone && row.kind == EntryKind::regular) ++input_.counts_.kept_files;
  if (before == MergedInput::kNone && row.kind == EntryKind::regular && input_.scanned_.size(next_scanned_) != 0) input_.has_new_content_ = true;
  input_.slot_of_scanned_[static_cast<std::size_t>(next_scanned_)] = static_cast<std::uint32_t>(input_.slots_.size());
  const bool has_size_of_before = before == MergedInput::kNone && there != nullptr && there->kind == EntryKind::regular && row.kind == EntryKind::regular &&
                                  input_.scanned_.size(next_scanned_) == there->size;
  input_.slots_.push_back({static_cast<std::uint32_t>(next_scanned_++), before, has_size_of_before});
  return {};
}

// Those of an entry from before stay with its path, whatever a scan finds there.
Result<void> Merge::set_attributes(std::string_view path, const EntryRow* there, const EntryRow* scanned) {
  const bool is_changed = changes_.hold(path);
  if (!is_changed && scanned == nullptr) return {};
  PackageAttributes attributes = there != nullptr ? package_attributes_of(*there) : PackageAttributes();
  changes_.apply(path, attributes);
  if (!is_changed && attributes.empty()) return {};
  std::uint64_t bytes = 0;
  for (const auto& [name, value] : attributes) bytes += name.size() + value.size();
  for (const format::Xattr& xattr : (scanned != nullptr ? *scanned : *there).xattrs)
    bytes += format::is_package_attribute(xattr.name) ? 0 : xattr.name.size() + xattr.value.size();
  if (bytes > Limits().max_xattr_bytes / 2) return misuse("tags, comment and extended attributes of one entry take more than 512 KiB", path);
  input_.attributes_.emplace(static_cast<std::uint32_t>(input_.slots_.size()), std::move(attributes));
  return {};
}

}  // namespace npk::ops
