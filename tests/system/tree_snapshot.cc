#include "system/tree_snapshot.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <set>
#include <stdexcept>
#include <string_view>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <utility>
#include <vector>

namespace npk::testing {
namespace {

constexpr std::size_t kPage = 4096;

[[noreturn]] void give_up(const std::string& what) { throw std::runtime_error(what + ": " + std::strerror(errno)); }

std::string hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  for (const char letter : bytes) {
    out += kDigits[static_cast<unsigned char>(letter) >> 4];
    out += kDigits[static_cast<unsigned char>(letter) & 15];
  }
  return out;
}

// Sorted name=value of all attributes. Through /proc for links and paths too long to name.
std::string xattrs_of(int directory, const char* name, bool is_symlink, const SnapshotOptions& options) {
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + name;
  const auto list = [&](char* out, std::size_t size) { return is_symlink ? ::llistxattr(path.c_str(), out, size) : ::listxattr(path.c_str(), out, size); };
  const ssize_t size = list(nullptr, 0);
  if (size < 0 && errno == ENOTSUP) return "";
  if (size < 0) give_up(path);
  std::string names(static_cast<std::size_t>(size), '\0');
  if (list(names.data(), names.size()) != size) give_up(path);
  std::set<std::string> lines;
  for (std::size_t at = 0; at < names.size(); at += std::strlen(names.data() + at) + 1) {
    const char* attribute = names.data() + at;
    const std::string_view view(attribute);
    if (!options.privileged_xattrs && (view.starts_with("security.") || view.starts_with("trusted."))) continue;
    char value[65'536];
    const ssize_t length = is_symlink ? ::lgetxattr(path.c_str(), attribute, value, sizeof value) : ::getxattr(path.c_str(), attribute, value, sizeof value);
    if (length < 0) give_up(path + " " + attribute);
    lines.insert(std::string(attribute) + "=" + hex({value, static_cast<std::size_t>(length)}));
  }
  std::string out;
  for (const std::string& line : lines) out += " " + line;
  return out;
}

// FNV-1a over the pages that are not zero, each with its place: the same wherever the holes are.
std::string content_of(int fd, std::uint64_t size) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  std::string holes;
  const auto mix = [&](std::uint64_t value) { hash = (hash ^ value) * 0x100000001b3ULL; };
  std::vector<char> buffer(1U << 20);
  const std::vector<char> zeros(kPage);
  for (off_t at = 0; static_cast<std::uint64_t>(at) < size;) {
    off_t data = ::lseek(fd, at, SEEK_DATA);
    if (data < 0) data = static_cast<off_t>(size);
    if (data > at) holes += std::to_string(at) + "-" + std::to_string(data) + ",";
    if (static_cast<std::uint64_t>(data) >= size) break;
    const off_t end = ::lseek(fd, data, SEEK_HOLE);
    for (at = data; at < end;) {
      const ssize_t count = ::pread(fd, buffer.data(), std::min<std::size_t>(buffer.size(), static_cast<std::size_t>(end - at)), at);
      if (count <= 0) give_up("read");
      for (std::size_t page = 0; page < static_cast<std::size_t>(count); page += kPage) {
        const std::size_t length = std::min(kPage, static_cast<std::size_t>(count) - page);
        if (std::memcmp(buffer.data() + page, zeros.data(), length) == 0) continue;
        mix(static_cast<std::uint64_t>(at) + page);
        for (std::size_t i = 0; i < length; ++i) mix(static_cast<unsigned char>(buffer[page + i]));
      }
      at += count;
    }
  }
  return "holes " + holes + " hash " + std::to_string(hash);
}

class Snapshot {
 public:
  explicit Snapshot(const SnapshotOptions& options) : options_(options) {}

  void directory(int fd, const std::string& prefix) {
    const int copy = ::openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR* stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (stream == nullptr) give_up(prefix);
    std::set<std::string> names;
    while (const dirent* found = ::readdir(stream)) {
      const std::string name = found->d_name;
      if (name != "." && name != "..") names.insert(name);
    }
    ::closedir(stream);
    for (const std::string& name : names) entry(fd, name, prefix + name);
  }

  std::map<std::string, std::string> take() {
    for (const auto& [inode, names] : names_) {
      if (names.size() < 2) continue;
      for (const std::string& name : names) entries_[name] += " linked " + std::to_string(names.size()) + " with " + *names.begin();
    }
    return std::move(entries_);
  }

 private:
  void entry(int directory_fd, const std::string& name, const std::string& path) {
    struct stat status {};
    if (::fstatat(directory_fd, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) give_up(path);
    if (S_ISSOCK(status.st_mode)) return;
    std::string& line = entries_[path];
    line = "mode " + std::to_string(status.st_mode) + " mtime " + std::to_string(status.st_mtim.tv_sec) + "." + std::to_string(status.st_mtim.tv_nsec);
    if (options_.owners) line += " owner " + std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
    if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode))
      line += " device " + std::to_string(major(status.st_rdev)) + "," + std::to_string(minor(status.st_rdev));
    line += xattrs_of(directory_fd, name.c_str(), S_ISLNK(status.st_mode), options_);
    if (S_ISLNK(status.st_mode)) {
      std::string target(static_cast<std::size_t>(status.st_size) + 1, '\0');
      const ssize_t length = ::readlinkat(directory_fd, name.c_str(), target.data(), target.size());
      if (length < 0) give_up(path);
      line += " target " + target.substr(0, static_cast<std::size_t>(length));
    }
    if (!S_ISDIR(status.st_mode)) names_[status.st_ino].insert(path);
    if (S_ISREG(status.st_mode)) regular(directory_fd, name, status, line);
    if (!S_ISDIR(status.st_mode)) return;
    const int fd = ::openat(directory_fd, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) give_up(path);
    directory(fd, path + "/");
    ::close(fd);
  }

  static void regular(int directory_fd, const std::string& name, const struct stat& status, std::string& line) {
    line += " size " + std::to_string(status.st_size) + " ";
    const int fd = ::openat(directory_fd, name.c_str(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0) {
      line += "unreadable";
      return;
    }
    line += content_of(fd, static_cast<std::uint64_t>(status.st_size));
    ::close(fd);
  }

  SnapshotOptions options_;
  std::map<std::string, std::string> entries_;
  std::map<std::uint64_t, std::set<std::string>> names_;  // by inode
};

}  // namespace

std::map<std::string, std::string> snapshot(const std::string& directory, const SnapshotOptions& options) {
  const int fd = ::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) give_up(directory);
  Snapshot made(options);
  made.directory(fd, "");
  ::close(fd);
  return made.take();
}

std::string difference(const std::map<std::string, std::string>& expected, const std::map<std::string, std::string>& found) {
  std::string out;
  const auto shown = [](const std::string& path) { return path.size() > 300 ? path.substr(0, 100) + "…(" + std::to_string(path.size()) + ")" : path; };
  for (const auto& [path, line] : expected) {
    const auto other = found.find(path);
    if (other == found.end()) out += shown(path) + ": missing\n";
    else if (other->second != line) out += shown(path) + ":\n  expected " + line + "\n  found    " + other->second + "\n";
  }
  for (const auto& [path, line] : found) {
    if (!expected.contains(path)) out += shown(path) + ": too much: " + line + "\n";
  }
  return out;
}

}  // namespace npk::testing
