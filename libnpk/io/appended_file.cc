#include "io/appended_file.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cerrno>

#include "npk/files.h"

namespace npk::io {
namespace {

Result<void> lock(int file, const std::string& path) {
  while (::flock(file, LOCK_EX | LOCK_NB) < 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail_system(errno, "another process is writing to it: try again when that is done", path);
    return fail_system(errno, "can't lock", path);
  }
  return {};
}

Result<FileDescriptor> open_locked(const std::string& path) {
  FileDescriptor file(::open(path.c_str(), O_RDWR | O_CLOEXEC | O_NONBLOCK));
  if (!file) return fail_system(errno, "can't open for writing", path);
  struct stat status {};
  if (::fstat(file.get(), &status) < 0) return fail_system(errno, "can't look at", path);
  if (!S_ISREG(status.st_mode))
    return std::unexpected(Error{.code = Errc::unsupported, .message = "only a regular file can be added to", .path = path});
  NPK_TRY(lock(file.get(), path));
  return file;
}

// By who had the lock before: another file has the name now.
bool was_replaced(const struct stat& locked, const std::string& path) {
  struct stat named {};
  return ::stat(path.c_str(), &named) == 0 && (named.st_ino != locked.st_ino || named.st_dev != locked.st_dev);
}

}  // namespace

Result<std::unique_ptr<AppendedFile>> AppendedFile::open(const std::string& path) {
  FileDescriptor file;
  struct stat status {};
  do {
    NPK_ASSIGN(file, open_locked(path));
    if (::fstat(file.get(), &status) < 0) return fail_system(errno, "can't look at", path);
  } while (was_replaced(status, path));
  std::unique_ptr<AppendedFile> opened(new AppendedFile(std::move(file), path));
  opened->first_end_ = opened->end_ = static_cast<std::uint64_t>(status.st_size);
  NPK_ASSIGN(opened->source_, fd_random_access_source(opened->file_.get(), path));
  return opened;
}

AppendedFile::~AppendedFile() {
  if (end_ != first_end_ && ::ftruncate(file_.get(), static_cast<off_t>(first_end_)) < 0) return;  // a torn tail: readers see it
}

Result<void> AppendedFile::cut_to(std::uint64_t size) {
  if (::ftruncate(file_.get(), static_cast<off_t>(size)) < 0) return fail_system(errno, "can't shorten", path_);
  first_end_ = end_ = size;
  return {};
}

Result<void> AppendedFile::write(ByteView bytes) {
  const std::uint64_t at = end_;
  end_ += bytes.size();  // also if only some of it is written
  return write_fully_at(file_.get(), at, bytes, path_);
}

Result<void> AppendedFile::sync() {
  if (::fdatasync(file_.get()) < 0) return fail_system(errno, "can't make it durable", path_);
  return {};
}

Result<void> AppendedFile::commit() {
  NPK_TRY(sync());
  first_end_ = end_;
  return {};
}

}  // namespace npk::io
