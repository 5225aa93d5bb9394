#include "tree/walk.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <cstring>

#include "tree/long_path.h"
#include "tree/stored_path.h"

namespace npk::tree {
namespace {

constexpr std::size_t kOpenLevels = 64;
constexpr std::size_t kDirectoryBufferBytes = 64 << 10;

std::uint64_t prefix_of(const char* name) noexcept {
  std::uint64_t prefix = 0;
  int shift = 56;
  for (; *name != '\0' && shift >= 0; ++name, shift -= 8)
    prefix |= static_cast<std::uint64_t>(static_cast<unsigned char>(*name)) << shift;
  return prefix;
}

bool is_dot_or_dot_dot(const char* name) noexcept {
  return name[0] == '.' && (name[1] == '\0' || (name[1] == '.' && name[2] == '\0'));
}

}  // namespace

Walker::Walker(const ScanOptions& options, RecordStore& store, RootTable& roots)
    : options_(options),
      store_(store),
      roots_(roots),
      exclude_(options.exclude, PatternList::Anchor::at_any_component),
      include_(options.include, PatternList::Anchor::at_start),
      directory_buffer_(kDirectoryBufferBytes),
      no_atime_(O_NOATIME) {
  struct stat status;
  if (options.leave_out.empty() || ::stat(options.leave_out.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
  left_out_device_ = status.st_dev;
  left_out_inode_ = status.st_ino;
}

Result<void> Walker::add_root(std::uint32_t base, const std::string& given) {
  StoredPrefix prefix = stored_prefix(given);
  path_ = prefix.path.empty() ? given : prefix.path;  // for messages until the prefix counts
  if (prefix.dropped_leading) note(Errc::unsupported, "stored without the leading part of '" + given + "'");
  if (exclude_.matches_within(prefix.path)) return {};
  const Stretch last = approach(roots_.bases[base].get(), given);
  Found found{.name = last.path.c_str(), .parent = Record::kNoParent, .included = false, .status = {}};
  if (last.directory == -1 || ::fstatat(last.directory, found.name, &found.status, AT_SYMLINK_NOFOLLOW) < 0) {
    problem(errno, "can't be read");
    return {};
  }
  path_ = prefix.path;
  found.included = include_.empty() || (!path_.empty() && include_.matches_within(path_));
  root_device_ = found.status.st_dev;
  roots_.roots.push_back({.record = static_cast<std::uint32_t>(store_.records.size()), .base = base, .given = given});
  const std::size_t before = store_.records.size();
  NPK_TRY(visit_found(last.directory, found));
  if (store_.records.size() == before) roots_.roots.pop_back();
  return walk();
}

Result<void> Walker::walk() {
  while (!levels_.empty()) {
    if (levels_.back().next == levels_.back().order.size())
      leave();
    else
      NPK_TRY(visit());
  }
  return {};
}

// Looks at the next name of the innermost level.
Result<void> Walker::visit() {
  Level& level = levels_.back();
  const char* const name = level.names.c_str() + level.order[level.next++].offset;
  path_.resize(level.path_length);
  if (level.path_length > 0) path_ += '/';
  path_ += name;
  if (!exclude_.empty() && exclude_.matches(path_)) return {};
  Found found{
      .name = name, .parent = level.record, .included = level.included || include_.matches(path_), .status = {}};
  if (::fstatat(level.directory.get(), name, &found.status, AT_SYMLINK_NOFOLLOW) < 0) {
    problem(errno, errno == ENOENT ? "vanished while being scanned" : "can't be read");
    return {};
  }
  return visit_found(level.directory.get(), found);
}

bool Walker::is_listable(const Found& found) {
  const mode_t mode = found.status.st_mode;
  if (!S_ISDIR(mode) && !found.included) return false;
  if (left_out_inode_ != 0 && found.status.st_ino == left_out_inode_ && found.status.st_dev == left_out_device_) {
    note(Errc::unsupported, "the package itself, left out");
    return false;
  }
  if (path_.size() > std::min<std::size_t>(options_.limits.max_path_bytes, TextArena::kLargestText)) {
    problem(Error{
        .code = Errc::limit, .message = "left out: its path is longer than the limit", .path = path_.substr(0, 256)});
    return false;
  }
  if (S_ISREG(mode) || S_ISDIR(mode) || S_ISLNK(mode) || S_ISCHR(mode) || S_ISBLK(mode) || S_ISFIFO(mode)) return true;
  note(Errc::unsupported, S_ISSOCK(mode) ? "a socket, left out" : "of an unknown kind, left out");
  return false;
}

Result<void> Walker::visit_found(int directory, const Found& found) {
  if (!is_listable(found)) return {};
  const bool is_root = found.parent == Record::kNoParent;
  NPK_ASSIGN(const std::uint32_t number,
             add_record(is_root ? std::string_view(path_) : std::string_view(found.name), found));
  if (!read_details(directory, found.name, store_.records[number], number)) return {};
  if (found.included) keep(number);
  if (!S_ISDIR(found.status.st_mode)) return {};
  if (options_.one_file_system && found.status.st_dev != root_device_) return {};
  if (options_.stop.stop_requested()) return fail(Errc::cancelled, "the scan was stopped");
  enter(directory, found.name, number, found.included);
  return {};
}

io::FileDescriptor Walker::open_directory(int parent, const std::string& name) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK;
  io::FileDescriptor opened(::openat(parent, name.c_str(), kFlags | no_atime_));
  if (!opened && errno == EPERM) opened.reset(::openat(parent, name.c_str(), kFlags));
  return opened;
}

void Walker::enter(int parent, const char* name, std::uint32_t record, bool included) {
  Level level;
  level.directory = open_directory(parent, name);
  level.record = record;
  level.path_length = path_.size();
  level.included = included;
  if (!level.directory) return problem(errno, "can't be opened");
  const Record& own = store_.records[record];
  level.device = static_cast<dev_t>(store_.devices[own.device]);
  level.inode = own.inode;
  read_names(level);
  sort_names(level);
  if (level.order.empty()) return;
  if (levels_.size() >= kOpenLevels) levels_[levels_.size() - kOpenLevels].directory.reset();
  levels_.push_back(std::move(level));
}

void Walker::leave() {
  const Level done = std::move(levels_.back());
  levels_.pop_back();
  if (levels_.empty() || levels_.back().directory) return;
  // Only as sure as the check: `done` may have been moved elsewhere meanwhile.
  Level& parent = levels_.back();
  parent.directory = open_directory(done.directory.get(), "..");
  struct stat status {};
  if (parent.directory && ::fstat(parent.directory.get(), &status) == 0 && status.st_dev == parent.device &&
      status.st_ino == parent.inode)
    return;
  path_.resize(parent.path_length);
  problem(Error{.code = Errc::io, .message = "moved while being scanned; the rest of it is left out", .path = path_});
  parent.next = parent.order.size();
}

void Walker::read_names(Level& level) {
  for (;;) {
    const ssize_t count = ::getdents64(level.directory.get(), directory_buffer_.data(), directory_buffer_.size());
    if (count == 0) return;
    if (count < 0) return problem(errno, "can't be read to its end");
    for (ssize_t at = 0; at < count;) {
      // The kernel aligns the records; the buffer comes from operator new.
      const auto* item = reinterpret_cast<const dirent64*>(directory_buffer_.data() + at);
      if (!is_dot_or_dot_dot(item->d_name)) level.names.append(item->d_name, std::strlen(item->d_name) + 1);
      at += item->d_reclen;
    }
  }
}

void Walker::sort_names(Level& level) {
  const char* const names = level.names.data();
  level.order.reserve(static_cast<std::size_t>(std::ranges::count(level.names, '\0')));
  for (std::size_t at = 0; at < level.names.size(); at += std::strlen(names + at) + 1)
    level.order.push_back({.prefix = prefix_of(names + at), .offset = at});
  std::ranges::sort(level.order, [names](const NameKey& a, const NameKey& b) {
    if (a.prefix != b.prefix) return a.prefix < b.prefix;
    // Equal prefixes with a zero byte are equal names, which no directory has.
    return (a.prefix & 0xff) != 0 && std::strcmp(names + a.offset + 8, names + b.offset + 8) < 0;
  });
}

}  // namespace npk::tree
