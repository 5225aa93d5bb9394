#include "io/descriptor.h"

#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <limits>
#include <string>

namespace npk::io {
namespace {

// The kernel moves at most 0x7ffff000 bytes a call; asking for more is legal but some file systems are less careful.
constexpr std::size_t kTransferBytes = std::size_t{1} << 30;

Result<off_t> file_position(std::uint64_t offset, std::size_t size, std::string_view name) {
  constexpr auto kLargest = static_cast<std::uint64_t>(std::numeric_limits<off_t>::max());
  if (offset > kLargest || size > kLargest - offset)
    return fail_system(EFBIG, "position beyond what a file can have", name);
  return static_cast<off_t>(offset);
}

bool wait_until_ready(int fd, short events) {
  pollfd waiting{.fd = fd, .events = events, .revents = 0};
  return ::poll(&waiting, 1, -1) >= 0 || errno == EINTR;
}

bool should_retry(int fd, short events) {
  if (errno == EINTR) return true;
  return errno == EAGAIN && wait_until_ready(fd, events);
}

}  // namespace

void FileDescriptor::reset(int fd) noexcept {
  if (fd_ >= 0) ::close(fd_);
  fd_ = fd;
}

Error system_error(int error_number, std::string_view message, std::string_view path) {
  const Errc code = error_number == ENOENT ? Errc::not_found : error_number == EEXIST ? Errc::exists : Errc::io;
  return Error{.code = code,
               .message = std::string(message),
               .path = std::string(path),
               .system_errno = code == Errc::io ? error_number : 0};
}

std::unexpected<Error> fail_system(int error_number, std::string_view message, std::string_view path) {
  return std::unexpected<Error>(system_error(error_number, message, path));
}

Result<std::size_t> read_some_at(int fd, std::uint64_t offset, MutableBytes out, std::string_view name) {
  NPK_ASSIGN(const off_t start, file_position(offset, out.size(), name));
  while (true) {
    const ssize_t count = ::pread(fd, out.data(), std::min(out.size(), kTransferBytes), start);
    if (count >= 0) return static_cast<std::size_t>(count);
    if (errno != EINTR) return std::unexpected<Error>(system_error(errno, "can't read", name).at(offset));
  }
}

Result<std::size_t> read_fully_at(int fd, std::uint64_t offset, MutableBytes out, std::string_view name) {
  // Past every possible end there is nothing to read: the same answer as past the actual one.
  if (offset > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max()) - out.size()) return std::size_t{0};
  std::size_t done = 0;
  while (done < out.size()) {
    const std::size_t wanted = std::min(out.size() - done, kTransferBytes);
    const ssize_t count = ::pread(fd, out.data() + done, wanted, static_cast<off_t>(offset + done));
    if (count == 0) break;
    if (count > 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return std::unexpected<Error>(system_error(errno, "can't read", name).at(offset + done));
    }
  }
  return done;
}

Result<void> write_fully_at(int fd, std::uint64_t offset, ByteView bytes, std::string_view name) {
  NPK_ASSIGN(const off_t start, file_position(offset, bytes.size(), name));
  std::size_t done = 0;
  while (done < bytes.size()) {
    const std::size_t wanted = std::min(bytes.size() - done, kTransferBytes);
    const ssize_t count = ::pwrite(fd, bytes.data() + done, wanted, start + static_cast<off_t>(done));
    if (count >= 0) {
      done += static_cast<std::size_t>(count);
    } else if (errno != EINTR) {
      return std::unexpected<Error>(system_error(errno, "can't write", name).at(offset + done));
    }
  }
  return {};
}

Result<std::size_t> read_some(int fd, MutableBytes out, std::string_view name) {
  for (;;) {
    const ssize_t count = ::read(fd, out.data(), std::min(out.size(), kTransferBytes));
    if (count >= 0) return static_cast<std::size_t>(count);
    if (!should_retry(fd, POLLIN)) return fail_system(errno, "can't read", name);
  }
}

Result<void> write_fully(int fd, ByteView bytes, std::string_view name) {
  while (!bytes.empty()) {
    const ssize_t count = ::write(fd, bytes.data(), std::min(bytes.size(), kTransferBytes));
    if (count >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(count));
    } else if (!should_retry(fd, POLLOUT)) {
      return fail_system(errno, "can't write", name);
    }
  }
  return {};
}

Result<void> sync_if_possible(int fd, std::string_view name) {
  int status = 0;
  do {
    status = ::fsync(fd);
  } while (status < 0 && errno == EINTR);
  if (status == 0 || errno == EINVAL || errno == EROFS || errno == ENOTSUP) return {};
  return fail_system(errno, "can't write to disk", name);
}

bool is_same_file(const std::string& one, const std::string& other) {
  struct stat first {}, second {};
  return ::stat(one.c_str(), &first) == 0 && ::stat(other.c_str(), &second) == 0 && first.st_dev == second.st_dev && first.st_ino == second.st_ino;
}

}  // namespace npk::io
