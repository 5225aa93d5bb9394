#include "io/file_source.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <cerrno>

#include "io/writer_mark.h"
#include "npk/files.h"

namespace npk {
namespace io {
namespace {

class FileSource final : public RandomAccessSource {
 public:
  FileSource(int fd, std::string name) : fd_(fd), name_(std::move(name)) {}
  FileSource(FileDescriptor owned, std::string name)
      : fd_(owned.get()), owned_(std::move(owned)), name_(std::move(name)) {}

  Result<std::uint64_t> size() const override { return size_of_descriptor(fd_, name_); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    return read_fully_at(fd_, offset, out, name_);
  }
  std::string name() const override { return name_; }
  bool is_being_added_to() const noexcept override { return is_marked_as_added_to(fd_); }

 private:
  int fd_;
  FileDescriptor owned_;
  std::string name_;
};

}  // namespace

Result<std::uint64_t> size_of_descriptor(int fd, const std::string& name) {
  struct stat status {};
  if (::fstat(fd, &status) < 0) return fail_system(errno, "can't read the size", name);
  if (S_ISREG(status.st_mode)) return static_cast<std::uint64_t>(status.st_size);
  if (S_ISDIR(status.st_mode)) return fail_system(EISDIR, "can't read", name);
  std::uint64_t device_bytes = 0;
  if (S_ISBLK(status.st_mode)) {
    if (::ioctl(fd, BLKGETSIZE64, &device_bytes) < 0)
      return fail_system(errno, "can't read the size of the device", name);
    return device_bytes;
  }
  return std::unexpected<Error>(
      Error{.code = Errc::unsupported, .message = "only a file or a disk can be read at any position", .path = name});
}

Result<FileDescriptor> open_for_random_access(const std::string& path) {
  FileDescriptor opened(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!opened) return fail_system(errno, "can't open", path);
  NPK_TRY(size_of_descriptor(opened.get(), path));
  return opened;
}

std::shared_ptr<RandomAccessSource> owned_file_source(FileDescriptor file, std::string name) {
  return std::make_shared<FileSource>(std::move(file), std::move(name));
}

}  // namespace io

Result<std::shared_ptr<RandomAccessSource>> open_file_source(const std::string& path) {
  NPK_ASSIGN(io::FileDescriptor opened, io::open_for_random_access(path));
  return io::owned_file_source(std::move(opened), path);
}

Result<std::shared_ptr<RandomAccessSource>> fd_random_access_source(int fd, std::string name) {
  NPK_TRY(io::size_of_descriptor(fd, name));
  return std::make_shared<io::FileSource>(fd, std::move(name));
}

}  // namespace npk
