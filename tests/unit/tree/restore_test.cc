// TreeWriter: what it creates, what it does with what is there, what it reports.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <thread>

#include "io/descriptor.h"
#include "support/scratch.h"
#include "tree/name_collision.h"
#include "tree/restore.h"

namespace npk::tree {
namespace {

using format::EntryKind;
using npk::testing::exists;
using npk::testing::read_file;
using npk::testing::ScratchDirectory;
using npk::testing::without_privileges;
using npk::testing::write_file;

struct stat state_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

Metadata with_mode(std::uint16_t mode) {
  return {.mode = mode,
          .uid = ::geteuid(),
          .gid = ::getegid(),
          .mtime_seconds = 1'000'000'000,
          .mtime_nanoseconds = 987'654'321};
}

Result<bool> put_file(TreeWriter& writer, std::string_view path, std::string_view content, const Metadata& metadata) {
  NPK_ASSIGN(auto file, writer.create_file(path, metadata.mode));
  if (!file) return false;
  NPK_TRY(file->write_at(0, as_bytes(content)));
  NPK_TRY(file->finish(content.size(), metadata));
  return true;
}

void expect_time(const std::string& path) {
  EXPECT_EQ(state_of(path).st_mtim.tv_sec, 1'000'000'000) << path;
  EXPECT_EQ(state_of(path).st_mtim.tv_nsec, 987'654'321) << path;
}

// A writer whose warnings are collected. The target is `directory`/t.
struct Target {
  explicit Target(const std::string& directory, RestoreOptions options = {}) : top(directory + "/t") {
    options.on_warning = [this](const Error& warning) { warnings.push_back(warning); };
    auto opened = TreeWriter::open(top, std::move(options));
    if (opened)
      writer = std::move(*opened);
    else
      ADD_FAILURE() << opened.error().to_string();
  }
  std::string operator/(std::string_view name) const { return top + "/" + std::string(name); }

  std::string top;
  std::vector<Error> warnings;
  std::unique_ptr<TreeWriter> writer;
};

TEST(TreeWriter, RestoresModesAndTimesExactly) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  without_privileges([&] {
    const Target target(scratch.path());
    TreeWriter& writer = *target.writer;
    // Children first and children of closed directories: neither order nor permission is in the way.
    EXPECT_TRUE(put_file(writer, "closed/sub/f", "content", with_mode(0)));
    EXPECT_TRUE(writer.create_directory("closed", with_mode(0)));
    EXPECT_TRUE(writer.create_directory("closed/sub", with_mode(0111)));
    EXPECT_TRUE(writer.create_directory("sticky", with_mode(01777)));
    EXPECT_TRUE(writer.create_directory("plain", with_mode(0755)));
    EXPECT_TRUE(put_file(writer, "plain/wide", "", with_mode(0666)));
    EXPECT_TRUE(put_file(writer, "plain/setuid", "", with_mode(06755)));
    EXPECT_TRUE(writer.create_symlink("plain/link", "no/where", with_mode(0777)).value());
    EXPECT_TRUE(writer.create_fifo("plain/fifo", with_mode(0622)).value());
    EXPECT_TRUE(writer.finish());
    EXPECT_TRUE(target.warnings.empty()) << target.warnings[0].to_string();
    EXPECT_EQ(state_of(target / "closed").st_mode & 07777, 0U);
    expect_time(target / "closed");
    ASSERT_EQ(::chmod((target / "closed").c_str(), 0700), 0);
    EXPECT_EQ(state_of(target / "closed/sub").st_mode & 07777, 0111U);
    EXPECT_EQ(state_of(target / "closed/sub/f").st_mode & 07777, 0U);
    EXPECT_EQ(state_of(target / "sticky").st_mode & 07777, 01777U);
    EXPECT_EQ(state_of(target / "plain/wide").st_mode & 07777, 0666U);
    EXPECT_EQ(state_of(target / "plain/setuid").st_mode & 07777, 06755U);  // one's own file
    EXPECT_EQ(state_of(target / "plain/fifo").st_mode & 07777, 0622U);
    for (const char* name : {"plain", "plain/wide", "plain/link", "plain/fifo", "closed/sub", "closed/sub/f"})
      expect_time(target / name);
    ASSERT_EQ(::chmod((target / "closed/sub").c_str(), 0700), 0);
  });
}

TEST(TreeWriter, DropsSetuidWhereTheOwnerIsAnother) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  without_privileges([&] {
    const Target target(scratch.path());
    Metadata of_root = with_mode(06755);
    of_root.uid = 0;
    EXPECT_TRUE(put_file(*target.writer, "user", "", of_root));
    of_root.gid = 0;
    EXPECT_TRUE(put_file(*target.writer, "both", "", of_root));
    EXPECT_TRUE(target.writer->finish());
    EXPECT_TRUE(target.warnings.empty());  // as with tar, not being root is no news
    const bool root = ::geteuid() == 0;
    EXPECT_EQ(state_of(target / "user").st_mode & 07777, root ? 06755U : 02755U);
    EXPECT_EQ(state_of(target / "both").st_mode & 07777, root ? 06755U : 0755U);
  });
}

TEST(TreeWriter, RestoresOwnersAsRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  Metadata metadata = with_mode(04750);
  metadata.uid = 54'321;
  metadata.gid = 12'345;
  EXPECT_TRUE(put_file(*target.writer, "by_number", "x", metadata));
  EXPECT_TRUE(target.writer->create_symlink("link", "x", metadata));
  EXPECT_TRUE(target.writer->create_directory("dir", metadata));
  EXPECT_TRUE(target.writer->create_device("null", EntryKind::character_device, 1, 3, metadata).value());
  EXPECT_TRUE(target.writer->create_device("disk", EntryKind::block_device, 3'000, 500'000, metadata).value());
  metadata.user_name = "nobody";
  metadata.group_name = "no such group";
  EXPECT_TRUE(put_file(*target.writer, "by_name", "x", metadata));
  EXPECT_TRUE(target.writer->finish());
  EXPECT_TRUE(target.warnings.empty()) << target.warnings[0].to_string();
  for (const char* name : {"by_number", "link", "dir", "null", "disk"}) {
    EXPECT_EQ(state_of(target / name).st_uid, 54'321U) << name;
    EXPECT_EQ(state_of(target / name).st_gid, 12'345U) << name;
    expect_time(target / name);
  }
  EXPECT_EQ(state_of(target / "by_number").st_mode & 07777, 04750U);
  EXPECT_EQ(state_of(target / "disk").st_rdev, 3'000U << 8 | ((500'000ULL & ~0xffULL) << 12) | (500'000 & 0xff));
  EXPECT_EQ(state_of(target / "by_name").st_uid, 65'534U);
  EXPECT_EQ(state_of(target / "by_name").st_gid, 12'345U);
}

TEST(TreeWriter, GivesRootsFilesInADirectoryOfAnotherGroupToTheirOwner) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can give files away";
  const ScratchDirectory scratch;
  ASSERT_EQ(::mkdir((scratch / "t").c_str(), 0755), 0);
  ASSERT_EQ(::chown((scratch / "t").c_str(), 0, 77), 0);
  ASSERT_EQ(::chmod((scratch / "t").c_str(), 02755), 0);  // new entries get its group
  const Target target(scratch.path());
  EXPECT_TRUE(put_file(*target.writer, "d/f", "x", with_mode(0644)));
  EXPECT_TRUE(target.writer->create_directory("d", with_mode(0755)));
  EXPECT_TRUE(target.writer->finish());
  EXPECT_EQ(state_of(target / "d/f").st_gid, ::getegid());
  EXPECT_EQ(state_of(target / "d").st_gid, ::getegid());
  EXPECT_EQ(state_of(target / "d").st_mode & 07777, 0755U);
}

TEST(TreeWriter, RestoresAttributesAndAcls) {
  const ScratchDirectory scratch(npk::testing::directory_with_xattrs());
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  // struct posix_acl_xattr: version 2; user::rw-, user:1234:r--, group::r--, mask::r--, other::---
  const Bytes acl{2, 0,    0,    0,    0x01, 0,    6,    0, 0xff, 0xff, 0xff, 0xff, 0x02, 0,    4,
                  0, 0xd2, 0x04, 0,    0,    0x04, 0,    4, 0,    0xff, 0xff, 0xff, 0xff, 0x10, 0,
                  4, 0,    0xff, 0xff, 0xff, 0xff, 0x20, 0, 0,    0,    0xff, 0xff, 0xff, 0xff};
  const Bytes value{'v', 0, 'w'};
  const std::vector<Xattr> of_file{{.name = "user.note", .value = value}, {.name = kAccessAcl, .value = acl}};
  const std::vector<Xattr> of_directory{{.name = "user.note", .value = value}, {.name = kDefaultAcl, .value = acl}};
  without_privileges([&] {
    const Target target(scratch.path());
    Metadata metadata = with_mode(0440);
    metadata.xattrs = of_file;
    EXPECT_TRUE(put_file(*target.writer, "d/f", "x", metadata));
    metadata.mode = 0755;
    metadata.xattrs = of_directory;
    EXPECT_TRUE(target.writer->create_directory("d", metadata));
    EXPECT_TRUE(target.writer->finish());
    EXPECT_TRUE(target.warnings.empty()) << target.warnings[0].to_string();
    char read[100];
    EXPECT_EQ(::getxattr((target / "d/f").c_str(), "user.note", read, sizeof read), 3);
    EXPECT_EQ(::getxattr((target / "d/f").c_str(), kAccessAcl.data(), read, sizeof read),
              static_cast<ssize_t>(acl.size()));
    EXPECT_EQ(::getxattr((target / "d").c_str(), kDefaultAcl.data(), read, sizeof read),
              static_cast<ssize_t>(acl.size()));
    EXPECT_EQ(::getxattr((target / "d").c_str(), "user.note", read, sizeof read), 3);
    expect_time(target / "d/f");
    // A second run into the directory, which now has a default ACL: new files don't get it.
    const Target again(scratch.path());
    EXPECT_TRUE(put_file(*again.writer, "d/plain", "x", with_mode(0644)));
    EXPECT_TRUE(again.writer->create_directory("d/sub", with_mode(0755)));
    EXPECT_TRUE(put_file(*again.writer, "d/sub/plain", "x", with_mode(0666)));
    EXPECT_TRUE(again.writer->finish());
    EXPECT_TRUE(again.warnings.empty()) << again.warnings[0].to_string();
    EXPECT_LT(::getxattr((target / "d/plain").c_str(), kAccessAcl.data(), read, sizeof read), 0);
    EXPECT_LT(::getxattr((target / "d/sub").c_str(), kDefaultAcl.data(), read, sizeof read), 0);
    EXPECT_EQ(state_of(target / "d/plain").st_mode & 07777, 0644U);
    EXPECT_EQ(state_of(target / "d/sub/plain").st_mode & 07777, 0666U);
  });
}

TEST(TreeWriter, ReportsWhatCantBeRestoredAndGoesOn) {
  const ScratchDirectory scratch;
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  const Bytes value{1};
  const std::vector<Xattr> odd{{.name = "nosuch.namespace", .value = value},
                               {.name = std::string_view("user.z\0ero", 10), .value = value},
                               {.name = kAccessAcl, .value = value}};
  without_privileges([&] {
    const Target target(scratch.path());
    Metadata metadata = with_mode(0600);
    metadata.xattrs = odd;
    EXPECT_TRUE(put_file(*target.writer, "f", "data", metadata));
    EXPECT_EQ(target.warnings.size(), 3U);
    for (const Error& warning : target.warnings) EXPECT_EQ(warning.path, "f");
    metadata = with_mode(0600);
    metadata.mtime_nanoseconds = 0x3fff'ffff;  // UTIME_NOW
    EXPECT_TRUE(put_file(*target.writer, "time", "data", metadata));
    EXPECT_EQ(target.warnings.size(), 4U);
    if (::geteuid() != 0) {
      EXPECT_FALSE(target.writer->create_device("device", EntryKind::block_device, 8, 0, with_mode(0600)).value());
      EXPECT_EQ(target.warnings.size(), 5U);
      EXPECT_FALSE(exists(target / "device"));
    }
    EXPECT_TRUE(target.writer->finish());
    EXPECT_EQ(read_file(target / "f"), "data");
  });
}

TEST(TreeWriter, LinksHardAndMakesHoles) {
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  auto file = std::move(*target.writer->create_file("a/big", 0600).value());
  ASSERT_TRUE(file.write_at(5ULL << 30, as_bytes("end")));
  ASSERT_TRUE(file.write_at(1 << 20, as_bytes("start")));
  ASSERT_TRUE(file.finish((6ULL << 30) + 1, with_mode(0600)));
  EXPECT_EQ(file.finish(1, with_mode(0600)).error().code, Errc::misuse);
  EXPECT_TRUE(target.writer->create_hard_link("b/other", "a/big").value());
  EXPECT_TRUE(target.writer->create_symlink("s", "a/big", with_mode(0777)).value());
  EXPECT_TRUE(target.writer->create_hard_link("s2", "s").value());
  EXPECT_TRUE(target.writer->finish());
  EXPECT_EQ(state_of(target / "a/big").st_size, (6LL << 30) + 1);
  EXPECT_LT(state_of(target / "a/big").st_blocks, 1'000);
  EXPECT_EQ(state_of(target / "a/big").st_ino, state_of(target / "b/other").st_ino);
  EXPECT_TRUE(S_ISLNK(state_of(target / "s2").st_mode));
  EXPECT_EQ(target.writer->create_hard_link("c", "a/missing").error().code, Errc::not_found);
  EXPECT_EQ(target.writer->create_hard_link("c", "c").error().code, Errc::corrupt);
  EXPECT_EQ(target.writer->create_hard_link("c", "../a").error().code, Errc::corrupt);
}

TEST(TreeWriter, RemovesAFileThatIsNotFinished) {
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  {
    auto file = target.writer->create_file("f", 0600).value();
    ASSERT_TRUE(file->write_at(0, as_bytes("half")));
    EXPECT_TRUE(exists(target / "f"));
  }
  EXPECT_FALSE(exists(target / "f"));
  auto file = target.writer->create_file("f", 0600).value();
  EXPECT_EQ(file->finish(~0ULL, with_mode(0600)).error().code, Errc::io);
  file.reset();
  EXPECT_FALSE(exists(target / "f"));
}

TEST(TreeWriter, ReportsAFullDisk) {
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  auto file = target.writer->create_file("f", 0600).value();
  ::signal(SIGXFSZ, SIG_IGN);
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const rlimit small{.rlim_cur = 100, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &small), 0);
  const auto written = file->write_at(0, Bytes(200));
  const auto finished = file->finish(300, with_mode(0600));
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
  EXPECT_EQ(written.error().code, Errc::io);
  EXPECT_EQ(written.error().system_errno, EFBIG);
  EXPECT_EQ(finished.error().code, Errc::io);
  file.reset();
  EXPECT_FALSE(exists(target / "f"));
}

void fill_with_old_entries(const Target& target) {
  ASSERT_EQ(::mkdir((target / "dir").c_str(), 0700), 0);
  ASSERT_EQ(::mkdir((target / "empty").c_str(), 0700), 0);
  write_file(target / "dir/f", "old");
  write_file(target / "file", "old");
  ASSERT_EQ(::symlink("file", (target / "link").c_str()), 0);
}

TEST(TreeWriter, LeavesWhatIsThereAloneByDefault) {
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  fill_with_old_entries(target);
  for (const char* name : {"file", "link", "dir", "empty", "dir/f"})
    EXPECT_EQ(put_file(*target.writer, name, "new", with_mode(0600)).error().code, Errc::exists) << name;
  EXPECT_EQ(target.writer->create_symlink("file", "x", with_mode(0777)).error().code, Errc::exists);
  EXPECT_EQ(target.writer->create_hard_link("file", "dir/f").error().code, Errc::exists);
  EXPECT_EQ(target.writer->create_fifo("link", with_mode(0600)).error().code, Errc::exists);
  EXPECT_EQ(target.writer->create_directory("file", with_mode(0755)).error().code, Errc::exists);
  EXPECT_TRUE(target.writer->create_directory("dir", with_mode(0755)));
  EXPECT_TRUE(put_file(*target.writer, "dir/new", "new", with_mode(0600)));
  EXPECT_TRUE(target.writer->finish());
  EXPECT_EQ(read_file(target / "file"), "old");
  EXPECT_EQ(read_file(target / "dir/new"), "new");
  EXPECT_EQ(state_of(target / "dir").st_mode & 07777, 0700U);
}

TEST(TreeWriter, PassesOverWhatIsKept) {
  const ScratchDirectory scratch;
  const Target target(scratch.path(), {.existing = Existing::keep});
  fill_with_old_entries(target);
  for (const char* name : {"file", "link", "dir", "empty"})
    EXPECT_FALSE(put_file(*target.writer, name, "new", with_mode(0600)).value());
  EXPECT_FALSE(target.writer->create_symlink("file", "x", with_mode(0777)).value());
  EXPECT_TRUE(target.writer->create_directory("dir", with_mode(0755)));
  EXPECT_TRUE(target.writer->finish());
  EXPECT_EQ(read_file(target / "file"), "old");
  EXPECT_EQ(state_of(target / "dir").st_mode & 07777, 0700U);
}

TEST(TreeWriter, OverwritesAllButFullDirectories) {
  const ScratchDirectory scratch;
  const Target target(scratch.path(), {.existing = Existing::overwrite});
  fill_with_old_entries(target);
  for (const char* name : {"file", "link", "empty", "dir/f"})
    EXPECT_TRUE(put_file(*target.writer, name, "new", with_mode(0600)).value()) << name;
  EXPECT_EQ(put_file(*target.writer, "dir", "new", with_mode(0600)).error().code, Errc::exists);
  EXPECT_TRUE(target.writer->create_directory("dir", with_mode(0751)));
  EXPECT_TRUE(target.writer->create_directory("file", with_mode(0755)));
  EXPECT_TRUE(target.writer->create_directory("mine", with_mode(0755)));
  EXPECT_EQ(put_file(*target.writer, "mine", "new", with_mode(0600)).error().code, Errc::exists);
  EXPECT_TRUE(target.writer->finish());
  EXPECT_TRUE(S_ISREG(state_of(target / "link").st_mode));
  EXPECT_TRUE(S_ISDIR(state_of(target / "file").st_mode));
  EXPECT_EQ(read_file(target / "dir/f"), "new");
  EXPECT_EQ(state_of(target / "dir").st_mode & 07777, 0751U);
}

TEST(TreeWriter, WorksFromManyThreads) {
  const ScratchDirectory scratch;
  const Target target(scratch.path(), {.max_open_directories = 3});
  constexpr int kThreads = 8;
  constexpr int kFiles = 300;
  std::atomic<int> failed{0};
  {
    std::vector<std::jthread> threads;
    for (int t = 0; t < kThreads; ++t) {
      threads.emplace_back([&, t] {
        for (int i = 0; i < kFiles; ++i) {
          const std::string directory = "d" + std::to_string(i % 10) + "/e" + std::to_string(i % 7);
          if (!put_file(*target.writer, directory + "/f" + std::to_string(t) + "-" + std::to_string(i), "x",
                        with_mode(0644)))
            ++failed;
          if (!target.writer->create_directory(directory, with_mode(0755))) ++failed;
        }
      });
    }
  }
  EXPECT_TRUE(target.writer->finish());
  EXPECT_EQ(failed, 0);
  EXPECT_TRUE(target.warnings.empty());
  int found = 0;
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kFiles; ++i)
      found += exists(target / ("d" + std::to_string(i % 10) + "/e" + std::to_string(i % 7) + "/f" + std::to_string(t) +
                                "-" + std::to_string(i)));
  }
  EXPECT_EQ(found, kThreads * kFiles);
  expect_time(target / "d3/e3");
}

TEST(TreeWriter, WritesOneFileFromManyThreads) {
  const ScratchDirectory scratch;
  const Target target(scratch.path());
  auto file = target.writer->create_file("f", 0600).value();
  {
    std::vector<std::jthread> threads;
    for (std::uint64_t t = 0; t < 4; ++t) {
      threads.emplace_back([&, t] {
        for (std::uint64_t i = t; i < 100; i += 4) EXPECT_TRUE(file->write_at(i * 10, as_bytes("0123456789")));
      });
    }
  }
  EXPECT_TRUE(file->finish(1'000, with_mode(0600)));
  EXPECT_EQ(state_of(target / "f").st_size, 1'000);
}

TEST(TreeWriter, RefusesATargetThatIsNoDirectory) {
  const ScratchDirectory scratch;
  write_file(scratch / "file", "");
  EXPECT_EQ(TreeWriter::open(scratch / "file").error().system_errno, ENOTDIR);
  EXPECT_EQ(TreeWriter::open(scratch / "file/below").error().system_errno, ENOTDIR);
  EXPECT_EQ(TreeWriter::open("").error().code, Errc::misuse);
  EXPECT_TRUE(TreeWriter::open(scratch / "new//deeper/"));
  EXPECT_TRUE(TreeWriter::open(scratch / "new/deeper"));
  EXPECT_FALSE(TreeWriter::open_at(-1));
}

// No case-folding file system can be counted on; a hard link under the other case looks like one to the first look-up.
TEST(NameCollision, TellsAnotherNameFromTheSame) {
  const ScratchDirectory scratch;
  write_file(scratch / "readme", "");
  write_file(scratch / "OTHER", "");
  write_file(scratch / "other", "");
  ASSERT_EQ(::link((scratch / "readme").c_str(), (scratch / "README").c_str()), 0);
  const int directory = ::open(scratch.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  EXPECT_FALSE(is_name_collision(directory, "readme", state_of(scratch / "readme")));
  EXPECT_FALSE(is_name_collision(directory, "other", state_of(scratch / "other")));
  EXPECT_TRUE(lacks_exact_name(directory, "Readme"));
  EXPECT_FALSE(lacks_exact_name(directory, "README"));
  // As on a file system where "reADME" finds readme: its other case, "REadme", must find the same file.
  ASSERT_EQ(::link((scratch / "readme").c_str(), (scratch / "REadme").c_str()), 0);
  EXPECT_TRUE(is_name_collision(directory, "reADME", state_of(scratch / "readme")));
  EXPECT_TRUE(is_name_collision(directory, "\xc3\x89", state_of(scratch / "readme")));
  EXPECT_FALSE(is_name_collision(directory, "123", state_of(scratch / "readme")));
  ::close(directory);
}

}  // namespace
}  // namespace npk::tree
