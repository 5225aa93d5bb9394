#include "tree/file_age.h"

#include <fcntl.h>
#include <sys/stat.h>

namespace npk::tree {
namespace {

Moment moment_of(const struct statx_timestamp& time) noexcept { return {time.tv_sec, time.tv_nsec}; }

}  // namespace

bool was_made_since(int directory, const char* name, const Moment& moment) noexcept {
  struct statx status {};
  if (::statx(directory, name, AT_SYMLINK_NOFOLLOW, STATX_BTIME | STATX_CTIME | STATX_TYPE, &status) < 0) return false;
  if ((status.stx_mask & STATX_BTIME) != 0) return moment_of(status.stx_btime) >= moment;
  return !S_ISDIR(status.stx_mode) && moment_of(status.stx_ctime) >= moment;
}

Moment last_change(int file) noexcept {
  struct statx status {};
  if (::statx(file, "", AT_EMPTY_PATH, STATX_CTIME, &status) < 0) return {INT64_MAX, 0};
  return moment_of(status.stx_ctime);
}

}  // namespace npk::tree
