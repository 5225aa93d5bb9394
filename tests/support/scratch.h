// A fresh directory for a test, gone with everything in it at the end; and running a part of a test without privileges.
#pragma once

#include <fcntl.h>
#include <grp.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

#include "npk/bytes.h"

namespace npk::testing {

class ScratchDirectory {
 public:
  // `parent` empty: $TMPDIR or /tmp.
  explicit ScratchDirectory(std::string parent = {}) {
    if (parent.empty()) parent = std::getenv("TMPDIR") != nullptr ? std::getenv("TMPDIR") : "/tmp";
    path_ = parent + "/npk-test-XXXXXX";
    if (::mkdtemp(path_.data()) == nullptr) std::abort();
    ::chmod(path_.c_str(), 0755);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  // rm copes with depths and names that std::filesystem does not.
  ~ScratchDirectory() {
    const std::string command = "chmod -R u+rwX '" + path_ + "' 2>/dev/null; rm -rf '" + path_ + "'";
    if (std::system(command.c_str()) != 0) std::fprintf(stderr, "left behind: %s\n", path_.c_str());
  }

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string operator/(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  std::string path_;
};

// A scratch directory on a file system that keeps user.* attributes and ACLs: tries /tmp, the current directory and
// /var/tmp. A test that needs one fails where there is none.
[[nodiscard]] inline std::string directory_with_xattrs() {
  for (const char* candidate : {"/tmp", ".", "/var/tmp", "/dev/shm"}) {
    const std::string probe = std::string(candidate) + "/npk-xattr-probe-" + std::to_string(::getpid());
    const int fd = ::open(probe.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd < 0) continue;
    const bool works = ::fsetxattr(fd, "user.npk", "1", 1, 0) == 0;
    ::close(fd);
    ::unlink(probe.c_str());
    if (works) return candidate;
  }
  return {};
}

inline void write_file(const std::string& path, std::string_view content) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
  ASSERT_GE(fd, 0) << path;
  ASSERT_EQ(::write(fd, content.data(), content.size()), static_cast<ssize_t>(content.size()));
  ::close(fd);
}

[[nodiscard]] inline std::string read_file(const std::string& path) {
  std::string content;
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) return "<can't open: " + std::to_string(errno) + ">";
  char buffer[4096];
  for (ssize_t count = 0; (count = ::read(fd, buffer, sizeof buffer)) > 0;)
    content.append(buffer, static_cast<std::size_t>(count));
  ::close(fd);
  return content;
}

[[nodiscard]] inline bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

// Runs `part` as user and group 65534 where this process is root, else as it is; its failures are the test's.
// The part runs in a child process: what it changes in memory is lost.
template <class Part>
void without_privileges(Part part) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    constexpr id_t kNobody = 65534;
    if (::geteuid() == 0 && (::setgroups(0, nullptr) != 0 || ::setgid(kNobody) != 0 || ::setuid(kNobody) != 0))
      ::_exit(2);
    part();
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status)) << "killed by signal " << WTERMSIG(status);
  EXPECT_EQ(WEXITSTATUS(status), 0) << "the part run without privileges failed, see above";
}

}  // namespace npk::testing
