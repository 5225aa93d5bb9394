// Directories read by several threads: what comes out is what one thread finds, in the same order, to the last word.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <algorithm>
#include <sstream>
#include <thread>

#include "support/scratch.h"
#include "tree/scan.h"

namespace npk::tree {
namespace {

using npk::testing::ScratchDirectory;
using npk::testing::without_privileges;
using npk::testing::write_file;

using RunJobs = decltype(ScanOptions::run_jobs);

Result<void> in_threads(unsigned count, const std::function<void(unsigned)>& job) {
  std::vector<std::jthread> threads;
  for (unsigned i = 0; i < count; ++i) threads.emplace_back([&job, i] { job(i); });
  return {};
}

// The walk is the last job's if the first ones must not wait for it.
Result<void> one_after_another(unsigned count, const std::function<void(unsigned)>& job) {
  for (unsigned i = count; i-- > 0;) job(i);
  return {};
}

void append(std::ostream& out, const ScannedTree& tree, std::size_t index) {
  const Entry entry = tree.entry(index);
  const Metadata& metadata = entry.metadata;
  out << tree.path(index) << ' ' << static_cast<int>(entry.kind) << ' ' << metadata.mode << ' ' << metadata.uid << ' ' << metadata.gid << ' '
      << metadata.user_name << ' ' << metadata.group_name << ' ' << metadata.mtime_seconds << '.' << metadata.mtime_nanoseconds << ' '
      << entry.size << ' ' << entry.symlink_target << ' ' << entry.link_group << ' ' << entry.sparse << ' ' << entry.file_system << ' '
      << entry.inode << ' ' << entry.ctime_seconds << '.' << entry.ctime_nanoseconds;
  for (const Xattr& xattr : metadata.xattrs) out << ' ' << xattr.name << '=' << as_text(xattr.value);
  out << '\n';
}

// All that a scan says, as text.
std::string told(const std::vector<ScanRoot>& roots, ScanOptions options, unsigned threads, const RunJobs& run_jobs) {
  std::ostringstream out;
  options.threads = threads;
  options.run_jobs = run_jobs;
  options.on_problem = [&](const Error& error) { out << "problem " << error.to_string() << '\n'; };
  options.on_note = [&](const Error& error) { out << "note " << error.to_string() << '\n'; };
  const auto tree = scan(roots, options);
  if (!tree) return "failed: " + tree.error().to_string();
  for (std::size_t i = 0; i < tree->size(); ++i) append(out, *tree, i);
  return out.str();
}

void make_socket(const std::string& path) {
  sockaddr_un address{.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  ASSERT_EQ(::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ::close(socket);
}

// Directories of many sizes, three of them larger than is read at once, and something to report in every corner.
void make_tree(const std::string& root) {
  ASSERT_EQ(::mkdir(root.c_str(), 0755), 0);
  write_file(root + "/linked", "one file");
  for (int outer = 0; outer < 12; ++outer) {
    const std::string directory = root + "/d" + std::to_string(outer);
    ASSERT_EQ(::mkdir(directory.c_str(), 0755), 0);
    for (int inner = 0; inner < (outer % 4 == 3 ? 700 : 9); ++inner) {
      const std::string path = directory + "/" + std::to_string(inner);
      if (inner % 3 != 0) {
        write_file(path, path);
        continue;
      }
      ASSERT_EQ(::mkdir(path.c_str(), 0755), 0);
      write_file(path + "/.x", "");
      ASSERT_EQ(::link((root + "/linked").c_str(), (path + "/same").c_str()), 0);
      ASSERT_EQ(::symlink(("to" + std::to_string(inner)).c_str(), (path + "/sym").c_str()), 0);
    }
    ASSERT_EQ(::setxattr(directory.c_str(), "user.of", "directory", 9, 0), 0);
    ASSERT_EQ(::mkdir((directory + "/closed").c_str(), 0), 0);
    ASSERT_NO_FATAL_FAILURE(make_socket(directory + "/socket"));
  }
}

class ParallelScan : public ::testing::Test {
 protected:
  ParallelScan() : scratch_(npk::testing::directory_with_xattrs()) { make_tree(scratch_ / "t"); }

  void expect_same(const std::vector<ScanRoot>& roots, const ScanOptions& options) const {
    const std::string serial = told(roots, options, 1, {});
    for (int round = 0; round < 5; ++round) {
      for (const unsigned threads : {2U, 3U, 8U}) EXPECT_EQ(told(roots, options, threads, in_threads), serial) << threads;
    }
    EXPECT_EQ(told(roots, options, 4, one_after_another), serial);
    EXPECT_EQ(told(roots, options, 4, {}), serial);
  }
  [[nodiscard]] ScanRoot root(const std::string& path) const { return {.path = path, .base = scratch_.path()}; }

  ScratchDirectory scratch_;
};

TEST_F(ParallelScan, FindsTheSame) {
  expect_same({root("t")}, {});
  EXPECT_GT(std::ranges::count(told({root("t")}, {}, 8, in_threads), '\n'), 4 * 700);
}

TEST_F(ParallelScan, FindsTheSameOfSeveralRoots) {
  expect_same({root("t/d3"), root("missing"), root("t/linked"), root("./t/d1/"), root("t")}, {});
}

TEST_F(ParallelScan, LeavesTheSameOut) {
  ScanOptions options;
  options.exclude = {"d2", "*/0/.x"};
  options.include = {"t/d3", "*sym"};
  options.limits.max_path_bytes = 12;
  expect_same({root("t")}, options);
}

TEST_F(ParallelScan, ReportsTheSameInTheSameOrder) {
  without_privileges([&] {
    expect_same({root("t")}, {});
    const std::string text = told({root("t")}, {}, 8, in_threads);
    EXPECT_NE(text.find("problem"), std::string::npos);
    EXPECT_NE(text.find("note"), std::string::npos);
  });
}

TEST_F(ParallelScan, StopsAtTheSamePlace) {
  ScanOptions few;
  few.limits.max_entries = 1000;
  expect_same({root("t")}, few);
  std::stop_source stop;
  stop.request_stop();
  ScanOptions stopped;
  stopped.stop = stop.get_token();
  expect_same({root("t")}, stopped);
}

}  // namespace
}  // namespace npk::tree
