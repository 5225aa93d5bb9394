#include "io/file_lock.h"

#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <cerrno>
#include <cstdio>
#include <memory>

#include "io/descriptor.h"

namespace npk::io {
namespace {

// As the kernel's list of locks has it; 0 if that does not tell (none is mounted, the lock is another machine's, the file system shows
// another device there than to stat).
int holder_of(int file) {
  struct stat status {};
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> locks(std::fopen("/proc/locks", "re"), &std::fclose);
  if (!locks || ::fstat(file, &status) < 0) return 0;
  char line[256];
  while (std::fgets(line, sizeof line, locks.get()) != nullptr) {
    int process = 0;
    unsigned device_major = 0, device_minor = 0;
    unsigned long long inode = 0;
    if (std::sscanf(line, "%*[0-9]: FLOCK %*s WRITE %d %x:%x:%llu", &process, &device_major, &device_minor, &inode) != 4) continue;
    if (inode == status.st_ino && ::makedev(device_major, device_minor) == status.st_dev) return process;
  }
  return 0;
}

std::string who_writes(int file) {
  const int process = holder_of(file);
  return "another process is writing to it" + (process > 0 ? " (process " + std::to_string(process) + ")" : "") + ": try again when that is done";
}

}  // namespace

Result<void> lock_for_writing(int file, const std::string& path) {
  while (::flock(file, LOCK_EX | LOCK_NB) < 0) {
    if (errno == EINTR) continue;
    if (errno == EWOULDBLOCK) return fail_system(EWOULDBLOCK, who_writes(file), path);
    return fail_system(errno, "can't lock", path);
  }
  return {};
}

}  // namespace npk::io
