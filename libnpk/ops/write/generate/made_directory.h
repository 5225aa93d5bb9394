// A directory that a made-up tree is written into.
#pragma once

#include <string>

#include "io/descriptor.h"
#include "npk/synth_tree.h"

namespace npk::ops {

// Paths are relative to it, and of any length. Any thread.
class MadeDirectory {
 public:
  // Made if it is not there.
  [[nodiscard]] static Result<MadeDirectory> open(const std::string& path);

  // One that is there already is none the worse.
  [[nodiscard]] Result<void> make_directory(const std::string& path) const;
  [[nodiscard]] Result<void> write(const synth::TreeFile& file) const;  // Errc::exists
  [[nodiscard]] Result<void> remove(const std::string& path) const;
  [[nodiscard]] Result<void> move(const std::string& from, const std::string& to) const;  // Errc::exists
  [[nodiscard]] Result<void> set_time(const std::string& path, std::int64_t seconds) const;

 private:
  MadeDirectory(io::FileDescriptor top, std::string shown) : top_(std::move(top)), shown_(std::move(shown)) {}
  [[nodiscard]] std::unexpected<Error> failed(const char* what, const std::string& path) const;

  io::FileDescriptor top_;
  std::string shown_;
};

}  // namespace npk::ops
