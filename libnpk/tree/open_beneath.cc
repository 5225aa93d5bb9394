#include "tree/open_beneath.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>
#include <climits>
#include <string>

namespace npk::tree {
namespace {

constexpr int kDirectoryFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
constexpr int kRenameRetries = 16;

std::atomic<bool> has_openat2{true};

int open_confined(int directory, const char* path, int flags) {
  open_how how{};
  how.flags = static_cast<unsigned>(flags);
  how.resolve = RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS;
  // EAGAIN: something was renamed during the look-up and the kernel can't be sure.
  for (int attempt = 0;; ++attempt) {
    const long opened = ::syscall(SYS_openat2, directory, path, &how, sizeof how);
    if (opened >= 0 || errno != EAGAIN || attempt == kRenameRetries) return static_cast<int>(opened);
  }
}

// The longest run of names, joined, that one call takes. Drops it from `names`.
std::string take_stretch(std::span<const std::string_view>& names, bool one_only) {
  std::string path(names.front());
  names = names.subspan(1);
  while (!one_only && !names.empty() && path.size() + names.front().size() + 2 < PATH_MAX) {
    path.append("/").append(names.front());
    names = names.subspan(1);
  }
  return path;
}

io::FileDescriptor open_stretch(int directory, const std::string& path, bool walk, int flags) {
  return io::FileDescriptor(walk ? ::openat(directory, path.c_str(), flags)
                                 : open_confined(directory, path.c_str(), flags));
}

}  // namespace

io::FileDescriptor open_beneath(int directory, std::span<const std::string_view> names, bool checked_walk,
                                bool& path_only) {
  io::FileDescriptor reached;
  path_only = false;
  while (!names.empty()) {
    const bool walk = checked_walk || !has_openat2.load(std::memory_order_relaxed);
    std::span<const std::string_view> rest = names;
    const std::string path = take_stretch(rest, walk);
    const int from = reached ? reached.get() : directory;
    path_only = !rest.empty();  // only passed through
    io::FileDescriptor next = open_stretch(from, path, walk, path_only ? kDirectoryFlags | O_PATH : kDirectoryFlags);
    if (!next && errno == EACCES && !path_only) {
      next = open_stretch(from, path, walk, kDirectoryFlags | O_PATH);
      path_only = true;
    }
    if (!next && !walk && (errno == ENOSYS || errno == EPERM)) {  // EPERM: a sandbox that does not know the call
      has_openat2.store(false, std::memory_order_relaxed);
      continue;
    }
    if (!next) return next;
    reached = std::move(next);
    names = rest;
  }
  return reached;
}

}  // namespace npk::tree
