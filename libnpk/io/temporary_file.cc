#include "io/temporary_file.h"

#include <fcntl.h>
#include <unistd.h>
#include <cerrno>
#include <cstdlib>

namespace npk::io {

Result<FileDescriptor> open_temporary_file(std::string directory) {
  if (directory.empty()) {
    const char* given = std::getenv("TMPDIR");
    directory = given != nullptr && *given != '\0' ? given : "/tmp";
  }
  FileDescriptor file(::open(directory.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  if (file) return file;
  std::string name = directory + "/npk-XXXXXX";  // where the file system can't make one without a name
  file.reset(::mkostemp(name.data(), O_CLOEXEC));
  if (!file) return fail_system(errno, "can't make a temporary file", directory);
  ::unlink(name.c_str());
  return file;
}

}  // namespace npk::io
