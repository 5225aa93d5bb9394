#include "io/file_lock.h"

#include <sys/file.h>
#include <cerrno>

#include "io/descriptor.h"

namespace npk::io {

Result<void> lock_for_writing(int file, const std::string& path) {
  while (::flock(file, LOCK_EX | LOCK_NB) < 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail_system(errno, "another process is writing to it: try again when that is done", path);
    return fail_system(errno, "can't lock", path);
  }
  return {};
}

}  // namespace npk::io
