#include "tree_description.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <vector>

#include "hash/hash.h"
#include "io/descriptor.h"

namespace npk::testing {
namespace {

using io::FileDescriptor;

class TreeDescriber {
 public:
  explicit TreeDescriber(const DescriptionOptions& options) : options_(options) {}

  void describe(int directory, const std::string& prefix) {
    for (const std::string& name : names_in(directory)) describe_entry(directory, name, prefix + name);
  }
  std::map<std::string, std::string> found;

 private:
  static std::vector<std::string> names_in(int directory) {
    std::vector<std::string> names;
    DIR* stream = ::fdopendir(::openat(directory, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (stream == nullptr) return {"<can't read>"};
    while (const dirent* entry = ::readdir(stream)) {
      const std::string name = entry->d_name;
      if (name != "." && name != "..") names.push_back(name);
    }
    ::closedir(stream);
    std::ranges::sort(names);
    return names;
  }

  void describe_entry(int directory, const std::string& name, const std::string& path) {
    struct stat status {};
    if (::fstatat(directory, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) < 0) {
      found[path] = "<can't stat>";
      return;
    }
    std::ostringstream text;
    if (options_.metadata) {
      text << "mode " << std::oct << (S_ISLNK(status.st_mode) ? 0 : status.st_mode & 07777U) << std::dec << " owner "
           << status.st_uid << ':' << status.st_gid << " mtime " << status.st_mtim.tv_sec << '.'
           << status.st_mtim.tv_nsec << ' ' << xattrs_of(directory, name);
    }
    text << content_of(directory, name, status);
    if (status.st_nlink > 1 && !S_ISDIR(status.st_mode))
      text << " link of " << first_names_.try_emplace(status.st_ino, path).first->second;
    found[path] = text.str();
    if (!S_ISDIR(status.st_mode)) return;
    const FileDescriptor below(::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    if (below) describe(below.get(), path + "/");
  }

  std::string content_of(int directory, const std::string& name, const struct stat& status) const {
    switch (status.st_mode & S_IFMT) {
      case S_IFREG:
        return "file of " + std::to_string(status.st_size) + file_content(directory, name, status.st_size);
      case S_IFDIR:
        return "directory";
      case S_IFIFO:
        return "fifo";
      case S_IFLNK: {
        std::string target(5000, '\0');
        const ssize_t length = ::readlinkat(directory, name.c_str(), target.data(), target.size());
        return "link to " + target.substr(0, length < 0 ? 0 : static_cast<std::size_t>(length));
      }
      default:
        return std::string(S_ISCHR(status.st_mode) ? "character" : "block") + " device " +
               std::to_string(::gnu_dev_major(status.st_rdev)) + "," + std::to_string(::gnu_dev_minor(status.st_rdev));
    }
  }

  std::string file_content(int directory, const std::string& name, off_t size) const {
    const FileDescriptor file(::openat(directory, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC));
    if (!file) return " <can't open>";
    std::ostringstream text;
    hash::Blake3 hasher;
    if (size <= (64 << 20)) {
      Bytes piece(1 << 16);
      for (ssize_t count = 0; (count = ::read(file.get(), piece.data(), piece.size())) > 0;)
        hasher.update(ByteView(piece).first(static_cast<std::size_t>(count)));
      for (const std::uint8_t byte : hasher.finish()) text << ' ' << int{byte};
    }
    if (!options_.holes) return text.str();
    for (off_t at = 0; at < size;) {
      const off_t hole = ::lseek(file.get(), at, SEEK_HOLE);
      if (hole < 0 || hole >= size) break;
      const off_t data = ::lseek(file.get(), hole, SEEK_DATA);
      at = data < 0 ? size : data;
      text << " hole " << hole << '-' << at;
    }
    return text.str();
  }

  static std::string xattrs_of(int directory, const std::string& name) {
    const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
    std::string names(1 << 16, '\0');
    const ssize_t length = ::llistxattr(path.c_str(), names.data(), names.size());
    std::string text;
    for (const char* at = names.data(); length > 0 && at < names.data() + length;
         at += std::string_view(at).size() + 1) {
      std::string value(1 << 16, '\0');
      const ssize_t count = ::lgetxattr(path.c_str(), at, value.data(), value.size());
      text += std::string("xattr ") + at + "=";
      for (ssize_t i = 0; i < count; ++i) text += std::to_string(int{value[static_cast<std::size_t>(i)]}) + ",";
      text += ' ';
    }
    return text;
  }

  DescriptionOptions options_;
  std::map<ino_t, std::string> first_names_;
};

}  // namespace

std::map<std::string, std::string> describe_tree(const std::string& root, const DescriptionOptions& options) {
  TreeDescriber describer(options);
  const FileDescriptor directory(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (directory) describer.describe(directory.get(), "");
  return std::move(describer.found);
}

}  // namespace npk::testing
