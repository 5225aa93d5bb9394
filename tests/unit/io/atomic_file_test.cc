// Files written aside and put in place by commit().
#include <dirent.h>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <thread>

#include "io/descriptor.h"
#include "npk/files.h"
#include "support/scratch.h"

namespace npk {
namespace {

using testing::exists;
using testing::read_file;
using testing::ScratchDirectory;
using testing::write_file;

std::vector<std::string> names_in(const std::string& directory) {
  std::vector<std::string> names;
  DIR* listing = ::opendir(directory.c_str());
  if (listing == nullptr) return names;
  while (const dirent* item = ::readdir(listing)) {
    if (std::string_view(item->d_name) != "." && std::string_view(item->d_name) != "..")
      names.emplace_back(item->d_name);
  }
  ::closedir(listing);
  return names;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::stat(path.c_str(), &status), 0);
  return status.st_mode & 07777;
}

TEST(AtomicFile, AppearsOnlyWithCommit) {
  const ScratchDirectory scratch;
  const mode_t mask = ::umask(027);
  auto sink = create_atomic_file(scratch / "out").value();
  ::umask(mask);
  ASSERT_TRUE(sink->write(as_bytes("new ")));
  ASSERT_TRUE(sink->write(as_bytes("content")));
  EXPECT_FALSE(exists(scratch / "out"));
  ASSERT_EQ(names_in(scratch.path()).size(), 1U);
  EXPECT_TRUE(names_in(scratch.path())[0].starts_with(".out.npk-"));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(names_in(scratch.path()), std::vector<std::string>{"out"});
  EXPECT_EQ(read_file(scratch / "out"), "new content");
  EXPECT_EQ(mode_of(scratch / "out"), 0640U);
  EXPECT_EQ(sink->write(as_bytes("x")).error().code, Errc::misuse);
  EXPECT_EQ(sink->commit().error().code, Errc::misuse);
}

TEST(AtomicFile, LeavesNothingWithoutCommit) {
  const ScratchDirectory scratch;
  write_file(scratch / "out", "old");
  {
    auto sink = create_atomic_file(scratch / "out").value();
    ASSERT_TRUE(sink->write(as_bytes("new")));
  }
  EXPECT_EQ(names_in(scratch.path()), std::vector<std::string>{"out"});
  EXPECT_EQ(read_file(scratch / "out"), "old");
}

TEST(AtomicFile, KeepsModeAndOwnerOfWhatItReplaces) {
  const ScratchDirectory scratch;
  write_file(scratch / "out", "old");
  if (::geteuid() == 0) {
    ASSERT_EQ(::chown((scratch / "out").c_str(), 123, 456), 0);
  }
  ASSERT_EQ(::chmod((scratch / "out").c_str(), 0751), 0);
  auto sink = create_atomic_file(scratch / "out").value();
  ASSERT_TRUE(sink->write(as_bytes("new")));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(read_file(scratch / "out"), "new");
  EXPECT_EQ(mode_of(scratch / "out"), 0751U);
  struct stat status {};
  ASSERT_EQ(::stat((scratch / "out").c_str(), &status), 0);
  if (::geteuid() == 0) {
    EXPECT_EQ(status.st_uid, 123U);
    EXPECT_EQ(status.st_gid, 456U);
  }
}

TEST(AtomicFile, FollowsLinksToTheFile) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkdir((scratch / "d").c_str(), 0755), 0);
  ASSERT_EQ(::symlink("d/two", (scratch / "one").c_str()), 0);
  ASSERT_EQ(::symlink("../real", (scratch / "d/two").c_str()), 0);  // which does not exist yet
  auto sink = create_atomic_file(scratch / "one").value();
  ASSERT_TRUE(sink->write(as_bytes("x")));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(read_file(scratch / "real"), "x");
  struct stat status {};
  ASSERT_EQ(::lstat((scratch / "one").c_str(), &status), 0);
  EXPECT_TRUE(S_ISLNK(status.st_mode));
  ASSERT_EQ(::symlink("loop", (scratch / "loop").c_str()), 0);
  EXPECT_EQ(create_atomic_file(scratch / "loop").error().system_errno, ELOOP);
}

TEST(AtomicFile, TakesNamesOfAnyLength) {
  const ScratchDirectory scratch;
  const std::string name(255, 'n');
  auto sink = create_atomic_file(scratch / name).value();
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(names_in(scratch.path()), std::vector<std::string>{name});
}

TEST(AtomicFile, RefusesWhatCantBeWritten) {
  const ScratchDirectory scratch;
  EXPECT_EQ(create_atomic_file(scratch / "missing/out").error().code, Errc::not_found);
  EXPECT_EQ(create_atomic_file(scratch.path()).error().system_errno, EISDIR);
  EXPECT_FALSE(create_atomic_file(""));
  EXPECT_FALSE(create_atomic_file(scratch / "new/"));
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0555), 0);
  testing::without_privileges([&] { EXPECT_EQ(create_atomic_file(scratch / "out").error().system_errno, EACCES); });
}

TEST(AtomicFile, ReportsAFullDiskAndKeepsTheOldFile) {
  const ScratchDirectory scratch;
  write_file(scratch / "out", "old");
  // A limit on file size stands in for a full disk: EFBIG instead of ENOSPC, by the same path.
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{.rlim_cur = 1'000, .rlim_max = 1'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    auto sink = create_atomic_file(scratch / "out");
    const auto written = sink ? (*sink)->write(Bytes(4'000)) : Result<void>(fail(Errc::internal, "not created"));
    ::_exit(!written && written.error().code == Errc::io && written.error().system_errno == EFBIG && !(*sink)->commit()
                ? 0
                : 1);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(names_in(scratch.path()), std::vector<std::string>{"out"});
  EXPECT_EQ(read_file(scratch / "out"), "old");
}

TEST(AtomicFile, AForkedChildDoesNotRemoveIt) {
  const ScratchDirectory scratch;
  auto sink = create_atomic_file(scratch / "out").value();
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    sink.reset();
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_TRUE(sink->write(as_bytes("parent")));
  ASSERT_TRUE(sink->commit());
  EXPECT_EQ(read_file(scratch / "out"), "parent");
}

TEST(AtomicFile, AKilledWriterLeavesTheOldFileWhole) {
  const ScratchDirectory scratch;
  write_file(scratch / "out", "old");
  for (int step = 0; step < 3; ++step) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      auto sink = create_atomic_file(scratch / "out");
      for (int i = 0; i < step; ++i) (void)(*sink)->write(as_bytes("new"));
      ::kill(::getpid(), SIGKILL);
    }
    int status = -1;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(read_file(scratch / "out"), "old");
  }
}

TEST(AtomicFile, WritesStraightToWhatIsNoFile) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkfifo((scratch / "fifo").c_str(), 0600), 0);
  std::string received;
  {
    std::jthread reader([&] { received = read_file(scratch / "fifo"); });
    auto sink = create_atomic_file(scratch / "fifo").value();
    ASSERT_TRUE(sink->write(as_bytes("through the pipe")));
    ASSERT_TRUE(sink->commit());
    sink.reset();
  }
  EXPECT_EQ(received, "through the pipe");
  EXPECT_EQ(create_atomic_file("/dev/full").value()->write(as_bytes("x")).error().system_errno, ENOSPC);
}

TEST(AtomicFile, ContinuesAnOpenDescriptorWhereItIs) {
  const ScratchDirectory scratch;
  const io::FileDescriptor file(::open((scratch / "f").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(io::write_fully(file.get(), as_bytes("before "), "f"));
  for (const char* prefix : {"/dev/fd/", "/proc/self/fd/"}) {
    auto sink = create_atomic_file(prefix + std::to_string(file.get())).value();
    ASSERT_TRUE(sink->write(as_bytes("after ")));
    ASSERT_TRUE(sink->commit());
  }
  EXPECT_EQ(read_file(scratch / "f"), "before after after ");
  EXPECT_EQ(create_atomic_file("/dev/fd/9999").error().system_errno, EBADF);
}

}  // namespace
}  // namespace npk
