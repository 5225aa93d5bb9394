// Makes a MergedInput: three lists in path order become one: entries from before, those of them that have new paths, and
// scanned ones. Pages of the catalog from before in which nothing changes are neither taken apart nor, where nothing was
// scanned, read.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "npk/entry.h"
#include "ops/write/attribute_changes.h"
#include "ops/write/merged_input.h"
#include "ops/write/path_ranges.h"
#include "ops/write/removal.h"

namespace npk::ops {

class Merge {
 public:
  // `leaves`: of the catalog before, in order.
  Merge(MergedInput& input, const std::vector<format::CatalogChild>& leaves, const MergeRules& rules, AttributeChanges& changes);

  Result<void> run();

 private:
  struct RenamedEntry {
    std::string path;
    std::uint32_t number;
  };
  using Number = std::uint64_t;

  Result<void> check_leaves() const;
  Result<void> find_renamed();
  Result<void> find_renamed_from(const std::string& from, const std::string& to);
  Result<void> sort_renamed();

  [[nodiscard]] PathInterval interval_of(std::size_t leaf) const noexcept;
  [[nodiscard]] bool is_named(const PathInterval& where) const;
  [[nodiscard]] bool is_touched(const PathInterval& where);
  Result<void> take_leaf(std::size_t leaf);
  [[nodiscard]] bool stays(const format::CatalogPage& page, const PathInterval& where);
  [[nodiscard]] bool stays(const format::EntryRow& before, std::size_t row, std::string& file);
  void keep(std::size_t leaf);
  Result<void> take_rows(std::size_t leaf, const std::shared_ptr<const format::CatalogPage>& page);
  void uncount(const format::EntryRow& row) noexcept;

  Result<void> take_in_place(const Entry& entry);
  Result<void> take_renamed_below(std::optional<std::string_view> path);
  Result<void> take_before(const Entry& entry, std::string_view path, std::optional<std::size_t> leaf_row);
  Result<void> check_parent(const format::EntryRow& row, std::string_view path) const;
  Result<void> check_renamed(std::string_view path, bool is_renamed) const;
  [[nodiscard]] bool is_gone(std::string_view path, const std::string& file) const;

  [[nodiscard]] bool has_scanned() const noexcept;
  [[nodiscard]] bool next_is(std::string_view path);
  [[nodiscard]] bool has_scanned_below(std::optional<std::string_view> path);
  [[nodiscard]] const format::EntryRow& scanned_row();
  [[nodiscard]] bool has_equal_content(const format::EntryRow& before, std::optional<std::size_t> leaf_row);
  [[nodiscard]] bool has_equal_hint(std::optional<std::size_t> leaf_row);
  [[nodiscard]] bool is_equal(const format::EntryRow& before, std::optional<std::size_t> leaf_row);
  Result<void> take_scanned_below(std::optional<std::string_view> path);
  // `there`: what was at its path; null if nothing was.
  Result<void> take_scanned(std::uint32_t before, const format::EntryRow* there);
  // Of the slot that comes next.
  Result<void> set_attributes(std::string_view path, const format::EntryRow* there, const format::EntryRow* scanned);

  MergedInput& input_;
  const std::vector<format::CatalogChild>& leaves_;
  const MergeRules& rules_;
  AttributeChanges& changes_;
  Removal removal_;
  Subtrees replaced_, renamed_from_;
  Ancestors parents_;  // of what is replaced
  std::int64_t newest_seconds_;
  LeafHints hints_;                    // of the leaf that is taken
  std::vector<RenamedEntry> renamed_;  // by new path
  std::size_t next_renamed_ = 0;
  Number first_number_ = 0;            // of the leaf that comes next
  Number next_scanned_ = 0;
  writer::EntryScratch scratch_;
  format::EntryRow scanned_row_;
  std::optional<Number> scanned_row_number_;
  std::string file_;                   // the last scanned entry, unless a directory: nothing lies under it
  std::string last_path_;
  std::string last_;                   // the last entry from before, unless a directory
  bool last_is_renamed_ = false;
  std::unordered_map<std::uint32_t, std::uint64_t> groups_;  // of slots from before, as numbered there
};

}  // namespace npk::ops
