// All of a package's next generation as the writer's input: what the one before has, with paths taken out and renamed, and
// what has been scanned in its place or beside it.
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "npk/ops/append.h"
#include "npk/reader.h"
#include "ops/write/attribute_changes.h"
#include "ops/write/earlier_hints.h"
#include "ops/write/tree_input.h"

namespace npk::ops {

struct MergeRules {
  std::vector<std::string> replaced;  // stored paths that were scanned: what lay under them and was not found is gone
  const std::vector<std::string>& removed;
  const std::vector<std::pair<std::string, std::string>>& renamed;
  const std::vector<AttributeChange>& attributes;
  bool read_all = false;
  bool ignore_ctime = false, ignore_inode = false;
  const EarlierHints& hints;  // of the leaves
};

struct MergeCounts {
  std::uint64_t new_entries = 0;
  std::uint64_t gone_entries = 0;
  std::uint64_t kept_files = 0;
};

// Memory: 12 bytes for each entry of a page that changes, the scanned tree's, and the reader's caches. Both must outlive it.
class MergedInput final : public writer::InputTree {
 public:
  // Errors: as reading; not_found (a glob or path that fits nothing); misuse (two entries would have one path; an entry
  // would lie in what is no directory); limit (more than 4,294,967,294 entries).
  // `leaves`: of the catalog of `before`, in order.
  [[nodiscard]] static Result<std::unique_ptr<MergedInput>> merge(const PackageReader& before, const std::vector<format::CatalogChild>& leaves,
                                                                  const TreeInput& scanned, const MergeRules& rules);

  [[nodiscard]] const MergeCounts& counts() const noexcept { return counts_; }
  // Whether any content is to be read.
  [[nodiscard]] bool has_new_content() const noexcept { return has_new_content_; }

  [[nodiscard]] std::uint64_t entry_count() const noexcept override { return slots_.size(); }
  [[nodiscard]] format::EntryRow entry(std::uint64_t number, writer::EntryScratch& scratch) const override;
  [[nodiscard]] std::uint64_t size(std::uint64_t number) const noexcept override;
  [[nodiscard]] bool may_have_holes(std::uint64_t number) const noexcept override;
  [[nodiscard]] std::uint64_t link_leader(std::uint64_t number) const noexcept override;
  [[nodiscard]] bool is_kept(std::uint64_t number) const noexcept override { return slots_[number].before != kNone; }
  [[nodiscard]] bool is_likely_known(std::uint64_t number) const noexcept override { return slots_[number].has_size_of_before; }
  [[nodiscard]] format::FileHint hint(std::uint64_t number) const override;
  [[nodiscard]] std::optional<std::int64_t> hint_seconds() const noexcept override { return scanned_.hint_seconds(); }
  [[nodiscard]] Result<void> for_each_kept(const KeptVisitor& visit) const override;
  [[nodiscard]] std::span<const writer::KeptLeaf> kept_leaves() const noexcept override { return kept_leaves_; }
  [[nodiscard]] Result<std::shared_ptr<const format::CatalogPage>> open_leaf(const format::CatalogChild& leaf) const override;
  [[nodiscard]] format::Totals kept_totals() const noexcept override { return kept_totals_; }
  [[nodiscard]] Result<std::uint64_t> count_kept_pieces() const override;
  [[nodiscard]] Result<void> status() const override;
  [[nodiscard]] std::unique_ptr<writer::InputOpener> opener() const override;

 private:
  friend class Merge;
  friend class MergedOpener;
  static constexpr std::uint32_t kNone = UINT32_MAX;
  // An entry is scanned or from before; one that is both has its metadata from the scan and its content from before.
  struct Slot {
    std::uint32_t scanned = kNone;
    std::uint32_t before = kNone;
    bool has_size_of_before = false;  // a file at this path, which is read again
  };
  struct LinkGroup {
    std::uint64_t leader = 0;
    std::uint64_t members = 0;
    std::uint64_t number = 0;  // as it is written
  };

  MergedInput(const PackageReader& before, const TreeInput& scanned) : before_(before), scanned_(scanned) {}
  void number_link_groups(std::unordered_map<std::uint32_t, std::uint64_t> groups);
  [[nodiscard]] format::EntryRow row_before(std::uint64_t number, writer::EntryScratch& scratch) const;
  // All names of a scanned file have the attributes of the first that has any.
  void equal_attributes_of_links();
  void keep_error(const Error& error) const;

  const PackageReader& before_;
  const TreeInput& scanned_;
  std::vector<Slot> slots_;
  std::vector<writer::KeptLeaf> kept_leaves_;
  format::Totals kept_totals_;
  bool has_new_content_ = false;
  std::vector<std::uint32_t> slot_of_scanned_;               // by number in the scan; none where its page is kept
  std::unordered_map<std::uint32_t, std::string> renamed_;   // paths, by number before
  std::unordered_map<std::uint64_t, LinkGroup> groups_;      // those from before, by their number there
  std::unordered_map<std::uint64_t, std::uint64_t> group_of_slot_;
  std::unordered_map<std::uint32_t, PackageAttributes> attributes_;  // by slot, where they are not those the entry comes with
  MergeCounts counts_;
  mutable std::mutex mutex_;
  mutable std::optional<Error> error_;
};

}  // namespace npk::ops
