// Opening by paths of any length: the kernel takes PATH_MAX bytes at a time.
#pragma once

#include <string>
#include <string_view>

#include "io/descriptor.h"

namespace npk::tree {

// The last stretch of a path, short enough for a system call, and the directory it is relative to.
struct Stretch {
  io::FileDescriptor holder;  // keeps `directory` open where it is not the caller's
  int directory = -1;         // -1: a part of the path could not be opened; errno tells why
  std::string path;
};

// Goes along `path` from `directory` until fewer than PATH_MAX bytes are left. Follows symbolic links as openat does.
[[nodiscard]] Stretch approach(int directory, std::string_view path);
// openat for a path of any length, without creating. None: errno tells why.
[[nodiscard]] io::FileDescriptor open_path(int directory, std::string_view path, int flags);

}  // namespace npk::tree
