// F8: nothing is written outside the target, by neither way of opening.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>
#include <atomic>
#include <thread>

#include "io/descriptor.h"
#include "support/sanitized.h"
#include "support/scratch.h"
#include "tree/restore.h"

namespace npk::tree {
namespace {

using npk::testing::exists;
using npk::testing::read_file;
using npk::testing::ScratchDirectory;
using npk::testing::write_file;

class Confinement : public ::testing::TestWithParam<bool> {
 protected:
  Confinement() {
    EXPECT_EQ(::mkdir((scratch / "outside").c_str(), 0755), 0);
    write_file(scratch / "outside/victim", "untouched");
  }
  std::unique_ptr<TreeWriter> open(RestoreOptions options = {}) {
    options.checked_walk = GetParam();
    auto writer = TreeWriter::open(scratch / "t", std::move(options));
    if (!writer) ADD_FAILURE() << writer.error().to_string();
    return std::move(*writer);
  }
  // Nothing in the directory outside but the victim, and that as it was.
  void expect_outside_untouched() {
    EXPECT_EQ(read_file(scratch / "outside/victim"), "untouched");
    struct stat status {};
    ASSERT_EQ(::stat((scratch / "outside").c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 2U);
    EXPECT_EQ(status.st_mode & 07777, 0755U);
    for (const char* name : {"f", "d", "l", "p", "h"}) EXPECT_FALSE(exists(scratch / "outside/" + name)) << name;
  }
  // Tries every kind of entry at `directory`/…; gives the codes that are not `wanted`.
  void expect_all_refused(TreeWriter& writer, const std::string& directory, Errc wanted) {
    const auto at = [&](const char* name) { return directory + "/" + name; };
    const auto file = writer.create_file(at("f"), 0644);
    ASSERT_FALSE(file) << at("f");
    EXPECT_EQ(file.error().code, wanted) << file.error().to_string();
    EXPECT_EQ(writer.create_directory(at("d"), {}).error().code, wanted);
    EXPECT_EQ(writer.create_symlink(at("l"), "x", {}).error().code, wanted);
    EXPECT_EQ(writer.create_fifo(at("p"), {}).error().code, wanted);
    EXPECT_EQ(writer.create_hard_link(at("h"), "inside").error().code, wanted);
    EXPECT_EQ(writer.create_hard_link("h", at("victim")).error().code, wanted);
    EXPECT_EQ(writer.create_device(at("c"), format::EntryKind::character_device, 1, 3, {}).error().code, wanted);
  }

  ScratchDirectory scratch;
};
INSTANTIATE_TEST_SUITE_P(BothWays, Confinement, ::testing::Bool(),
                         [](const auto& which) { return which.param ? "checked_walk" : "openat2"; });

TEST_P(Confinement, RefusesPathsThatLeadOut) {
  const auto writer = open();
  for (const char* directory : {"..", "../outside", "a/../../outside", "", ".", "/tmp", "a//b", "a/./b"})
    expect_all_refused(*writer, directory, Errc::corrupt);
  EXPECT_EQ(writer->create_file(std::string_view("a\0b", 3), 0644).error().code, Errc::corrupt);
  EXPECT_EQ(writer->create_file(std::string(256, 'n'), 0644).error().code, Errc::limit);
  EXPECT_TRUE(writer->finish());
  expect_outside_untouched();
}

TEST_P(Confinement, DoesNotFollowLinksThatAreThere) {
  const auto writer = open();
  ASSERT_TRUE(
      writer->create_file("inside", 0644).value()->finish(0, {.mode = 0644, .uid = ::geteuid(), .gid = ::getegid()}));
  ASSERT_EQ(::symlink("../outside", (scratch / "t/planted").c_str()), 0);
  expect_all_refused(*writer, "planted", Errc::exists);
  expect_all_refused(*writer, "planted/deeper", Errc::exists);
  EXPECT_EQ(writer->create_directory("planted", {.mode = 0}).error().code, Errc::exists);
  EXPECT_TRUE(writer->finish());
  expect_outside_untouched();
}

TEST_P(Confinement, DoesNotFollowLinksOfThePackage) {
  const auto writer = open();
  ASSERT_TRUE(
      writer->create_file("inside", 0644).value()->finish(0, {.mode = 0644, .uid = ::geteuid(), .gid = ::getegid()}));
  ASSERT_TRUE(writer->create_symlink("out", (scratch / "outside"), {}).value());
  ASSERT_TRUE(writer->create_symlink("up", "..", {}).value());
  ASSERT_TRUE(writer->create_symlink("self", ".", {}).value());
  ASSERT_TRUE(writer->create_symlink("fd", "/proc/self/fd", {}).value());
  for (const char* name : {"out", "up/outside", "self/up/outside", "self", "fd/0"})
    expect_all_refused(*writer, name, Errc::exists);
  EXPECT_EQ(writer->create_file("out", 0644).error().code, Errc::exists);
  EXPECT_TRUE(writer->finish());
  expect_outside_untouched();
}

TEST_P(Confinement, ReplacesLinksWhenOverwriting) {
  const auto writer = open({.existing = Existing::overwrite});
  ASSERT_EQ(::symlink("../outside", (scratch / "t/planted").c_str()), 0);
  ASSERT_EQ(::symlink("../outside/victim", (scratch / "t/file").c_str()), 0);
  auto file = writer->create_file("planted/f", 0644).value();
  ASSERT_TRUE(file->write_at(0, as_bytes("inside")));
  ASSERT_TRUE(file->finish(6, {.uid = ::geteuid(), .gid = ::getegid()}));
  ASSERT_TRUE(writer->create_file("file", 0644).value()->finish(0, {.uid = ::geteuid(), .gid = ::getegid()}));
  EXPECT_TRUE(writer->finish());
  EXPECT_EQ(read_file(scratch / "t/planted/f"), "inside");
  expect_outside_untouched();
}

TEST_P(Confinement, DoesNotFollowALinkPutInADirectorysPlace) {
  // One directory is kept open, so that the others have to be opened again.
  const auto writer = open({.max_open_directories = 1});
  const Metadata metadata{.mode = 0700, .uid = ::geteuid(), .gid = ::getegid()};
  ASSERT_TRUE(writer->create_directory("a", metadata));
  ASSERT_TRUE(writer->create_directory("a/b", metadata));
  ASSERT_TRUE(writer->create_file("a/b/first", 0644).value()->finish(0, metadata));
  ASSERT_TRUE(writer->create_file("other/f", 0644).value()->finish(0, metadata));
  ASSERT_EQ(::rename((scratch / "t/a/b").c_str(), (scratch / "t/a/moved").c_str()), 0);
  ASSERT_EQ(::symlink("../../outside", (scratch / "t/a/b").c_str()), 0);
  const auto file = writer->create_file("a/b/f", 0644);
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().code, Errc::exists);
  EXPECT_TRUE(writer->finish());  // its metadata must not go to what the link names
  expect_outside_untouched();
}

TEST_P(Confinement, HoldsAgainstSomeoneSwappingLinks) {
  const auto writer = open({.existing = Existing::overwrite, .max_open_directories = 1});
  std::atomic<bool> stop{false};
  std::jthread attacker([&] {
    const std::string at = scratch / "t/d";
    const std::string aside = scratch / "t/aside";
    while (!stop) {
      // Directory away, link in; link away, directory back.
      (void)::rename(at.c_str(), aside.c_str());
      (void)!::symlink("../outside", at.c_str());
      ::unlink(at.c_str());
      (void)::rename(aside.c_str(), at.c_str());
    }
  });
  const Metadata metadata{.mode = 0700, .uid = ::geteuid(), .gid = ::getegid()};
  for (int i = 0; i < 2'000; ++i) {
    const std::string name = std::to_string(i);
    (void)writer->create_directory("d", metadata);
    if (auto file = writer->create_file("d/f", 0644); file && *file) (void)(*file)->finish(0, metadata);
    if (auto file = writer->create_file("x/" + name, 0644); file && *file) (void)(*file)->finish(0, metadata);
    (void)writer->create_symlink("d/l", "x", metadata);
    (void)writer->create_directory("d/d", metadata);
  }
  stop = true;
  attacker.join();
  EXPECT_TRUE(writer->finish());
  expect_outside_untouched();
}

TEST_P(Confinement, RefusesUnsafeLinksIfAsked) {
  const auto writer = open({.safe_symlinks = true});
  EXPECT_EQ(writer->create_symlink("a", "/etc/passwd", {}).error().code, Errc::corrupt);
  EXPECT_EQ(writer->create_symlink("a/b", "../../x", {}).error().code, Errc::corrupt);
  EXPECT_TRUE(writer->create_symlink("a/b", "../x", {}).value());
  EXPECT_EQ(writer->create_symlink("c", "", {}).error().code, Errc::corrupt);
  EXPECT_EQ(writer->create_symlink("c", std::string_view("x\0y", 3), {}).error().code, Errc::corrupt);
  EXPECT_EQ(writer->create_symlink("c", std::string(5'000, 'x'), {}).error().system_errno, ENAMETOOLONG);
}

TEST_P(Confinement, GoesThousandsDeep) {
  const auto writer = open({.max_open_directories = 4});
  const Metadata metadata{.mode = 0750, .uid = ::geteuid(), .gid = ::getegid(), .mtime_seconds = 1};
  std::string path;
  const int depth = npk::testing::kSanitized ? 1'000 : 4'000;
  for (int i = 0; i < depth; ++i) {
    path += (i == 0 ? "" : "/") + std::string("directory");
    ASSERT_TRUE(writer->create_directory(path, metadata)) << i;
  }
  ASSERT_TRUE(writer->create_file("elsewhere/f", 0644).value()->finish(0, metadata));
  for (int i = 0; i < 6; ++i)
    ASSERT_TRUE(writer->create_directory("e" + std::to_string(i) + "/f", metadata));  // closes the deep ones
  auto file = writer->create_file(path + "/bottom", 0644);
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_TRUE((*file)->write_at(0, as_bytes("deep")));
  ASSERT_TRUE((*file)->finish(4, metadata));
  ASSERT_TRUE(writer->create_hard_link("top", path + "/bottom").value());
  EXPECT_TRUE(writer->finish());
  EXPECT_EQ(read_file(scratch / "t/top"), "deep");
  struct stat status {};
  ASSERT_EQ(::stat((scratch / "t/directory/directory").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0750U);
  EXPECT_EQ(status.st_mtim.tv_sec, 1);
}

}  // namespace
}  // namespace npk::tree
