#include "crash/recorded_io.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstdarg>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <mutex>
#include <optional>
#include <utility>

namespace npk::testing {
namespace {

using Kind = FileOperation::Kind;

struct Recorder {
  std::string directory;
  Trouble trouble;
  std::vector<FileOperation> operations;
};

std::mutex mutex;
std::optional<Recorder> recorder;

std::string path_of(int fd) {
  char target[PATH_MAX];
  const std::string link = "/proc/self/fd/" + std::to_string(fd);
  const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  return length < 0 ? std::string() : std::string(target, static_cast<std::size_t>(length));
}

std::string joined(int directory, const char* name) {
  if (name[0] == '/') return name;
  if (directory == AT_FDCWD) return std::filesystem::current_path() / name;
  return path_of(directory) + "/" + name;
}

// Of a path in the directory that is watched: the name in it.
std::optional<std::string> watched_name(const std::string& path) {
  if (!recorder || !path.starts_with(recorder->directory + "/")) return std::nullopt;
  std::string name = path.substr(recorder->directory.size() + 1);
  if (name.find('/') != std::string::npos) return std::nullopt;
  return name;
}

FileNumber number_of(int fd) {
  struct stat status {};
  return ::fstat(fd, &status) == 0 ? status.st_ino : 0;
}
FileNumber number_of(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

bool is_watched(int fd) {
  return recorder && watched_name(path_of(fd)).has_value();
}

// errno of the failure that is due, 0 for none. The lock is held.
int due() {
  const Trouble& trouble = recorder->trouble;
  if (trouble.kind != Trouble::Kind::error || recorder->operations.size() + 1 < trouble.at) return 0;
  return trouble.error_number;
}

bool is_due_once(Trouble::Kind kind) {
  return recorder->trouble.kind == kind && recorder->operations.size() + 1 == recorder->trouble.at;
}

void add(FileOperation operation) { recorder->operations.push_back(std::move(operation)); }

template <class Call>
int recorded_call(bool watched, const FileOperation& operation, bool may_fail, const Call& call) {
  const std::lock_guard lock(mutex);
  if (!watched || !recorder) return call();
  if (const int number = due(); may_fail && number != 0) return errno = number, -1;
  const int result = call();
  if (result >= 0) add(operation);
  return result;
}

template <class Call>
int recorded_open(const std::string& path, int flags, const Call& call) {
  const std::lock_guard lock(mutex);
  const auto name = watched_name(path);
  const bool creates = name && (flags & O_CREAT) != 0 && number_of(path) == 0;
  if (const int number = creates ? due() : 0; number != 0) return errno = number, -1;
  const int fd = call();
  if (fd >= 0 && creates) add({.kind = Kind::create, .file = number_of(fd), .name = *name});
  return fd;
}

template <class Call>
ssize_t recorded_write(int fd, const void* bytes, std::size_t count, std::optional<std::uint64_t> offset, const Call& call) {
  const std::lock_guard lock(mutex);
  if (!is_watched(fd)) return call(count);
  if (const int number = due(); number != 0) return errno = number, -1;
  const std::uint64_t at = offset ? *offset : static_cast<std::uint64_t>(::lseek(fd, 0, SEEK_CUR));
  if (is_due_once(Trouble::Kind::interrupted)) return recorder->trouble.kind = Trouble::Kind::none, errno = EINTR, -1;
  if (is_due_once(Trouble::Kind::short_write)) count = std::max<std::size_t>(1, count / 2);
  const ssize_t written = call(count);
  if (written > 0)
    add({.kind = Kind::write, .file = number_of(fd), .offset = at, .bytes = {static_cast<const char*>(bytes), static_cast<std::size_t>(written)}});
  return written;
}

bool is_watched_directory(int fd) { return recorder && path_of(fd) == recorder->directory; }

FileOperation sync_of(int fd) {
  const std::lock_guard lock(mutex);
  return {.kind = is_watched_directory(fd) ? Kind::sync_directory : Kind::sync, .file = number_of(fd)};
}

bool is_watched_or_directory(int fd) {
  const std::lock_guard lock(mutex);
  return is_watched_directory(fd) || is_watched(fd);
}

}  // namespace

Disk Disk::of(const std::string& directory) {
  Disk disk;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    if (!entry.is_regular_file()) continue;
    const FileNumber file = number_of(entry.path().string());
    std::ifstream stream(entry.path(), std::ios::binary);
    disk.names[entry.path().filename()] = file;
    disk.contents[file] = {std::istreambuf_iterator<char>(stream), {}};
  }
  return disk;
}

void Disk::apply(const FileOperation& operation) {
  std::string& bytes = contents[operation.file];
  switch (operation.kind) {
    case Kind::create: names[operation.name] = operation.file; break;
    case Kind::write:
      bytes.resize(std::max<std::size_t>(bytes.size(), operation.offset + operation.bytes.size()));
      bytes.replace(operation.offset, operation.bytes.size(), operation.bytes);
      break;
    case Kind::truncate: bytes.resize(operation.offset); break;
    case Kind::rename:
      std::erase_if(names, [&](const auto& name) { return name.second == operation.file; });
      names[operation.name] = operation.file;
      break;
    case Kind::unlink:
      if (const auto found = names.find(operation.name); found != names.end() && found->second == operation.file) names.erase(found);
      break;
    case Kind::sync:
    case Kind::sync_directory: break;
  }
}

std::string Disk::content(const std::string& name) const {
  const auto found = names.find(name);
  if (found == names.end()) return {};
  const auto content = contents.find(found->second);
  return content == contents.end() ? std::string() : content->second;
}

RecordedIo::RecordedIo(const std::string& directory, Trouble trouble) {
  const std::lock_guard lock(mutex);
  recorder = Recorder{std::filesystem::canonical(directory), trouble, {}};
}
RecordedIo::~RecordedIo() {
  const std::lock_guard lock(mutex);
  recorder.reset();
}
const std::vector<FileOperation>& RecordedIo::operations() const noexcept { return recorder->operations; }

// What the linker puts in the place of the calls, and the calls themselves.
extern "C" {
// NOLINTBEGIN(bugprone-reserved-identifier)
int __real_open(const char*, int, ...);
int __real_openat(int, const char*, int, ...);
ssize_t __real_write(int, const void*, size_t);
ssize_t __real_pwrite(int, const void*, size_t, off_t);
int __real_fsync(int);
int __real_fdatasync(int);
int __real_ftruncate(int, off_t);
int __real_rename(const char*, const char*);
int __real_renameat(int, const char*, int, const char*);
int __real_unlink(const char*);
int __real_unlinkat(int, const char*, int);

int __wrap_open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return recorded_open(joined(AT_FDCWD, path), flags, [&] { return __real_open(path, flags, mode); });
}
int __wrap_openat(int directory, const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(more, mode_t) : 0;
  va_end(more);
  return recorded_open(joined(directory, path), flags, [&] { return __real_openat(directory, path, flags, mode); });
}
ssize_t __wrap_write(int fd, const void* bytes, size_t count) {
  return recorded_write(fd, bytes, count, std::nullopt, [&](std::size_t some) { return __real_write(fd, bytes, some); });
}
ssize_t __wrap_pwrite(int fd, const void* bytes, size_t count, off_t offset) {
  return recorded_write(fd, bytes, count, static_cast<std::uint64_t>(offset), [&](std::size_t some) { return __real_pwrite(fd, bytes, some, offset); });
}
int __wrap_fsync(int fd) {
  return recorded_call(is_watched_or_directory(fd), sync_of(fd), true, [&] { return __real_fsync(fd); });
}
int __wrap_fdatasync(int fd) {
  return recorded_call(is_watched_or_directory(fd), sync_of(fd), true, [&] { return __real_fdatasync(fd); });
}
int __wrap_ftruncate(int fd, off_t size) {
  const FileOperation operation{.kind = Kind::truncate, .file = number_of(fd), .offset = static_cast<std::uint64_t>(size)};
  return recorded_call(is_watched_or_directory(fd), operation, false, [&] { return __real_ftruncate(fd, size); });
}
int __wrap_renameat(int from_directory, const char* from, int to_directory, const char* to) {
  const std::string source = joined(from_directory, from);
  std::optional<std::string> name;
  {
    const std::lock_guard lock(mutex);
    name = watched_name(joined(to_directory, to));
  }
  const FileOperation operation{.kind = Kind::rename, .file = number_of(source), .name = name.value_or("")};
  return recorded_call(name.has_value(), operation, true, [&] { return __real_renameat(from_directory, from, to_directory, to); });
}
int __wrap_rename(const char* from, const char* to) { return __wrap_renameat(AT_FDCWD, from, AT_FDCWD, to); }
int __wrap_unlinkat(int directory, const char* path, int flags) {
  const std::string full = joined(directory, path);
  std::optional<std::string> name;
  {
    const std::lock_guard lock(mutex);
    name = watched_name(full);
  }
  const FileOperation operation{.kind = Kind::unlink, .file = number_of(full), .name = name.value_or("")};
  return recorded_call(name.has_value(), operation, false, [&] { return __real_unlinkat(directory, path, flags); });
}
int __wrap_unlink(const char* path) { return __wrap_unlinkat(AT_FDCWD, path, 0); }
// NOLINTEND(bugprone-reserved-identifier)
}

}  // namespace npk::testing
