// Opening directories below another without following any symbolic link.
#pragma once

#include <span>
#include <string_view>

#include "io/descriptor.h"

namespace npk::tree {

// Opens the directory reached from `directory` by `names`, each one component. With openat2 (RESOLVE_BENEATH,
// RESOLVE_NO_SYMLINKS) in as few calls as PATH_MAX allows; without it, or if `checked_walk`, component by component
// with O_NOFOLLOW. A directory that may be entered but not read is opened with O_PATH, and `path_only` set.
// None: errno tells why; ELOOP or ENOTDIR if a link or a file is in the way.
[[nodiscard]] io::FileDescriptor open_beneath(int directory, std::span<const std::string_view> names, bool checked_walk,
                                              bool& path_only);

}  // namespace npk::tree
