#include "tree/made_directory.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <cerrno>
#include <memory>

#include "tree/long_path.h"

namespace npk::tree {
namespace {

// renameat2, which C++ libraries may hide; without it, a check and a rename: nobody else is at work in the directory.
int rename_to_new(int from_directory, const char* from, int to_directory, const char* to) {
  const auto done = static_cast<int>(::syscall(SYS_renameat2, from_directory, from, to_directory, to, RENAME_NOREPLACE));
  if (done == 0 || (errno != ENOSYS && errno != EINVAL)) return done;
  if (::faccessat(to_directory, to, F_OK, AT_SYMLINK_NOFOLLOW) == 0) return errno = EEXIST, -1;
  return ::renameat(from_directory, from, to_directory, to);
}

Result<void> write_content(int file, SequentialSource& content, const std::string& shown) {
  constexpr std::size_t kPieceBytes = 256U << 10;
  const auto buffer = std::make_unique_for_overwrite<std::uint8_t[]>(kPieceBytes);
  const MutableBytes piece(buffer.get(), kPieceBytes);
  for (;;) {
    NPK_ASSIGN(const std::size_t count, content.read(piece));
    if (count == 0) return {};
    NPK_TRY(io::write_fully(file, piece.first(count), shown));
  }
}

}  // namespace

Result<MadeDirectory> MadeDirectory::open(const std::string& path) {
  if (::mkdir(path.c_str(), 0777) != 0 && errno != EEXIST) return io::fail_system(errno, "can't make the directory", path);
  io::FileDescriptor top(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!top) return io::fail_system(errno, "can't open the directory", path);
  return MadeDirectory(std::move(top), path);
}

std::unexpected<Error> MadeDirectory::failed(const char* what, const std::string& path) const {
  return io::fail_system(errno, what, shown_ + "/" + path);
}

Result<void> MadeDirectory::make_directory(const std::string& path) const {
  const Stretch at = approach(top_.get(), path);
  if (at.directory < 0 || (::mkdirat(at.directory, at.path.c_str(), 0755) != 0 && errno != EEXIST)) return failed("can't make the directory", path);
  return {};
}

Result<void> MadeDirectory::write(const std::string& path, std::int64_t mtime_seconds, SequentialSource& content) const {
  const Stretch at = approach(top_.get(), path);
  io::FileDescriptor opened;
  if (at.directory >= 0) opened.reset(::openat(at.directory, at.path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644));
  if (!opened) return failed("can't create", path);
  NPK_TRY(write_content(opened.get(), content, shown_ + "/" + path));
  const timespec times[2] = {{mtime_seconds, 0}, {mtime_seconds, 0}};
  if (::futimens(opened.get(), times) != 0) return failed("can't set the time", path);
  if (::close(opened.release()) != 0) return failed("can't write", path);
  return {};
}

Result<void> MadeDirectory::remove(const std::string& path) const {
  const Stretch at = approach(top_.get(), path);
  if (at.directory < 0 || ::unlinkat(at.directory, at.path.c_str(), 0) != 0) return failed("can't remove", path);
  return {};
}

Result<void> MadeDirectory::move(const std::string& from, const std::string& to) const {
  const Stretch source = approach(top_.get(), from), target = approach(top_.get(), to);
  if (source.directory < 0 || target.directory < 0 ||
      rename_to_new(source.directory, source.path.c_str(), target.directory, target.path.c_str()) != 0)
    return failed("can't rename", from);
  return {};
}

Result<void> MadeDirectory::set_time(const std::string& path, std::int64_t seconds) const {
  const Stretch at = approach(top_.get(), path);
  const timespec times[2] = {{seconds, 0}, {seconds, 0}};
  if (at.directory < 0 || ::utimensat(at.directory, at.path.c_str(), times, AT_SYMLINK_NOFOLLOW) != 0) return failed("can't set the time", path);
  return {};
}

}  // namespace npk::tree
