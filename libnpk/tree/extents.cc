#include "tree/extents.h"

#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "io/descriptor.h"

namespace npk::tree {

constexpr std::uint64_t kStatBlockBytes = 512;  // what st_blocks counts in, whatever the file system

Result<std::vector<Hole>> find_holes(int fd, std::uint64_t size) {
  std::vector<Hole> holes;
  struct stat status {};
  if (::fstat(fd, &status) < 0) return io::fail_system(errno, "can't read the file's state");
  if (static_cast<std::uint64_t>(status.st_blocks) * kStatBlockBytes >= static_cast<std::uint64_t>(status.st_size))
    return holes;
  size = std::min(size, static_cast<std::uint64_t>(status.st_size));
  std::uint64_t at = 0;
  while (at < size) {
    const off_t data = ::lseek(fd, static_cast<off_t>(at), SEEK_DATA);
    // ENXIO: no more data. EINVAL and their like: the file system does not tell.
    if (data < 0 && errno != ENXIO) return holes;
    const std::uint64_t data_start = data < 0 ? size : std::min(size, static_cast<std::uint64_t>(data));
    if (data_start > at) holes.push_back({.offset = at, .length = data_start - at});
    if (data_start == size) break;
    const off_t hole = ::lseek(fd, static_cast<off_t>(data_start), SEEK_HOLE);
    if (hole < 0 || static_cast<std::uint64_t>(hole) <= data_start) break;
    at = static_cast<std::uint64_t>(hole);
  }
  return holes;
}

}  // namespace npk::tree
