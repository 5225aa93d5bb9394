#include "npk/ops/diff.h"

#include <algorithm>

#include "npk/format/path.h"
#include "package/reader/impl.h"
#include "package/reader/tree_leaves.h"

namespace npk::ops {
namespace {

using format::EntryRow;

bool has_equal_metadata(const EntryRow& a, const EntryRow& b) {
  return a.mode == b.mode && a.uid == b.uid && a.gid == b.gid && a.user_name == b.user_name && a.group_name == b.group_name &&
         a.mtime_seconds == b.mtime_seconds && a.mtime_nanoseconds == b.mtime_nanoseconds && std::ranges::equal(a.xattrs, b.xattrs);
}

constexpr std::uint64_t kEntriesAhead = 256;

// Entries in order, with the leaves they lie in.
class Side {
 public:
  explicit Side(const PackageReader& package) : package_(package) {}

  Result<void> open() {
    const PackageInfo& info = package_.info();
    if (info.commit_place.position == 0) return {};  // recovered from manifests
    const format::Placement& placement = info.commit.placement;
    NPK_ASSIGN(leaves_, reader::catalog_leaves(package_.impl().frames(), placement.catalog_root, info.commit_place.position));
    NPK_ASSIGN(chunk_leaves_, reader::chunk_leaves(package_.impl().frames(), placement.chunk_root, info.commit_place.position));
    return {};
  }
  [[nodiscard]] bool at_end() const noexcept { return number_ >= package_.entry_count(); }
  [[nodiscard]] Result<Entry> entry() {
    if (number_ - ahead_begin_ >= ahead_.size()) NPK_TRY(read_ahead());
    return ahead_[static_cast<std::size_t>(number_ - ahead_begin_)];
  }
  // The leaf that begins here; null within one.
  [[nodiscard]] const format::CatalogChild* leaf() {
    while (leaf_ < leaves_.size() && leaf_begin_ < number_) leaf_begin_ += leaves_[leaf_++].entry_count;
    return leaf_ < leaves_.size() && leaf_begin_ == number_ ? &leaves_[leaf_] : nullptr;
  }
  void pass(std::uint64_t entries = 1) noexcept { number_ += entries; }
  [[nodiscard]] const PackageReader& package() const noexcept { return package_; }
  [[nodiscard]] const std::vector<format::ChunkChild>& chunk_leaves() const noexcept { return chunk_leaves_; }
  [[nodiscard]] std::uint64_t chunk_count() const noexcept { return package_.info().commit.placement.totals.chunks; }

 private:
  // Not into the next leaf, which may be shared.
  [[nodiscard]] std::uint64_t ahead_end() {
    const std::uint64_t most = number_ + kEntriesAhead;
    if (leaves_.empty()) return most;
    return std::min(most, leaf() != nullptr ? number_ + leaves_[leaf_].entry_count : leaf_begin_);
  }
  Result<void> read_ahead() {
    ahead_.clear();
    ahead_begin_ = number_;
    const auto keep = [this](const Entry& entry) { return ahead_.push_back(entry), true; };
    NPK_TRY(package_.for_each(keep, number_, ahead_end()));
    if (ahead_.empty()) return fail_corrupt("the catalog ends before its last entry");
    return {};
  }

  const PackageReader& package_;
  std::vector<format::CatalogChild> leaves_;
  std::vector<format::ChunkChild> chunk_leaves_;
  std::vector<Entry> ahead_;
  std::uint64_t ahead_begin_ = 0;
  std::size_t leaf_ = 0;
  std::uint64_t leaf_begin_ = 0;
  std::uint64_t number_ = 0;
};

// Up to this number the two, generations of one package or forks of it, have the same chunks.
std::uint64_t common_chunks(const Side& before, const Side& after) {
  const auto& a = before.chunk_leaves();
  const auto& b = after.chunk_leaves();
  const auto first_chunk = [](const Side& side, std::size_t leaf) {
    return leaf < side.chunk_leaves().size() ? side.chunk_leaves()[leaf].first_chunk : side.chunk_count();
  };
  std::size_t leaf = 0;
  while (leaf < std::min(a.size(), b.size()) && a[leaf].position == b[leaf].position && a[leaf].hash == b[leaf].hash &&
         a[leaf].first_chunk == b[leaf].first_chunk)
    ++leaf;
  return leaf == 0 ? 0 : std::min(first_chunk(before, leaf), first_chunk(after, leaf));
}

class Comparison {
 public:
  using Visit = std::function<bool(const EntryChange&)>;

  Comparison(const PackageReader& before, const PackageReader& after, const Visit& visit)
      : before_(before), after_(after), visit_(visit),
        is_one_package_(before.info().superblock.package_id == after.info().superblock.package_id) {}

  Result<void> run() {
    if (is_one_package_) {
      NPK_TRY(before_.open());
      NPK_TRY(after_.open());
      common_chunks_ = common_chunks(before_, after_);
    }
    while (goes_on_ && (!before_.at_end() || !after_.at_end())) {
      if (!pass_shared_leaf()) NPK_TRY(step());
    }
    return {};
  }

 private:
  // Equal leaves of one package name equal chunks. Those of forks may have numbered others alike; what nodes say of the content tells.
  bool pass_shared_leaf() {
    const format::CatalogChild* before = before_.leaf();
    const format::CatalogChild* after = after_.leaf();
    if (before == nullptr || after == nullptr || before->hash != after->hash || before->position != after->position ||
        before->content_hash != after->content_hash || before->content_hash == Digest{})
      return false;
    before_.pass(before->entry_count);
    after_.pass(after->entry_count);
    return true;
  }

  Result<void> step() {
    if (before_.at_end()) return take_added();
    if (after_.at_end()) return take_removed();
    NPK_ASSIGN(const Entry before, before_.entry());
    NPK_ASSIGN(const Entry after, after_.entry());
    const auto order = format::compare_paths(before.path(), after.path());
    if (order < 0) return take_removed();
    if (order > 0) return take_added();
    before_.pass();
    after_.pass();
    NPK_ASSIGN(const bool same_content, has_equal_content(before, after));
    if (!same_content) return tell({ChangeKind::content, &before, &after});
    if (!has_equal_metadata(before.row(), after.row())) return tell({ChangeKind::metadata, &before, &after});
    return {};
  }

  Result<bool> has_equal_content(const Entry& before, const Entry& after) const {
    const EntryRow a = before.row(), b = after.row();
    if (a.kind != b.kind || a.size != b.size || a.target != b.target || a.device != b.device) return false;
    if (a.kind != EntryKind::regular || has_equal_chunks(a, b)) return true;
    NPK_ASSIGN(const Digest one, before_.package().digest(before));
    NPK_ASSIGN(const Digest other, after_.package().digest(after));
    return one == other;
  }

  [[nodiscard]] bool has_equal_chunks(const EntryRow& a, const EntryRow& b) const {
    const auto is_common = [this](const format::Run& run) { return run.first_chunk <= common_chunks_ && run.chunk_count <= common_chunks_ - run.first_chunk; };
    return std::ranges::equal(a.runs, b.runs) && std::ranges::all_of(a.runs, is_common);
  }

  Result<void> take_added() {
    NPK_ASSIGN(const Entry entry, after_.entry());
    after_.pass();
    return tell({ChangeKind::added, nullptr, &entry});
  }
  Result<void> take_removed() {
    NPK_ASSIGN(const Entry entry, before_.entry());
    before_.pass();
    return tell({ChangeKind::removed, &entry, nullptr});
  }
  Result<void> tell(const EntryChange& change) {
    goes_on_ = visit_(change);
    return {};
  }

  Side before_, after_;
  const Visit& visit_;
  bool is_one_package_;
  std::uint64_t common_chunks_ = 0;
  bool goes_on_ = true;
};

}  // namespace

Result<void> diff(const PackageReader& before, const PackageReader& after, const std::function<bool(const EntryChange&)>& visit) {
  return Comparison(before, after, visit).run();
}

}  // namespace npk::ops
