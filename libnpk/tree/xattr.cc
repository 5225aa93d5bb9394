#include "tree/xattr.h"

#include <fcntl.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>

namespace npk::tree {
namespace {

// Newer than the headers of Debian 12; the numbers are the same on every architecture this builds for.
constexpr long kSetxattrat = 463;
constexpr long kGetxattrat = 464;
constexpr long kListxattrat = 465;
constexpr long kRemovexattrat = 466;

struct XattrArguments {  // struct xattr_args of the kernel
  std::uint64_t value;
  std::uint32_t size;
  std::uint32_t flags;
};

constexpr std::size_t kFirstGuessBytes = 4096;
constexpr std::size_t kLargestBytes = 1U << 20;  // the kernel itself stops at 64 KiB

std::atomic<bool> has_at_calls{true};

constexpr unsigned at_flags(Place place) noexcept {
  return static_cast<unsigned>(AT_SYMLINK_NOFOLLOW) | (*place.name == '\0' ? static_cast<unsigned>(AT_EMPTY_PATH) : 0U);
}

XattrArguments arguments(const void* value, std::size_t size) noexcept {
  return {.value = reinterpret_cast<std::uintptr_t>(value), .size = static_cast<std::uint32_t>(size), .flags = 0};
}

// Whether the older way must be tried: a kernel without the calls says ENOSYS, once and for all; some sandboxes say
// EPERM to every call they don't know, and only the older one tells whether that is meant.
bool lacks_at_calls(long status) noexcept {
  if (status >= 0) return false;
  if (errno == ENOSYS) has_at_calls.store(false, std::memory_order_relaxed);
  return errno == ENOSYS || errno == EPERM;
}

// A path that stays with the descriptor; the functions used on it do not follow a link in its last component.
class ProcPath {
 public:
  explicit ProcPath(Place place) : text_("/proc/self/fd/" + std::to_string(place.directory)) {
    if (*place.name != '\0')
      text_.append("/").append(place.name);
    else
      follow_ = true;
  }
  const char* c_str() const noexcept { return text_.c_str(); }
  bool follow() const noexcept { return follow_; }

 private:
  std::string text_;
  bool follow_ = false;
};

ssize_t list_once(Place place, char* out, std::size_t size) {
  if (has_at_calls.load(std::memory_order_relaxed)) {
    const long count = ::syscall(kListxattrat, place.directory, place.name, at_flags(place), out, size);
    if (!lacks_at_calls(count)) return count;
  }
  const ProcPath path(place);
  return path.follow() ? ::listxattr(path.c_str(), out, size) : ::llistxattr(path.c_str(), out, size);
}

ssize_t get_once(Place place, const char* name, void* out, std::size_t size) {
  if (has_at_calls.load(std::memory_order_relaxed)) {
    XattrArguments wanted = arguments(out, size);
    const long count =
        ::syscall(kGetxattrat, place.directory, place.name, at_flags(place), name, &wanted, sizeof wanted);
    if (!lacks_at_calls(count)) return count;
  }
  const ProcPath path(place);
  return path.follow() ? ::getxattr(path.c_str(), name, out, size) : ::lgetxattr(path.c_str(), name, out, size);
}

// Calls `once(buffer, size)` with a buffer that grows until the answer fits. 0 or errno.
template <class Buffer, class Once>
int fill(Buffer& buffer, Once once) {
  for (std::size_t size = kFirstGuessBytes; size <= kLargestBytes; size *= 4) {
    buffer.resize(size);
    const ssize_t count = once(buffer.data(), size);
    if (count >= 0) {
      buffer.resize(static_cast<std::size_t>(count));
      return 0;
    }
    if (errno != ERANGE) break;
  }
  const int error = errno;
  buffer.clear();
  return error;
}

}  // namespace

int list_xattrs(Place place, std::string& names) {
  // Most entries have none: a small buffer on the stack spares them the growing one.
  char few[256];
  const ssize_t count = list_once(place, few, sizeof few);
  if (count >= 0) {
    names.assign(few, static_cast<std::size_t>(count));
    return 0;
  }
  names.clear();
  if (errno == ENOTSUP) return 0;
  if (errno != ERANGE) return errno;
  return fill(names, [&](char* out, std::size_t size) { return list_once(place, out, size); });
}

int get_xattr(Place place, const char* name, Bytes& value) {
  return fill(value, [&](std::uint8_t* out, std::size_t size) { return get_once(place, name, out, size); });
}

int set_xattr(Place place, const char* name, ByteView value) {
  if (has_at_calls.load(std::memory_order_relaxed)) {
    const XattrArguments given = arguments(value.data(), value.size());
    const long status =
        ::syscall(kSetxattrat, place.directory, place.name, at_flags(place), name, &given, sizeof given);
    if (!lacks_at_calls(status)) return status < 0 ? errno : 0;
  }
  const ProcPath path(place);
  const int status = path.follow() ? ::setxattr(path.c_str(), name, value.data(), value.size(), 0)
                                   : ::lsetxattr(path.c_str(), name, value.data(), value.size(), 0);
  return status < 0 ? errno : 0;
}

int remove_xattr(Place place, const char* name) {
  if (has_at_calls.load(std::memory_order_relaxed)) {
    const long status = ::syscall(kRemovexattrat, place.directory, place.name, at_flags(place), name);
    if (!lacks_at_calls(status)) return status < 0 ? errno : 0;
  }
  const ProcPath path(place);
  const int status = path.follow() ? ::removexattr(path.c_str(), name) : ::lremovexattr(path.c_str(), name);
  return status < 0 ? errno : 0;
}

}  // namespace npk::tree
