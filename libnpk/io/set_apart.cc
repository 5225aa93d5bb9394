#include "io/set_apart.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>

#include "io/descriptor.h"
#include "npk/files.h"

namespace npk::io {
namespace {

constexpr std::size_t kCopiedAtOnce = 1U << 20;

Result<void> copy(const RandomAccessSource& from, std::uint64_t begin, std::uint64_t end, int to, const std::string& path) {
  Bytes buffer(kCopiedAtOnce);
  while (begin < end) {
    const auto part = MutableBytes(buffer).first(static_cast<std::size_t>(std::min<std::uint64_t>(buffer.size(), end - begin)));
    NPK_ASSIGN(const std::size_t count, from.read_at(begin, part));
    if (count == 0) return {};
    NPK_TRY(write_fully_at(to, begin, part.first(count), path));
    begin += count;
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<RandomAccessSource>> set_apart(const RandomAccessSource& from, std::uint64_t begin, std::uint64_t end,
                                                      const std::string& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY, 0600));
  struct stat status {};
  if (!file || ::fstat(file.get(), &status) < 0) return fail_system(errno, "can't create", path);
  if (!S_ISREG(status.st_mode) || status.st_uid != ::geteuid())
    return std::unexpected(Error{.code = Errc::io, .message = "is in the way: not a file that was left by this user", .path = path});
  if (static_cast<std::uint64_t>(status.st_size) < end) {
    if (::ftruncate(file.get(), 0) < 0) return fail_system(errno, "can't shorten", path);
    NPK_TRY(copy(from, begin, end, file.get(), path));
  }
  return open_file_source(path);
}

}  // namespace npk::io
