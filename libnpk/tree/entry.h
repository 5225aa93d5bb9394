// What a file system keeps about one entry, as views: the scanner hands it out, the writer takes it.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "npk/bytes.h"
#include "npk/format/ids.h"

namespace npk::tree {

struct Xattr {
  std::string_view name;  // with its namespace: "user.note", "system.posix_acl_access"
  ByteView value;         // as the kernel gives it
};

inline constexpr std::string_view kAccessAcl = "system.posix_acl_access";
inline constexpr std::string_view kDefaultAcl = "system.posix_acl_default";

// Everything restorable but kind, name and content. The views belong to whoever made it.
struct Metadata {
  std::uint16_t mode = 0644;  // the 12 permission bits
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::string_view user_name = {};  // empty: no name known, the number counts
  std::string_view group_name = {};
  std::int64_t mtime_seconds = 0;  // since 1970
  std::uint32_t mtime_nanoseconds = 0;
  std::span<const Xattr> xattrs = {};
};

}  // namespace npk::tree
