// Files: the name appears with the last byte, and direct I/O makes the same file.
#include <dirent.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <algorithm>
#include <csignal>
#include <cerrno>
#include <functional>
#include <thread>
#include <vector>

#include "npk/files.h"
#include "npk/object_writer.h"
#include "support/sanitized.h"
#include "support/scratch.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

using testing::exists;
using testing::read_file;

class Targets : public ::testing::Test {
 protected:
  std::size_t names() const {
    std::size_t count = 0;
    DIR* directory = ::opendir(scratch_.path().c_str());
    while (::readdir(directory) != nullptr) ++count;
    ::closedir(directory);
    return count - 2;
  }
  ObjectWriterOptions options(std::uint64_t size) const { return {.object = {.seed = {1, 5}, .size_bytes = size, .compress = 1.5}, .threads = 2}; }

  testing::ScratchDirectory scratch_;
  const std::string path_ = scratch_ / "object";
};

TEST_F(Targets, FileHasItsNameOnlyWhenComplete) {
  auto writer = *ObjectWriter::create(options(3'000'000), *create_atomic_file(path_));
  ASSERT_EQ(*writer.write_generated(2'999'999), 2'999'999U);
  EXPECT_FALSE(exists(path_));
  ASSERT_TRUE(writer.write_remaining().has_value());
  EXPECT_FALSE(exists(path_));
  ASSERT_TRUE(writer.finish().has_value());
  EXPECT_EQ(read_file(path_), as_text(whole(options(3'000'000).object)));
  EXPECT_EQ(names(), 1U);
}

TEST_F(Targets, CancelledAndAbandonedWritersLeaveNothing) {
  for (const bool direct : {false, true}) {
    auto target = direct ? create_direct_file(path_) : create_atomic_file(path_);
    if (!target && target.error().code == Errc::unsupported) continue;
    {
      auto writer = *ObjectWriter::create(options(3'000'000), *std::move(target));
      ASSERT_EQ(*writer.write_generated(2'500'000), 2'500'000U);
      EXPECT_EQ(names(), 1U);  // the temporary one
      writer.cancel();
      EXPECT_EQ(names(), 0U);
      EXPECT_EQ(writer.finish().error().code, Errc::misuse);
    }
    {
      auto writer = *ObjectWriter::create(options(3'000'000), *create_atomic_file(path_));
      ASSERT_EQ(*writer.write_generated(2'500'000), 2'500'000U);
    }
    EXPECT_EQ(names(), 0U);
  }
}

TEST_F(Targets, CancelLeavesTheOldFile) {
  testing::write_file(path_, "old");
  auto writer = *ObjectWriter::create(options(3'000'000), *create_atomic_file(path_));
  ASSERT_EQ(*writer.write_generated(2'500'000), 2'500'000U);
  writer.cancel();
  EXPECT_EQ(read_file(path_), "old");
}

TEST_F(Targets, FullDiskSurfaces) {
  auto writer = *ObjectWriter::create(options(3'000'000), *create_atomic_file("/dev/full"));
  const auto written = writer.write_remaining();
  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().system_errno, ENOSPC);
}

// Past the limit of a file's size, in a process of its own.
TEST_F(Targets, FailedFilesLeaveNothing) {
  std::fflush(nullptr);
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{1'000'000, 1'000'000};
    ::setrlimit(RLIMIT_FSIZE, &limit);
    ObjectWriterOptions alone = options(3'000'000);
    alone.threads = 1;
    auto writer = *ObjectWriter::create(alone, *create_atomic_file(path_));
    const auto written = writer.write_remaining();
    ::_exit(!written && written.error().system_errno == EFBIG ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(names(), 0U);
}

TEST_F(Targets, DirectFilesAreTheSame) {
  int written = 0;
  for (const std::uint64_t size : {0ULL, 1ULL, 4095ULL, 4096ULL, 4097ULL, (1ULL << 20) - 1, 1ULL << 20, 3'000'000ULL, 8ULL << 20}) {
    auto target = create_direct_file(path_);
    if (!target && target.error().code == Errc::unsupported) GTEST_SKIP() << "no direct I/O in " << path_;
    ASSERT_TRUE(target.has_value()) << target.error().to_string();
    auto writer = *ObjectWriter::create(options(size), *std::move(target));
    ASSERT_TRUE(writer.write_remaining().has_value());
    const auto report = writer.finish();
    ASSERT_TRUE(report.has_value()) << report.error().to_string();
    EXPECT_EQ(read_file(path_), as_text(whole(options(size).object))) << size;
    ++written;
  }
  EXPECT_EQ(written, 9);
  EXPECT_EQ(names(), 1U);
}

TEST_F(Targets, DirectFilesTakeBytesOfAnyAlignment) {
  auto target = create_direct_file(path_);
  if (!target && target.error().code == Errc::unsupported) GTEST_SKIP() << "no direct I/O in " << path_;
  auto writer = *ObjectWriter::create(options(5'000'000), *std::move(target));
  std::string expected;
  const Bytes object = whole(options(5'000'000).object);
  for (std::size_t at = 0, step = 1; at < object.size(); step = step * 5 + 1) {
    ASSERT_TRUE(writer.write(as_bytes("own")).has_value());
    const std::size_t count = std::min(step, object.size() - at);
    ASSERT_EQ(*writer.write_generated(count), count);
    expected.append("own").append(as_text(ByteView(object).subspan(at, count)));
    at += count;
  }
  ASSERT_TRUE(writer.finish().has_value());
  EXPECT_EQ(read_file(path_), expected);
}

// That the kernel's page cache was gone past, as far as it tells: the descriptor has the flag until the odd end.
TEST_F(Targets, DirectFilesAreDirect) {
  auto target = create_direct_file(path_);
  if (!target && target.error().code == Errc::unsupported) GTEST_SKIP() << "no direct I/O in " << path_;
  int direct = 0;
  for (int fd = 3; fd < 64; ++fd) {
    const int flags = ::fcntl(fd, F_GETFL);
    if (flags >= 0 && (flags & O_DIRECT) != 0) ++direct;
  }
  EXPECT_EQ(direct, 1);
  EXPECT_EQ(create_direct_file("/dev/null").error().code, Errc::misuse);
}

TEST_F(Targets, FilesAreReadBackWhenAsked) {
  ObjectWriterOptions checked = options(2'000'001);
  checked.reopen = [&] { return open_file_source(path_); };
  auto writer = *ObjectWriter::create(checked, *create_atomic_file(path_));
  ASSERT_TRUE(writer.write_remaining().has_value());
  EXPECT_TRUE(writer.finish()->verified);
}

// By how many KiB the most that a process holds grows while it does `work`, in a process of its own.
long peak_growth_kib(const std::function<bool()>& work) {
  int ends[2];
  EXPECT_EQ(::pipe(ends), 0);
  std::fflush(nullptr);
  const pid_t child = ::fork();
  if (child == 0) {
    rusage before{}, after{};
    ::getrusage(RUSAGE_SELF, &before);
    if (!work()) ::_exit(1);
    ::getrusage(RUSAGE_SELF, &after);
    const long growth = after.ru_maxrss - before.ru_maxrss;
    ::_exit(::write(ends[1], &growth, sizeof growth) == sizeof growth ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  long growth = 0;
  EXPECT_EQ(::read(ends[0], &growth, sizeof growth), static_cast<ssize_t>(sizeof growth));
  ::close(ends[0]);
  ::close(ends[1]);
  return growth;
}

bool write_away(const ObjectWriterOptions& options) {
  auto writer = *ObjectWriter::create(options, *create_atomic_file("/dev/null"));
  return writer.write_remaining() && writer.finish();
}

// What the process holds at most does not grow with the object, whatever the compression. A sanitizer keeps some of what is given back.
TEST_F(Targets, BuffersAreBounded) {
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    const auto peak_growth = [&](std::uint64_t size) {
      ObjectWriterOptions large = options(size);
      large.compression = compression;
      large.threads = 1;
      large.object.compress = 20;
      return peak_growth_kib([&] { return write_away(large); });
    };
    EXPECT_LT(peak_growth(400U << 20) - peak_growth(20U << 20), testing::kSanitized ? 16'384 : 2048) << static_cast<int>(compression);
  }
}

// Eight writers at once hold eight times what one is said to hold, whatever their objects' sizes.
TEST_F(Targets, ManyWritersHoldWhatTheySay) {
  if (testing::kSanitized) GTEST_SKIP() << "memory is not what it is elsewhere, and a forked child may have no threads";
  const long growth = peak_growth_kib([&] {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&, i] {
        ObjectWriterOptions own = options(100U << 20);
        own.object.seed.low = static_cast<std::uint64_t>(i);
        if (!write_away(own)) ::_exit(1);
      });
    }
    return true;
  });
  EXPECT_LT(growth, 8 * 6 * 1024 + 16 * 1024);  // three buffers of 1 MiB for each of two threads, of 800 MiB in all; stacks and what is theirs
}

}  // namespace
}  // namespace npk::synth
