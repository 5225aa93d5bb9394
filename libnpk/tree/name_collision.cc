#include "tree/name_collision.h"

#include <dirent.h>
#include <fcntl.h>
#include <algorithm>
#include <cstring>
#include <string>
#include <vector>

#include "io/descriptor.h"

namespace npk::tree {
namespace {

constexpr std::size_t kBufferBytes = 32 << 10;

constexpr bool is_letter(char c) noexcept {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool is_ascii(char c) noexcept {
  return static_cast<unsigned char>(c) < 0x80;
}
constexpr char other_case(char c) noexcept {
  return is_letter(c) ? static_cast<char>(c ^ 0x20) : c;
}

}  // namespace

bool lacks_exact_name(int directory, const char* name) {
  const io::FileDescriptor listing(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!listing) return false;
  std::vector<char> buffer(kBufferBytes);
  ssize_t count = 0;
  while ((count = ::getdents64(listing.get(), buffer.data(), buffer.size())) > 0) {
    for (ssize_t at = 0; at < count;) {
      const auto* item = reinterpret_cast<const dirent64*>(buffer.data() + at);
      if (std::strcmp(item->d_name, name) == 0) return false;
      at += item->d_reclen;
    }
  }
  return count == 0;
}

bool is_name_collision(int directory, const char* name, const struct stat& existing) {
  std::string other = name;
  std::ranges::transform(other, other.begin(), other_case);
  if (other == name) return !std::ranges::all_of(other, is_ascii) && lacks_exact_name(directory, name);
  struct stat status {};
  if (::fstatat(directory, other.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) return false;
  if (status.st_ino != existing.st_ino || status.st_dev != existing.st_dev) return false;
  return lacks_exact_name(directory, name);
}

}  // namespace npk::tree
