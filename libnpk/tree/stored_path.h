// Paths as a package stores them: components joined by '/', none of them empty, '.' or '..', no '/' at either end.
#pragma once

#include <string>
#include <string_view>

#include "npk/limits.h"
#include "npk/result.h"

namespace npk::tree {

struct StoredPrefix {
  std::string path;              // empty: the place itself is not stored, only what is in it
  bool dropped_leading = false;  // a leading '/' or anything up to and including a '..' was left out
};

// What a path given by a user is stored as: `.` components and needless slashes go, a leading '/' and everything up to
// and including the last `..` go too, as tar does. "/etc/passwd" gives etc/passwd; "../a/../b" gives b; "." gives "".
[[nodiscard]] StoredPrefix stored_prefix(std::string_view given);

// Negative, zero or positive: byte order in which '/' is below every other byte, so that a directory comes right before
// what is in it ("a" < "a/x" < "a.b").
[[nodiscard]] int compare_stored(std::string_view a, std::string_view b) noexcept;

// Whether a path from a package may be created. Errc::corrupt if it is empty, absolute, contains NUL or has a component
// that is empty, `.` or `..`; Errc::limit if it or a component is longer than the limits.
[[nodiscard]] Result<void> check_stored_path(std::string_view path, const Limits& limits);

// Whether a symbolic link at `path` with this target stays inside the tree whatever other links the tree holds: the
// target is relative, its `..` all come first, and they do not lead above the top.
[[nodiscard]] bool symlink_stays_inside(std::string_view path, std::string_view target) noexcept;

}  // namespace npk::tree
