#include "io/writer_mark.h"

#include <fcntl.h>

namespace npk::io {
namespace {

// One byte far behind any that a file has.
struct flock mark(short type) noexcept {
  struct flock lock {};
  lock.l_type = type;
  lock.l_whence = SEEK_SET;
  lock.l_start = off_t{1} << 62;
  lock.l_len = 1;
  return lock;
}

}  // namespace

void mark_as_added_to(int file) noexcept {
  struct flock lock = mark(F_WRLCK);
  static_cast<void>(::fcntl(file, F_OFD_SETLK, &lock));
}

bool is_marked_as_added_to(int file) noexcept {
  struct flock lock = mark(F_RDLCK);
  return ::fcntl(file, F_OFD_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
}

}  // namespace npk::io
