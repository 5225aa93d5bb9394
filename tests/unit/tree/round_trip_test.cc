// P1: what was scanned comes back as it was.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>
#include <algorithm>
#include <map>

#include "io/descriptor.h"
#include "support/scratch.h"
#include "tree/extents.h"
#include "tree/restore.h"
#include "tree/scan.h"

namespace npk::tree {
namespace {

using format::EntryKind;
using npk::testing::ScratchDirectory;
using npk::testing::without_privileges;
using npk::testing::write_file;

void set_time(const std::string& path, std::int64_t seconds, long nanoseconds) {
  const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = nanoseconds}, {.tv_sec = seconds, .tv_nsec = nanoseconds}};
  ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, AT_SYMLINK_NOFOLLOW), 0) << path;
}

void set_xattr_text(const std::string& path, const char* name, std::string_view value) {
  ASSERT_EQ(::lsetxattr(path.c_str(), name, value.data(), value.size(), 0), 0) << path << " " << name;
}

// One of everything.
void make_everything(const ScratchDirectory& scratch) {
  ASSERT_EQ(::mkdir((scratch / "from").c_str(), 0755), 0);
  const auto at = [&](std::string_view name) { return (scratch / "from/") + std::string(name); };
  for (const char* name : {"empty dir", "dir", "dir/sub", "dir/readonly"})
    ASSERT_EQ(::mkdir(at(name).c_str(), 0755), 0);
  write_file(at("dir/file"), "some content\n");
  write_file(at("dir/readonly/inside"), "x");
  write_file(at("empty"), "");
  write_file(at("not\xff utf-8 \xc3"), "bytes");
  write_file(at("new\nline"), "odd");
  write_file(at(std::string(255, 'n')), "longest name");
  write_file(at("dir/modes"), "#!/bin/sh\n");
  ASSERT_EQ(::chmod(at("dir/modes").c_str(), 0571), 0);
  ASSERT_EQ(::chmod(at("empty").c_str(), 0), 0);
  ASSERT_EQ(::symlink("no/where/\xff", at("dangling").c_str()), 0);
  ASSERT_EQ(::symlink("..", at("dir/up").c_str()), 0);
  ASSERT_EQ(::link(at("dir/file").c_str(), at("dir/sub/again").c_str()), 0);
  ASSERT_EQ(::link(at("dangling").c_str(), at("dangling too").c_str()), 0);
  ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0640), 0);
  const io::FileDescriptor sparse(::open(at("sparse").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
  ASSERT_TRUE(io::write_fully_at(sparse.get(), 5ULL << 30, as_bytes("far"), "sparse"));
  ASSERT_EQ(::ftruncate(sparse.get(), (5LL << 30) + (1 << 20)), 0);
  ASSERT_EQ(::fsync(sparse.get()), 0);
  set_xattr_text(at("dir/file"), "user.note", std::string_view("a\0b", 3));
  set_xattr_text(at("dir"), "user.of.directory", std::string(2'000, 'z'));
  set_time(at("dir/file"), 1'234'567'890, 123'456'789);
  set_time(at("dangling"), -5, 999'999'999);
  set_time(at("fifo"), 0, 1);
}

void add_what_only_root_can(const ScratchDirectory& scratch) {
  const auto at = [&](const char* name) { return (scratch / "from/") + std::string(name); };
  ASSERT_EQ(::mknod(at("device").c_str(), S_IFCHR | 0660, makedev(1, 3)), 0);
  ASSERT_EQ(::mknod(at("block").c_str(), S_IFBLK | 0600, makedev(259, 1'048'575)), 0);
  write_file(at("owned"), "x");
  ASSERT_EQ(::chown(at("owned").c_str(), 4'000'000'000U, 1'234), 0);
  ASSERT_EQ(::chmod(at("owned").c_str(), 06755), 0);
  ASSERT_EQ(::lchown(at("dir/up").c_str(), 5, 6), 0);
  ASSERT_EQ(::chown(at("empty dir").c_str(), 7, 8), 0);
  ASSERT_EQ(::chmod(at("empty dir").c_str(), 03770), 0);
  // cap_net_raw+ep, version 2
  const unsigned char capability[20] = {1, 0, 0, 2, 0, 0x20, 0, 0};
  ASSERT_EQ(::setxattr(at("dir/modes").c_str(), "security.capability", capability, sizeof capability, 0), 0);
  set_xattr_text(at("dangling"), "trusted.on.link", "t");
  set_xattr_text(at("device"), "trusted.on.device", "t");
}

void restore_file(const ScannedTree& tree, std::size_t index, TreeWriter& writer, const std::string& path) {
  const Entry entry = tree.entry(index);
  auto file = writer.create_file(path, entry.metadata.mode);
  ASSERT_TRUE(file) << file.error().to_string();
  auto opened = tree.open(index);
  ASSERT_TRUE(opened) << opened.error().to_string();
  std::uint64_t at = 0;
  std::vector<Hole> holes = find_holes(opened->descriptor.get(), entry.size).value();
  holes.push_back({.offset = entry.size, .length = 0});
  for (const Hole& hole : holes) {
    Bytes data(hole.offset - at);
    ASSERT_EQ(io::read_fully_at(opened->descriptor.get(), at, data, path).value(), data.size());
    ASSERT_TRUE((*file)->write_at(at, data));
    at = hole.offset + hole.length;
  }
  const auto finished = (*file)->finish(entry.size, entry.metadata);
  ASSERT_TRUE(finished) << finished.error().to_string();
}

void restore_entry(const ScannedTree& tree, std::size_t index, TreeWriter& writer,
                   std::map<std::uint32_t, std::string>& linked) {
  const Entry entry = tree.entry(index);
  const std::string path = tree.path(index);
  if (entry.link_group != 0) {
    const auto [first, is_first] = linked.try_emplace(entry.link_group, path);
    if (!is_first) {
      EXPECT_TRUE(writer.create_hard_link(path, first->second));
      return;
    }
  }
  switch (entry.kind) {
    case EntryKind::regular:
      return restore_file(tree, index, writer, path);
    case EntryKind::directory:
      EXPECT_TRUE(writer.create_directory(path, entry.metadata));
      return;
    case EntryKind::symlink:
      EXPECT_TRUE(writer.create_symlink(path, entry.symlink_target, entry.metadata));
      return;
    case EntryKind::fifo:
      EXPECT_TRUE(writer.create_fifo(path, entry.metadata));
      return;
    default:
      EXPECT_TRUE(writer.create_device(path, entry.kind, entry.device_major, entry.device_minor, entry.metadata));
  }
}

void expect_same(const ScannedTree& before, const ScannedTree& after) {
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    const Entry a = before.entry(i);
    const Entry b = after.entry(i);
    const std::string path = before.path(i);
    SCOPED_TRACE(path);
    EXPECT_EQ(path, after.path(i));
    EXPECT_EQ(a.kind, b.kind);
    EXPECT_EQ(a.metadata.mode, b.metadata.mode);
    EXPECT_EQ(a.metadata.uid, b.metadata.uid);
    EXPECT_EQ(a.metadata.gid, b.metadata.gid);
    EXPECT_EQ(a.metadata.mtime_seconds, b.metadata.mtime_seconds);
    EXPECT_EQ(a.metadata.mtime_nanoseconds, b.metadata.mtime_nanoseconds);
    EXPECT_EQ(a.size, b.size);
    EXPECT_EQ(a.symlink_target, b.symlink_target);
    EXPECT_EQ(a.device_major, b.device_major);
    EXPECT_EQ(a.device_minor, b.device_minor);
    EXPECT_EQ(a.link_group, b.link_group);
    EXPECT_EQ(a.sparse, b.sparse);
    const auto attributes = [](const Entry& entry) {
      std::map<std::string, std::string> all;
      for (const Xattr& xattr : entry.metadata.xattrs) all.emplace(xattr.name, as_text(xattr.value));
      return all;
    };
    EXPECT_EQ(attributes(a), attributes(b));
    if (a.kind != EntryKind::regular) continue;
    const auto holes_a = find_holes(before.open(i).value().descriptor.get(), a.size).value();
    EXPECT_EQ(holes_a, find_holes(after.open(i).value().descriptor.get(), b.size).value());
  }
}

void round_trip(const ScratchDirectory& scratch, std::size_t entries) {
  std::vector<Error> complaints;
  ScanOptions options;
  options.on_problem = [&](const Error& error) { complaints.push_back(error); };
  options.on_note = options.on_problem;
  const auto before = scan({{.path = ".", .base = scratch / "from"}}, options).value();
  EXPECT_EQ(before.size(), entries);
  RestoreOptions restore;
  restore.on_warning = options.on_problem;
  const auto writer = TreeWriter::open(scratch / "to", restore).value();
  std::map<std::uint32_t, std::string> linked;
  for (std::size_t i = 0; i < before.size(); ++i) restore_entry(before, i, *writer, linked);
  EXPECT_TRUE(writer->finish());
  EXPECT_TRUE(complaints.empty()) << complaints[0].to_string();
  expect_same(before, scan({{.path = ".", .base = scratch / "to"}}, options).value());
  EXPECT_TRUE(complaints.empty()) << complaints[0].to_string();
}

constexpr std::size_t kEveryonesEntries = 17;

TEST(RoundTrip, BringsEverythingBackToAnOrdinaryUser) {
  const ScratchDirectory scratch(npk::testing::directory_with_xattrs());
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  without_privileges([&] {
    make_everything(scratch);
    ASSERT_EQ(::chmod((scratch / "from/empty").c_str(), 0400), 0);  // else only root could read it
    ASSERT_EQ(::chmod((scratch / "from/dir/readonly").c_str(), 0555), 0);
    round_trip(scratch, kEveryonesEntries);
  });
}

TEST(RoundTrip, BringsEverythingBackToRoot) {
  if (::geteuid() != 0) GTEST_SKIP() << "the rest needs root; the test before this one has covered what does not";
  const ScratchDirectory scratch(npk::testing::directory_with_xattrs());
  make_everything(scratch);
  add_what_only_root_can(scratch);
  round_trip(scratch, kEveryonesEntries + 3);
}

}  // namespace
}  // namespace npk::tree
