// A directory that files are written into by a program that makes them up: no owners, no attributes, nothing overwritten.
#pragma once

#include <string>

#include "io/descriptor.h"
#include "npk/source.h"

namespace npk::tree {

// Paths are relative to it, and of any length. Any thread.
class MadeDirectory {
 public:
  // Made if it is not there.
  [[nodiscard]] static Result<MadeDirectory> open(const std::string& path);

  // One that is there already is none the worse.
  [[nodiscard]] Result<void> make_directory(const std::string& path) const;
  [[nodiscard]] Result<void> write(const std::string& path, std::int64_t mtime_seconds, SequentialSource& content) const;  // Errc::exists
  [[nodiscard]] Result<void> remove(const std::string& path) const;
  [[nodiscard]] Result<void> move(const std::string& from, const std::string& to) const;  // Errc::exists
  [[nodiscard]] Result<void> set_time(const std::string& path, std::int64_t seconds) const;

 private:
  MadeDirectory(io::FileDescriptor top, std::string shown) : top_(std::move(top)), shown_(std::move(shown)) {}
  [[nodiscard]] std::unexpected<Error> failed(const char* what, const std::string& path) const;

  io::FileDescriptor top_;
  std::string shown_;
};

}  // namespace npk::tree
