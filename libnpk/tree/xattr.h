// Extended attributes of an entry named by a directory descriptor and a name, whatever its kind, never through a
// symbolic link. Uses the *xattrat calls (Linux 6.13) and, before them, /proc/self/fd.
#pragma once

#include <string>
#include <string_view>

#include "npk/bytes.h"

namespace npk::tree {

// An entry to read or change: `name` in the directory `directory`; an empty name means the descriptor's own file.
struct Place {
  int directory;
  const char* name;
};

// The names, each ended by a zero byte, into `names`. Empty where the file system has no attributes. 0 or errno.
[[nodiscard]] int list_xattrs(Place place, std::string& names);
// The value into `value`. 0 or errno (ENODATA: there is no such attribute).
[[nodiscard]] int get_xattr(Place place, const char* name, Bytes& value);
// 0 or errno.
[[nodiscard]] int set_xattr(Place place, const char* name, ByteView value);
[[nodiscard]] int remove_xattr(Place place, const char* name);

}  // namespace npk::tree
