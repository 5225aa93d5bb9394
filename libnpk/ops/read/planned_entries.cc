#include "ops/read/planned_entries.h"

#include <algorithm>

namespace npk::ops {
namespace {

// Some number that is nobody's, where the system can't have the package's.
constexpr std::uint64_t kLargestOwner = 0xffff'fffe;

std::uint32_t owner_number(std::uint64_t number) noexcept {
  return static_cast<std::uint32_t>(std::min(number, kLargestOwner));
}

template <class Integer>
std::atomic_ref<Integer> shared(const Integer& value) noexcept {
  return std::atomic_ref<Integer>(const_cast<Integer&>(value));
}

}  // namespace

Result<PlannedEntries::Number> PlannedEntries::add(const format::EntryRow& row, std::string_view path) {
  if (entries_.size() >= UINT32_MAX) return fail(Errc::limit, "more entries than can be extracted at once");
  if (path.size() > tree::TextArena::kLargestText || row.target.size() > tree::TextArena::kLargestText)
    return fail(Errc::limit, "its path or target is too long");
  PlannedEntry entry;
  NPK_ASSIGN(entry.xattrs, add_xattrs(row.xattrs));
  entry.path = text_.add(path);
  entry.mtime_seconds = row.mtime_seconds;
  entry.mtime_nanoseconds = row.mtime_nanoseconds;
  entry.owner = owner_of(row);
  entry.mode = row.mode & 07777U;
  entry.kind = static_cast<std::uint16_t>(row.kind) & 0xfU;
  if (row.kind == format::EntryKind::regular)
    entry.size = row.size;
  else if (row.kind == format::EntryKind::symlink)
    entry.size = text_.add(row.target);
  else
    entry.size = row.device;
  for (const format::Run& run : row.runs) entry.pending += run.chunk_count == 0 ? 0 : run.byte_count;
  text_bytes_ += path.size() + row.target.size();
  entries_.push_back(entry);
  return static_cast<Number>(entries_.size() - 1);
}

std::uint32_t PlannedEntries::owner_of(const format::EntryRow& row) {
  std::string key = std::to_string(row.uid) + ':' + std::to_string(row.gid) + ':' + std::string(row.user_name);
  key += '\0';
  key += row.group_name;
  const auto [found, is_new] = owner_indexes_.try_emplace(std::move(key), static_cast<std::uint32_t>(owners_.size()));
  if (is_new) {
    const auto kept = [&](std::string_view name) {
      return name.size() <= 255 ? text_.add(name) : tree::TextArena::Reference{0};
    };
    owners_.push_back({owner_number(row.uid), owner_number(row.gid), kept(row.user_name), kept(row.group_name)});
  }
  return found->second;
}

Result<std::uint32_t> PlannedEntries::add_xattrs(std::span<const format::Xattr> xattrs) {
  if (xattrs.empty()) return 0;
  for (const format::Xattr& xattr : xattrs) {
    if (xattr.name.size() > tree::TextArena::kPieceBytes || xattr.value.size() > tree::TextArena::kPieceBytes)
      return fail(Errc::limit, "an attribute is larger than the limit");
  }
  xattr_runs_.push_back({static_cast<std::uint32_t>(xattrs_.size()), static_cast<std::uint32_t>(xattrs.size())});
  for (const format::Xattr& xattr : xattrs) {
    xattrs_.push_back({text_.store(xattr.name), as_bytes(text_.store(xattr.value))});
    text_bytes_ += xattr.name.size() + xattr.value.size() + sizeof(tree::Xattr);
  }
  return static_cast<std::uint32_t>(xattr_runs_.size());
}

tree::Metadata PlannedEntries::metadata(Number number) const noexcept {
  const PlannedEntry& entry = entries_[number];
  const tree::Owner& owner = owners_[entry.owner];
  tree::Metadata metadata{.mode = entry.mode,
                          .uid = owner.uid,
                          .gid = owner.gid,
                          .user_name = text_.get(owner.user_name),
                          .group_name = text_.get(owner.group_name),
                          .mtime_seconds = entry.mtime_seconds,
                          .mtime_nanoseconds = entry.mtime_nanoseconds};
  if (entry.xattrs != 0) {
    const XattrRun& run = xattr_runs_[entry.xattrs - 1];
    metadata.xattrs = std::span(xattrs_).subspan(run.first, run.count);
  }
  return metadata;
}

EntryState PlannedEntries::state(Number number) const noexcept {
  return shared(entries_[number].state).load();
}

void PlannedEntries::set_state(Number number, EntryState state) noexcept {
  shared(entries_[number].state).store(state);
}

std::uint64_t PlannedEntries::pending(Number number) const noexcept {
  return shared(entries_[number].pending).load();
}

bool PlannedEntries::take_from_pending(Number number, std::uint64_t bytes) noexcept {
  return shared(entries_[number].pending).fetch_sub(bytes) == bytes;
}

std::uint64_t PlannedEntries::memory_bytes() const noexcept {
  return entries_.size() * sizeof(PlannedEntry) + text_bytes_;
}

}  // namespace npk::ops
