// Every entry of the catalog: its place in the tree, what it refers to, and what all of them add up to.
#pragma once

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "hash/content_root.h"
#include "ops/read/damage_list.h"
#include "package/reader/impl.h"
#include "package/reader/tally.h"

namespace npk::ops {

// A file whose digest is of several chunks (or holes), to be computed again.
struct DigestTask {
  std::uint64_t first_chunk = 0;               // UINT64_MAX: only holes
  std::array<std::uint8_t, 16> content{};      // equal for files of equal runs and digest
  std::uint64_t entry = 0;

  friend auto operator<=>(const DigestTask&, const DigestTask&) = default;
};

class EntryCheck {
 public:
  EntryCheck(const PackageReader::Impl& package, const PackageReader& reader, DamageList& damages)
      : package_(package), reader_(reader), damages_(damages) {}

  [[nodiscard]] Result<void> run();
  // All rows that can be read, in path order; true if that was all there are. Damaged pages are noted if `note`.
  [[nodiscard]] Result<bool> for_each_readable(const std::function<Result<void>(const Entry&)>& visit, bool note);

  [[nodiscard]] const reader::Tally& tally() const noexcept { return tally_; }
  [[nodiscard]] const Digest& content_root() const noexcept { return content_root_; }
  // Whether run() could read all pages.
  [[nodiscard]] bool is_complete() const noexcept { return is_complete_; }
  [[nodiscard]] std::vector<DigestTask>& digest_tasks() noexcept { return digest_tasks_; }

 private:
  struct Place {
    format::FrameReference reference;
    std::uint64_t before = 0;
    std::uint64_t first_number = 0;
    std::uint64_t entries = 0;
    std::optional<int> height;  // none: the root
    std::string first_path;
  };
  struct Group {
    std::string leader;
    Digest columns;  // of all but the path
  };
  struct LeafStart {
    bool begins_group;
    std::uint64_t linked_rows;
  };
  struct Walk;
  Result<void> visit_page(const Place& place, Walk& walk);
  Result<void> visit_node(const Place& place, const format::CatalogNode& node, Walk& walk);
  Result<void> visit_rows(const Place& place, Walk& walk);
  [[nodiscard]] Result<void> check_content(const format::CatalogChild& leaf, const LeafStart& start) const;
  Result<void> add(const Entry& entry);
  Result<void> check_runs(const EntryRow& row);
  Result<void> check_run(const format::Run& run) const;
  Result<void> add_to_root(const EntryRow& row, const Entry& entry);
  Result<std::string_view> leader_of(const EntryRow& row, const Digest& digest);
  Result<void> check_sums();

  const PackageReader::Impl& package_;
  const PackageReader& reader_;
  DamageList& damages_;
  reader::Tally tally_;
  hash::ContentRoot root_;
  Digest content_root_{};
  bool root_known_ = true;
  bool is_complete_ = false;
  std::uint64_t linked_rows_ = 0;
  std::unordered_map<std::uint64_t, Group> groups_;
  std::vector<DigestTask> digest_tasks_;
};

}  // namespace npk::ops
