// Files that grow behind their end: whole or as before, and one writer at a time.
#include "io/appended_file.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cerrno>
#include <csignal>
#include <cstdio>

#include "support/scratch.h"

namespace npk::io {
namespace {

using testing::read_file;
using testing::ScratchDirectory;
using testing::write_file;

class Appended : public ::testing::Test {
 protected:
  void SetUp() override { write_file(path_, "old"); }

  // In a child process; its failures are the test's.
  template <class Part>
  static void elsewhere(Part part) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      part();
      std::fflush(nullptr);
      ::_exit(::testing::Test::HasFailure() ? 1 : 0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << "the child failed, see above";
  }

  const ScratchDirectory scratch_;
  const std::string path_ = scratch_ / "file";
};

TEST_F(Appended, CommitKeepsWhatIsWritten) {
  {
    const auto file = AppendedFile::open(path_).value();
    ASSERT_TRUE(file->write(as_bytes(" and")));
    ASSERT_TRUE(file->sync());
    ASSERT_TRUE(file->write(as_bytes(" new")));
    ASSERT_TRUE(file->commit());
  }
  EXPECT_EQ(read_file(path_), "old and new");
}

TEST_F(Appended, ItsSourceHasWhatIsWritten) {
  const auto file = AppendedFile::open(path_).value();
  ASSERT_TRUE(file->write(as_bytes(" and new")));
  Bytes bytes(11);
  EXPECT_EQ(file->source()->read_at(0, bytes).value(), 11U);
  EXPECT_EQ(as_text(bytes), "old and new");
  EXPECT_EQ(file->source()->name(), path_);
}

TEST_F(Appended, WithoutCommitItIsAsBefore) {
  {
    const auto file = AppendedFile::open(path_).value();
    ASSERT_TRUE(file->write(as_bytes(" and new")));
    ASSERT_TRUE(file->sync());
  }
  EXPECT_EQ(read_file(path_), "old");
}

TEST_F(Appended, WhatComesAfterACommitGoesAlone) {
  {
    const auto file = AppendedFile::open(path_).value();
    ASSERT_TRUE(file->write(as_bytes(" kept")));
    ASSERT_TRUE(file->commit());
    ASSERT_TRUE(file->write(as_bytes(" lost")));
  }
  EXPECT_EQ(read_file(path_), "old kept");
}

TEST_F(Appended, AFailedWriteLeavesItAsBefore) {
  elsewhere([this] {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit most{.rlim_cur = 8, .rlim_max = 8};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &most), 0);
    auto file = AppendedFile::open(path_).value();
    ASSERT_TRUE(file->write(as_bytes(" a")));
    const auto failed = file->write(as_bytes("nd much that is new"));
    ASSERT_FALSE(failed);
    EXPECT_EQ(failed.error().code, Errc::io);
    EXPECT_EQ(failed.error().system_errno, EFBIG);
    EXPECT_EQ(failed.error().path, path_);
    EXPECT_EQ(read_file(path_).size(), 8U) << "some of it is written";
  });
  EXPECT_EQ(read_file(path_), "old");
}

TEST_F(Appended, OneWriterAtATime) {
  auto file = AppendedFile::open(path_).value();
  elsewhere([this] {
    const auto second = AppendedFile::open(path_);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, Errc::io);
    EXPECT_EQ(second.error().system_errno, EWOULDBLOCK);
    EXPECT_NE(second.error().message.find("another process is writing to it"), std::string::npos);
  });
  file.reset();
  elsewhere([this] { EXPECT_TRUE(AppendedFile::open(path_)); });
}

TEST_F(Appended, OnlyRegularFilesThatAreThere) {
  EXPECT_EQ(AppendedFile::open(scratch_ / "none").error().code, Errc::not_found);
  EXPECT_EQ(AppendedFile::open(scratch_.path()).error().system_errno, EISDIR);
  ASSERT_EQ(::mkfifo((scratch_ / "fifo").c_str(), 0600), 0);
  EXPECT_EQ(AppendedFile::open(scratch_ / "fifo").error().code, Errc::unsupported);
  ASSERT_EQ(::chmod(path_.c_str(), 0444), 0);
  testing::without_privileges([this] { EXPECT_EQ(AppendedFile::open(path_).error().system_errno, EACCES); });
}

TEST_F(Appended, ThroughASymbolicLink) {
  ASSERT_EQ(::symlink("file", (scratch_ / "link").c_str()), 0);
  const auto file = AppendedFile::open(scratch_ / "link");
  ASSERT_TRUE(file);
  ASSERT_TRUE((*file)->write(as_bytes("!")));
  ASSERT_TRUE((*file)->commit());
  EXPECT_EQ(read_file(path_), "old!");
}

}  // namespace
}  // namespace npk::io
