#include "io/target_path.h"

#include <unistd.h>
#include <cerrno>
#include <climits>

#include "io/descriptor.h"

namespace npk::io {
namespace {

constexpr int kLongestLinkChain = 40;  // as the kernel's own bound

}  // namespace

SplitPath split_path(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  if (slash == std::string::npos) return {".", path};
  return {slash == 0 ? "/" : path.substr(0, slash), path.substr(slash + 1)};
}

Result<std::string> follow_links(std::string path) {
  const std::string given = path;
  for (int step = 0; step <= kLongestLinkChain; ++step) {
    char target[PATH_MAX];
    const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
    if (length < 0) return path;  // not a link, or absent: opening will tell
    const std::string_view text(target, static_cast<std::size_t>(length));
    if (!text.starts_with('/')) {
      path = split_path(path).directory;
      path.append("/").append(text);
    } else {
      path = text;
    }
  }
  return fail_system(ELOOP, "can't follow the symbolic link", given);
}

Result<std::string> path_beside(const std::string& path, std::string_view ending) {
  NPK_ASSIGN(const std::string resolved, follow_links(path));
  const SplitPath target = split_path(resolved);
  return target.path_of(hidden_name(target.name, ending));
}

std::string hidden_name(const std::string& name, std::string_view ending) {
  std::string result(1, '.');
  return result.append(name, 0, NAME_MAX - 1 - ending.size()).append(ending);
}

Result<void> take_over_owner_and_mode(int file, const struct stat& old, std::string_view shown) {
  const bool owner_kept = ::fchown(file, old.st_uid, old.st_gid) == 0;
  const mode_t mode = old.st_mode & (owner_kept ? 07777U : 0777U);
  if (::fchmod(file, mode) < 0) return fail_system(errno, "can't keep the permissions of the file replaced", shown);
  return {};
}

}  // namespace npk::io
