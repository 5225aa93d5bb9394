#include "tree/long_path.h"

#include <fcntl.h>
#include <algorithm>
#include <climits>

namespace npk::tree {

Stretch approach(int directory, std::string_view path) {
  Stretch reached{.holder = {}, .directory = directory, .path = {}};
  while (path.size() >= PATH_MAX) {
    const std::size_t slash = path.rfind('/', PATH_MAX - 2);
    const std::size_t cut = slash == std::string_view::npos || slash == 0 ? PATH_MAX - 1 : slash;
    const std::string part(path.substr(0, cut));
    reached.holder = io::FileDescriptor(::openat(reached.directory, part.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    reached.directory = reached.holder.get();
    if (!reached.holder) return reached;
    path.remove_prefix(cut);
    path.remove_prefix(std::min(path.find_first_not_of('/'), path.size()));
  }
  reached.path = path;
  return reached;
}

io::FileDescriptor open_path(int directory, std::string_view path, int flags) {
  const Stretch last = approach(directory, path);
  if (last.directory == -1) return {};
  return io::FileDescriptor(::openat(last.directory, last.path.c_str(), flags | O_CLOEXEC));
}

}  // namespace npk::tree
