// File descriptors as values, and whole reads and writes on them. EINTR and short transfers are dealt with here.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::io {

// Owns one descriptor, or none (-1). Closes it when destroyed; the error of that close is lost, so sync first what must
// be known to be written.
class FileDescriptor {
 public:
  FileDescriptor() noexcept = default;
  explicit FileDescriptor(int fd) noexcept : fd_(fd) {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    reset(std::exchange(other.fd_, -1));
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { reset(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  explicit operator bool() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int release() noexcept { return std::exchange(fd_, -1); }
  void reset(int fd = -1) noexcept;

 private:
  int fd_ = -1;
};

// An Error from errno: ENOENT gives Errc::not_found, EEXIST Errc::exists, all else Errc::io.
[[nodiscard]] Error system_error(int error_number, std::string_view message, std::string_view path = {});
[[nodiscard]] std::unexpected<Error> fail_system(int error_number, std::string_view message,
                                                 std::string_view path = {});

// Fills `out` from `offset`; less only at the end of the file.
[[nodiscard]] Result<std::size_t> read_fully_at(int fd, std::uint64_t offset, MutableBytes out, std::string_view name);
// One pread, repeated only for EINTR: may come short anywhere.
[[nodiscard]] Result<std::size_t> read_some_at(int fd, std::uint64_t offset, MutableBytes out, std::string_view name);
[[nodiscard]] Result<void> write_fully_at(int fd, std::uint64_t offset, ByteView bytes, std::string_view name);
// One read, repeated only for EINTR and waited for on a non-blocking descriptor; 0 at the end.
[[nodiscard]] Result<std::size_t> read_some(int fd, MutableBytes out, std::string_view name);
[[nodiscard]] Result<void> write_fully(int fd, ByteView bytes, std::string_view name);
// fsync; a descriptor that can't be synced (pipe, socket, terminal, read-only file system) is no error.
[[nodiscard]] Result<void> sync_if_possible(int fd, std::string_view name);

// Whether both are there and lead to one file.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);

}  // namespace npk::io
