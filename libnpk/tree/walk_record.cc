// The part of Walker that makes records.
#include <algorithm>

#include "tree/owner_names.h"
#include "tree/walk.h"

namespace npk::tree {
namespace {

using format::EntryKind;

constexpr std::uint64_t kStatBlockBytes = 512;

EntryKind kind_of(mode_t mode) noexcept {
  switch (mode & S_IFMT) {
    case S_IFDIR:
      return EntryKind::directory;
    case S_IFLNK:
      return EntryKind::symlink;
    case S_IFCHR:
      return EntryKind::character_device;
    case S_IFBLK:
      return EntryKind::block_device;
    case S_IFIFO:
      return EntryKind::fifo;
    default:
      return EntryKind::regular;
  }
}

std::uint64_t size_or_device(const struct stat& status) noexcept {
  if (S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) return status.st_rdev;
  return 0;
}

bool has_holes(const struct stat& status) noexcept {
  return S_ISREG(status.st_mode) &&
         static_cast<std::uint64_t>(status.st_blocks) * kStatBlockBytes < static_cast<std::uint64_t>(status.st_size);
}

}  // namespace

Result<std::uint32_t> Walker::add_record(std::string_view name, std::uint32_t parent, const struct stat& status) {
  const std::size_t number = store_.records.size();
  if (number >= std::min<std::uint64_t>(options_.limits.max_entries, Record::kNoParent))
    return fail(Errc::limit, "more entries than the limit");
  NPK_ASSIGN(const std::uint16_t device, device_index(status.st_dev));
  store_.records.push_back(
      Record{.mtime_seconds = status.st_mtim.tv_sec,
             .ctime_seconds = status.st_ctim.tv_sec,
             .size_or_reference = size_or_device(status),
             .inode = status.st_ino,
             .name = store_.text.add(name),
             .mtime_nanoseconds = static_cast<std::uint32_t>(status.st_mtim.tv_nsec),
             .ctime_nanoseconds = static_cast<std::uint32_t>(status.st_ctim.tv_nsec),
             .parent = parent,
             .link_group = 0,
             .owner = owner_index(status.st_uid, status.st_gid),
             .device = device,
             .mode = static_cast<std::uint16_t>(status.st_mode & 07777U),
             .kind = static_cast<std::uint16_t>(static_cast<unsigned>(kind_of(status.st_mode)) & 0xfU)});
  store_.flags.push_back(0);
  if (has_holes(status)) store_.set(number, RecordFlag::sparse);
  if (status.st_nlink > 1 && !S_ISDIR(status.st_mode)) store_.set(number, RecordFlag::many_links);
  return static_cast<std::uint32_t>(number);
}

// False if the entry must be left out after all; its record then stays, unlisted.
bool Walker::add_details(std::uint32_t number, const FoundDetails& details) {
  if (details.target_error != 0) {
    problem(details.target_error, "can't read where the symbolic link leads");
    return false;
  }
  Record& record = store_.records[number];
  if (record.entry_kind() == EntryKind::symlink) record.size_or_reference = store_.text.add(details.target);
  for (const auto& [error, message] : details.problems) {
    if (error != 0)
      problem(error, message);
    else
      problem(Error{.code = Errc::limit, .message = message, .path = path_});
  }
  add_xattrs(number, details);
  return true;
}

void Walker::add_xattrs(std::uint32_t number, const FoundDetails& details) {
  if (details.xattrs.empty()) return;
  store_.xattr_runs.push_back({.record = number,
                               .count = static_cast<std::uint32_t>(details.xattrs.size()),
                               .first = store_.xattrs.size()});
  for (const auto& [name, value] : details.xattrs)
    store_.xattrs.push_back({.name = interned(name), .value = as_bytes(store_.text.store(as_text(value)))});
  store_.set(number, RecordFlag::has_xattrs);
}

// Lists the record and the directories above it.
void Walker::keep(std::uint32_t record) noexcept {
  while (record != Record::kNoParent && !store_.has(record, RecordFlag::kept) && store_.records[record].name != 0) {
    store_.set(record, RecordFlag::kept);
    record = store_.records[record].parent;
  }
}

std::uint32_t Walker::owner_index(std::uint32_t uid, std::uint32_t gid) {
  const auto [at, is_new] =
      owner_numbers_.try_emplace(std::uint64_t{uid} << 32 | gid, static_cast<std::uint32_t>(store_.owners.size()));
  if (is_new) {
    const bool by_name = options_.owner_names;
    store_.owners.push_back({.uid = uid,
                             .gid = gid,
                             .user_name = store_.text.add(by_name ? user_name_of(uid) : std::string()),
                             .group_name = store_.text.add(by_name ? group_name_of(gid) : std::string())});
  }
  return at->second;
}

Result<std::uint16_t> Walker::device_index(std::uint64_t device) {
  const auto found = std::ranges::find(store_.devices, device);
  const auto index = static_cast<std::size_t>(found - store_.devices.begin());
  if (index > 0xffff) return fail(Errc::limit, "more than 65,536 file systems in one scan");
  if (found == store_.devices.end()) store_.devices.push_back(device);
  return static_cast<std::uint16_t>(index);
}

std::string_view Walker::interned(std::string_view text) {
  const auto found = interned_.find(text);
  if (found != interned_.end()) return found->second;
  const std::string_view stored = store_.text.store(text);
  return interned_.emplace(stored, stored).first->second;
}

void Walker::problem(Error error) const {
  if (options_.on_problem) options_.on_problem(error);
}

void Walker::problem(int error_number, std::string_view message) const {
  problem(io::system_error(error_number, message, path_));
}

void Walker::note(Errc code, std::string message) const {
  if (options_.on_note) options_.on_note(Error{.code = code, .message = std::move(message), .path = path_});
}

}  // namespace npk::tree
