#include "ops/write/merged_input.h"

#include <algorithm>

#include "npk/format/path.h"
#include "ops/write/removal.h"
#include "tree/stored_path.h"

namespace npk::ops {
namespace {

using format::EntryKind;

std::unexpected<Error> misuse(std::string what, std::string_view path) {
  return std::unexpected(Error{.code = Errc::misuse, .message = std::move(what), .path = std::string(path)});
}

struct RenamedEntry {
  std::string path;
  std::uint32_t number;
};

}  // namespace

// Three lists in path order become one: entries from before, those of them that have new paths, and scanned ones.
class Merge {
 public:
  Merge(MergedInput& input, const MergeRules& rules)
      : input_(input), rules_(rules), removal_(rules.removed), newest_seconds_(input.before_.info().commit.statement.time_seconds) {}

  Result<void> run() {
    if (input_.before_.entry_count() + input_.scanned_.entry_count() >= MergedInput::kNone)
      return fail(Errc::limit, "more entries than a package can be given here");
    NPK_TRY(find_renamed());
    input_.slot_of_scanned_.resize(static_cast<std::size_t>(input_.scanned_.entry_count()));
    NPK_TRY(walk([&](const Entry& entry) { return take_in_place(entry); }));
    NPK_TRY(take_renamed_below(std::nullopt));
    take_scanned_below(std::nullopt);
    NPK_TRY(removal_.check("the package"));
    input_.number_link_groups(std::move(groups_));
    return {};
  }

 private:
  template <class Take>
  Result<void> walk(const Take& take) {
    Result<void> taken;
    NPK_TRY(input_.before_.for_each([&](const Entry& entry) {
      taken = take(entry);
      return taken.has_value();
    }));
    return taken;
  }

  Result<void> find_renamed() {
    if (rules_.renamed.empty()) return {};
    std::vector<bool> used(rules_.renamed.size());
    NPK_TRY(walk([&](const Entry& entry) -> Result<void> {
      for (std::size_t i = 0; i < rules_.renamed.size(); ++i) {
        const auto& [from, to] = rules_.renamed[i];
        if (!format::is_at_or_under(entry.path(), from)) continue;
        used[i] = true;
        renamed_.push_back({to + std::string(entry.path().substr(from.size())), static_cast<std::uint32_t>(entry.number())});
        break;
      }
      return {};
    }));
    for (std::size_t i = 0; i < used.size(); ++i)
      if (!used[i]) return fail(Errc::not_found, "'" + rules_.renamed[i].first + "' is no entry of the package");
    std::ranges::sort(renamed_, [](const RenamedEntry& a, const RenamedEntry& b) { return format::path_less(a.path, b.path); });
    for (const RenamedEntry& entry : renamed_) {
      NPK_TRY(tree::check_stored_path(entry.path, Limits()));
      input_.renamed_.emplace(entry.number, entry.path);
    }
    return {};
  }

  Result<void> take_in_place(const Entry& entry) {
    if (input_.renamed_.contains(static_cast<std::uint32_t>(entry.number()))) return {};
    NPK_TRY(take_renamed_below(entry.path()));
    return take_before(entry, entry.path());
  }

  Result<void> take_renamed_below(std::optional<std::string_view> path) {
    while (next_renamed_ < renamed_.size() && (!path || format::path_less(renamed_[next_renamed_].path, *path))) {
      const RenamedEntry& renamed = renamed_[next_renamed_++];
      NPK_ASSIGN(const Entry entry, input_.before_.entry(renamed.number));
      NPK_TRY(take_before(entry, renamed.path));
    }
    return {};
  }

  // `path`: where the entry is now.
  Result<void> take_before(const Entry& entry, std::string_view path) {
    if (path == last_path_) return misuse("an entry of this path is there already", path);
    last_path_ = path;
    const format::EntryRow row = entry.row();
    const bool is_removed = removal_.takes(path);
    take_scanned_below(path);
    if (next_is(path)) {
      take_scanned(unchanged(row) && !is_removed ? static_cast<std::uint32_t>(entry.number()) : MergedInput::kNone, true);
      return {};
    }
    if (is_removed || is_gone(path)) {
      ++input_.counts_.gone_entries;
      return {};
    }
    NPK_TRY(check_parent(row, path));
    if (row.kind == EntryKind::regular) ++input_.counts_.kept_files;
    if (row.link_group != 0) groups_.emplace(static_cast<std::uint32_t>(input_.slots_.size()), row.link_group);
    input_.slots_.push_back({MergedInput::kNone, static_cast<std::uint32_t>(entry.number())});
    return {};
  }

  // A file of before that a scanned entry would lie in.
  Result<void> check_parent(const format::EntryRow& row, std::string_view path) {
    if (row.kind == EntryKind::directory) return {};
    for (const std::string& replaced : rules_.replaced) {
      if (replaced != path && format::is_at_or_under(replaced, path)) return misuse("is no directory in the package: '" + replaced + "' can't be put in it", path);
    }
    return {};
  }

  [[nodiscard]] bool is_gone(std::string_view path) const {
    if (!file_.empty() && format::is_at_or_under(path, file_)) return true;  // there is no directory any more
    return std::ranges::any_of(rules_.replaced, [&](const std::string& replaced) { return format::is_at_or_under(path, replaced); });
  }

  [[nodiscard]] bool has_scanned() const noexcept { return next_scanned_ < input_.scanned_.entry_count(); }
  [[nodiscard]] bool next_is(std::string_view path) { return has_scanned() && scanned_row().path == path; }
  format::EntryRow scanned_row() { return input_.scanned_.entry(next_scanned_, scratch_); }

  // Content that need not be read: as rsync judges; but a file may have been written to once more in the second in which
  // it was packed.
  [[nodiscard]] bool unchanged(const format::EntryRow& before) {
    const format::EntryRow now = scanned_row();
    return !rules_.read_all && now.kind == EntryKind::regular && before.kind == EntryKind::regular &&
           input_.scanned_.link_leader(next_scanned_) == next_scanned_ && input_.scanned_.size(next_scanned_) == before.size &&
           now.mtime_seconds == before.mtime_seconds && now.mtime_nanoseconds == before.mtime_nanoseconds &&
           now.mtime_seconds < newest_seconds_;
  }

  void take_scanned_below(std::optional<std::string_view> path) {
    while (has_scanned() && (!path || format::path_less(scanned_row().path, *path))) take_scanned(MergedInput::kNone, false);
  }

  void take_scanned(std::uint32_t before, bool was_there) {
    const format::EntryRow row = scanned_row();
    if (row.kind == EntryKind::directory) file_.clear();
    else file_ = row.path;
    if (!was_there) ++input_.counts_.new_entries;
    if (before != MergedInput::kNone) ++input_.counts_.kept_files;
    input_.slot_of_scanned_[static_cast<std::size_t>(next_scanned_)] = static_cast<std::uint32_t>(input_.slots_.size());
    input_.slots_.push_back({static_cast<std::uint32_t>(next_scanned_++), before});
  }

  MergedInput& input_;
  const MergeRules& rules_;
  Removal removal_;
  std::int64_t newest_seconds_;
  std::vector<RenamedEntry> renamed_;  // by new path
  std::size_t next_renamed_ = 0;
  std::uint64_t next_scanned_ = 0;
  writer::EntryScratch scratch_;
  std::string last_path_;
  std::string file_;  // the last scanned entry, if it is no directory
  std::unordered_map<std::uint32_t, std::uint64_t> groups_;  // of slots from before, as numbered there
};

class MergedOpener final : public writer::InputOpener {
 public:
  explicit MergedOpener(const MergedInput& input) : input_(input), scanned_(input.scanned_.opener()) {}
  Result<std::unique_ptr<writer::InputFile>> open(std::uint64_t number) override { return scanned_->open(input_.slots_[number].scanned); }

 private:
  const MergedInput& input_;
  std::unique_ptr<writer::InputOpener> scanned_;
};

Result<std::unique_ptr<MergedInput>> MergedInput::merge(const PackageReader& before, const TreeInput& scanned, const MergeRules& rules) {
  std::unique_ptr<MergedInput> input(new MergedInput(before, scanned));
  NPK_TRY(Merge(*input, rules).run());
  return input;
}

// Behind the numbers that the scan gives its own groups; a file that has lost all its other names is in none.
void MergedInput::number_link_groups(std::unordered_map<std::uint32_t, std::uint64_t> groups) {
  if (groups.empty()) return;
  std::uint64_t next = scanned_.link_group_count();
  for (std::uint64_t slot = 0; slot < slots_.size(); ++slot) {
    const auto found = groups.find(static_cast<std::uint32_t>(slot));
    if (found == groups.end()) continue;
    LinkGroup& group = groups_[found->second];
    if (group.members++ == 0) {
      group.leader = slot;
      group.number = ++next;
    }
    group_of_slot_.emplace(slot, found->second);
  }
}

void MergedInput::keep_error(const Error& error) const {
  const std::lock_guard lock(mutex_);
  if (!error_) error_ = error;
}

Result<void> MergedInput::status() const {
  const std::lock_guard lock(mutex_);
  if (error_) return std::unexpected(*error_);
  return {};
}

format::EntryRow MergedInput::row_before(std::uint64_t number, writer::EntryScratch& scratch) const {
  auto entry = before_.entry(slots_[number].before);
  if (!entry) {
    keep_error(entry.error());
    format::EntryRow none;
    none.path = scratch.path = "?";
    return none;
  }
  const auto holder = std::make_shared<const Entry>(*std::move(entry));
  format::EntryRow row = holder->row();
  scratch.holder = holder;
  row.runs = {};
  row.digest.reset();
  row.link_group = 0;
  if (const auto renamed = renamed_.find(slots_[number].before); renamed != renamed_.end()) row.path = renamed->second;
  if (const auto group = group_of_slot_.find(number); group != group_of_slot_.end()) {
    const LinkGroup& links = groups_.at(group->second);
    if (links.members > 1) row.link_group = links.number;
  }
  return row;
}

format::EntryRow MergedInput::entry(std::uint64_t number, writer::EntryScratch& scratch) const {
  const Slot& slot = slots_[number];
  return slot.scanned == kNone ? row_before(number, scratch) : scanned_.entry(slot.scanned, scratch);
}

std::uint64_t MergedInput::size(std::uint64_t number) const noexcept {
  return is_kept(number) ? 0 : scanned_.size(slots_[number].scanned);
}

bool MergedInput::may_have_holes(std::uint64_t number) const noexcept {
  return !is_kept(number) && scanned_.may_have_holes(slots_[number].scanned);
}

std::uint64_t MergedInput::link_leader(std::uint64_t number) const noexcept {
  const Slot& slot = slots_[number];
  if (slot.scanned != kNone) return slot_of_scanned_[static_cast<std::size_t>(scanned_.link_leader(slot.scanned))];
  const auto group = group_of_slot_.find(number);
  return group == group_of_slot_.end() ? number : groups_.at(group->second).leader;
}

Result<void> MergedInput::for_each_kept(const KeptVisitor& visit) const {
  for (std::uint64_t number = 0; number < slots_.size(); ++number) {
    if (!is_kept(number)) continue;
    NPK_ASSIGN(const Entry entry, before_.entry(slots_[number].before));
    if (const format::EntryRow row = entry.row(); row.kind == EntryKind::regular) visit(number, row);
  }
  return {};
}

std::unique_ptr<writer::InputOpener> MergedInput::opener() const { return std::make_unique<MergedOpener>(*this); }

}  // namespace npk::ops
