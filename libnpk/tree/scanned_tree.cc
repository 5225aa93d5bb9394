#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <algorithm>
#include <cerrno>
#include <map>

#include "tree/long_path.h"
#include "tree/record_store.h"
#include "tree/root_table.h"
#include "tree/scan.h"

namespace npk::tree {
namespace {

using format::EntryKind;

bool differs(const struct stat& now, const RecordStore& store, const Record& record) noexcept {
  return now.st_ino != record.inode || now.st_dev != store.devices[record.device] ||
         static_cast<std::uint64_t>(now.st_size) != record.size_or_reference ||
         now.st_mtim.tv_sec != record.mtime_seconds || now.st_mtim.tv_nsec != record.mtime_nanoseconds ||
         now.st_ctim.tv_sec != record.ctime_seconds || now.st_ctim.tv_nsec != record.ctime_nanoseconds;
}

struct Origin {
  int base;
  std::string path;  // relative to the base
};

Origin origin_of(const RecordStore& store, const RootTable& table, std::uint32_t record) {
  std::vector<std::string_view> parts;
  std::uint32_t at = record;
  for (; store.records[at].parent != Record::kNoParent; at = store.records[at].parent)
    parts.push_back(store.text.get(store.records[at].name));
  const Root& root = *std::prev(std::ranges::upper_bound(table.roots, at, {}, &Root::record));
  Origin origin{.base = table.bases[root.base].get(), .path = root.given};
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) origin.path.append("/").append(*part);
  return origin;
}

constexpr int kReadFlags = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;

// Leaving the access time alone is the owner's privilege, which O_NOATIME fails without.
io::FileDescriptor open_quietly(int directory, const char* name) {
  io::FileDescriptor opened(::openat(directory, name, kReadFlags | O_NOATIME));
  if (!opened && errno == EPERM) opened.reset(::openat(directory, name, kReadFlags));
  return opened;
}

}  // namespace

ScannedTree::ScannedTree(std::unique_ptr<RecordStore> store, std::unique_ptr<RootTable> roots,
                         std::vector<std::uint32_t> order)
    : store_(std::move(store)), roots_(std::move(roots)), order_(std::move(order)) {
  number_link_groups();
}
ScannedTree::ScannedTree(ScannedTree&&) noexcept = default;
ScannedTree& ScannedTree::operator=(ScannedTree&&) noexcept = default;
ScannedTree::~ScannedTree() = default;

void ScannedTree::number_link_groups() {
  std::map<std::pair<std::uint16_t, std::uint64_t>, std::uint32_t> names;  // how many of a file's names are listed
  const auto key = [this](std::uint32_t record) {
    return std::pair(store_->records[record].device, store_->records[record].inode);
  };
  for (const std::uint32_t record : order_) {
    if (store_->has(record, RecordFlag::many_links)) ++names[key(record)];
  }
  std::erase_if(names, [](const auto& file) { return file.second < 2; });
  for (auto& file : names) file.second = 0;  // from here on: the group's number
  if (names.empty()) return;
  for (const std::uint32_t record : order_) {
    if (!store_->has(record, RecordFlag::many_links)) continue;
    const auto file = names.find(key(record));
    if (file == names.end()) continue;
    if (file->second == 0) file->second = ++link_groups_;
    store_->records[record].link_group = file->second;
  }
}

Entry ScannedTree::entry(std::size_t index) const {
  const std::uint32_t number = order_[index];
  const Record& record = store_->records[number];
  const Owner& owner = store_->owners[record.owner];
  const EntryKind kind = record.entry_kind();
  const bool is_device = kind == EntryKind::character_device || kind == EntryKind::block_device;
  const dev_t device = is_device ? record.size_or_reference : 0;
  return Entry{
      .kind = kind,
      .metadata = {.mode = record.mode,
                   .uid = owner.uid,
                   .gid = owner.gid,
                   .user_name = store_->text.get(owner.user_name),
                   .group_name = store_->text.get(owner.group_name),
                   .mtime_seconds = record.mtime_seconds,
                   .mtime_nanoseconds = record.mtime_nanoseconds,
                   .xattrs = store_->xattrs_of(number)},
      .size = kind == EntryKind::regular ? record.size_or_reference : 0,
      .symlink_target = kind == EntryKind::symlink ? store_->text.get(record.size_or_reference) : std::string_view{},
      .device_major = gnu_dev_major(device),
      .device_minor = gnu_dev_minor(device),
      .link_group = record.link_group,
      .sparse = store_->has(number, RecordFlag::sparse),
      .file_system = store_->devices[record.device],
      .inode = record.inode,
      .ctime_seconds = record.ctime_seconds,
      .ctime_nanoseconds = record.ctime_nanoseconds};
}

std::string ScannedTree::path(std::size_t index) const {
  std::string result;
  path(index, result);
  return result;
}

std::string_view ScannedTree::name(std::size_t index) const noexcept {
  return store_->text.get(store_->records[order_[index]].name);
}

Result<OpenedFile> ScannedTree::open_record(std::uint32_t record, int directory, const char* name) const {
  const auto failed = [&](int error_number, std::string_view message) {
    return io::fail_system(error_number, message, origin_of(*store_, *roots_, record).path);
  };
  io::FileDescriptor opened = open_quietly(directory, name);
  if (!opened) return failed(errno, errno == ENOENT ? "vanished since it was listed" : "can't be opened");
  struct stat status {};
  if (::fstat(opened.get(), &status) < 0) return failed(errno, "can't read its state");
  if (!S_ISREG(status.st_mode)) return failed(0, "was a file when listed and is one no longer");
  return OpenedFile{.descriptor = std::move(opened),
                    .size = static_cast<std::uint64_t>(status.st_size),
                    .modified = status.st_mtim,
                    .changed = differs(status, *store_, store_->records[record])};
}

bool OpenedFile::is_written_to() const noexcept {
  struct stat now {};
  return ::fstat(descriptor.get(), &now) < 0 || static_cast<std::uint64_t>(now.st_size) != size || now.st_mtim.tv_sec != modified.tv_sec ||
         now.st_mtim.tv_nsec != modified.tv_nsec;
}

Result<OpenedFile> ScannedTree::open(std::size_t index) const {
  const std::uint32_t record = order_[index];
  if (store_->records[record].entry_kind() != EntryKind::regular) return fail(Errc::misuse, "only files can be opened");
  const Origin origin = origin_of(*store_, *roots_, record);
  const Stretch last = approach(origin.base, origin.path);
  if (last.directory == -1) return io::fail_system(errno, "can't be reached any more", origin.path);
  return open_record(record, last.directory, last.path.c_str());
}

Result<OpenedFile> FileOpener::open(std::size_t index) {
  const std::uint32_t number = tree_->order_[index];
  const Record& record = tree_->store_->records[number];
  if (record.parent == Record::kNoParent) return tree_->open(index);
  if (record.entry_kind() != EntryKind::regular) return fail(Errc::misuse, "only files can be opened");
  if (record.parent != directory_record_) {
    const Origin origin = origin_of(*tree_->store_, *tree_->roots_, record.parent);
    directory_ = open_path(origin.base, origin.path, O_PATH | O_DIRECTORY);
    directory_record_ = directory_ ? record.parent : Record::kNoParent;
    if (!directory_) return io::fail_system(errno, "can't be reached any more", origin.path);
  }
  const std::string name(tree_->store_->text.get(record.name));
  return tree_->open_record(number, directory_.get(), name.c_str());
}

}  // namespace npk::tree
