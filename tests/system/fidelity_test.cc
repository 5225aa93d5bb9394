// P1: a tree with everything at once, packed and extracted, compared by a comparer that knows nothing of npk; as root and as another user.
#include <algorithm>
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "npk/ops/create.h"
#include "npk/ops/extract.h"
#include "npk/reader.h"
#include "support/scratch.h"
#include "system/tree_snapshot.h"

namespace npk {
namespace {

using testing::difference;
using testing::ScratchDirectory;
using testing::snapshot;
using testing::write_file;

bool is_root() { return ::geteuid() == 0; }

// An ACL in the kernel's form, version 2: owner rw, user 1000 r, group r, mask r, others none.
std::string acl(bool with_execute) {
  std::string out("\2\0\0\0", 4);
  const auto entry = [&](unsigned tag, unsigned permissions, std::uint32_t id) {
    for (const std::uint32_t value : {tag, permissions}) {
      out += static_cast<char>(value & 0xFF);
      out += static_cast<char>(value >> 8);
    }
    for (int shift = 0; shift < 32; shift += 8) out += static_cast<char>(id >> shift);
  };
  const unsigned execute = with_execute ? 1U : 0U;
  entry(0x01, 6U | execute, UINT32_MAX);
  entry(0x02, 4U | execute, 1000);
  entry(0x04, 4U | execute, UINT32_MAX);
  entry(0x10, 4U | execute, UINT32_MAX);
  entry(0x20, 0, UINT32_MAX);
  return out;
}

class TreeMaker {
 public:
  explicit TreeMaker(std::string root) : root_(std::move(root)) {}

  void everything() {
    directories();
    files();
    links_and_pipes();
    deep_path();
    sparse_files();
    attributes();
    if (is_root()) what_only_root_can();
    times();
  }

 private:
  std::string at(const std::string& name) const { return root_ + "/" + name; }
  void set_time(const std::string& name, std::int64_t seconds, long nanoseconds) {
    const timespec times[2] = {{seconds, nanoseconds}, {seconds, nanoseconds}};
    ASSERT_EQ(::utimensat(AT_FDCWD, at(name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0) << name;
  }
  void set_xattr(const std::string& name, const char* attribute, const std::string& value) {
    ASSERT_EQ(::lsetxattr(at(name).c_str(), attribute, value.data(), value.size(), 0), 0) << name << " " << attribute << ": " << std::strerror(errno);
  }

  void directories() {
    for (const char* name : {"", "empty dir", "dir", "dir/sub", "dir/read only", ".hidden", "sticky", "setgid", "sparse"})
      ASSERT_EQ(::mkdir(at(name).c_str(), 0755), 0) << name;
    ASSERT_EQ(::chmod(at("sticky").c_str(), 01777), 0);
    ASSERT_EQ(::chmod(at("setgid").c_str(), 02750), 0);
  }

  void files() {
    write_file(at("empty"), "");
    write_file(at("dir/file"), "some content\n");
    write_file(at("dir/read only/inside"), "x");
    write_file(at("not\xff utf-8 \xc3"), "bytes");
    write_file(at("new\nline\\ and \"quotes\""), "odd");
    write_file(at("grüße 你好"), "unicode");
    write_file(at(".hidden/.dotfile"), "dot");
    write_file(at(std::string(255, 'n')), "longest name");
    write_file(at("dir/sub/large"), std::string(3'000'000, 'l') + "end");
    write_file(at("dir/sub/twin"), std::string(3'000'000, 'l') + "end");
    int bits = 0;
    for (const mode_t mode : {0777U, 0640U, 0400U, 0001U, 04755U, 02711U, 06755U, 01644U}) {
      const std::string name = "dir/mode" + std::to_string(bits++);
      write_file(at(name), "mode");
      ASSERT_EQ(::chmod(at(name).c_str(), is_root() ? mode : mode | 0400U), 0);
    }
    ASSERT_EQ(::chmod(at("dir/read only").c_str(), 0555), 0);
  }

  void links_and_pipes() {
    ASSERT_EQ(::symlink("no/where/\xff", at("dangling").c_str()), 0);
    ASSERT_EQ(::symlink("../dir/file", at("dir/up").c_str()), 0);
    ASSERT_EQ(::symlink("/absolute/target", at("absolute").c_str()), 0);
    ASSERT_EQ(::symlink(std::string(4000, 't').c_str(), at("long target").c_str()), 0);
    ASSERT_EQ(::symlink("loop", at("loop").c_str()), 0);
    ASSERT_EQ(::link(at("dir/file").c_str(), at("dir/sub/again").c_str()), 0);
    ASSERT_EQ(::link(at("dir/file").c_str(), at("a third name").c_str()), 0);
    ASSERT_EQ(::link(at("empty").c_str(), at("zz empty too").c_str()), 0);
    ASSERT_EQ(::linkat(AT_FDCWD, at("dangling").c_str(), AT_FDCWD, at("dangling too").c_str(), 0), 0);
    ASSERT_EQ(::mkfifo(at("fifo").c_str(), 0640), 0);
    ASSERT_EQ(::link(at("fifo").c_str(), at("fifo too").c_str()), 0);
    const int fd = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::strncpy(address.sun_path, at("socket").c_str(), sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0) << std::strerror(errno);
    ::close(fd);
  }

  // 25 components of 200 bytes: more than PATH_MAX in all; files on the way at every depth.
  void deep_path() {
    int directory = ::open(root_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    for (int depth = 0; depth < 25; ++depth) {
      const std::string name = std::string(197, 'd') + std::to_string(100 + depth);
      ASSERT_EQ(::mkdirat(directory, name.c_str(), 0755), 0);
      const int next = ::openat(directory, name.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      ASSERT_GE(next, 0);
      ::close(directory);
      directory = next;
      const int file = ::openat(directory, "file", O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
      ASSERT_EQ(::write(file, name.data(), name.size()), static_cast<ssize_t>(name.size()));
      ::close(file);
    }
    ::close(directory);
  }

  void sparse(const std::string& name, off_t size, std::initializer_list<off_t> data) {
    const int fd = ::open(at(name).c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ASSERT_GE(fd, 0);
    const std::string text(10'000, 's');
    for (const off_t offset : data) ASSERT_EQ(::pwrite(fd, text.data(), text.size(), offset), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(::ftruncate(fd, size), 0);
    ASSERT_EQ(::fsync(fd), 0);
    ::close(fd);
  }

  void sparse_files() {
    sparse("sparse/above 4 GiB", (5LL << 30) + 12'345, {0, (4LL << 30) - 5'000, 5LL << 30});
    sparse("sparse/all hole", 3 << 20, {});
    sparse("sparse/hole at the end", 2 << 20, {0});
    sparse("sparse/hole at the start", 2'000'000, {1'990'000});
    sparse("sparse/holes on borders", 8 << 20, {(1 << 20) - 4096, 2 << 20, (3 << 20) - 10'000});
  }

  void attributes() {
    set_xattr("dir/file", "user.note", std::string("a\0b", 3));
    set_xattr("dir/file", "user.empty", "");
    set_xattr("dir", "user.of.directory", std::string(2'000, 'z'));
    set_xattr("empty", "user.only", "attribute");
    set_xattr("dir/sub/twin", "system.posix_acl_access", acl(false));
    set_xattr("dir/sub", "system.posix_acl_default", acl(true));
    set_xattr("empty dir", "system.posix_acl_access", acl(true));
  }

  void what_only_root_can() {
    ASSERT_EQ(::mknod(at("device").c_str(), S_IFCHR | 0660, makedev(1, 3)), 0);
    ASSERT_EQ(::mknod(at("block").c_str(), S_IFBLK | 0600, makedev(259, 1'048'575)), 0);
    ASSERT_EQ(::link(at("device").c_str(), at("device too").c_str()), 0);
    write_file(at("owned"), "x");
    ASSERT_EQ(::chown(at("owned").c_str(), 4'000'000'000U, 1'234), 0);
    ASSERT_EQ(::chmod(at("owned").c_str(), 06755), 0);
    ASSERT_EQ(::lchown(at("dir/up").c_str(), 5, 6), 0);
    ASSERT_EQ(::chown(at("empty dir").c_str(), 7, 8), 0);
    ASSERT_EQ(::chown(at("sticky").c_str(), 65'534, 0), 0);
    const char capability[20] = {1, 0, 0, 2, 0, 0x20, 0, 0};
    set_xattr("dir/mode0", "security.capability", std::string(capability, sizeof capability));
    set_xattr("dangling", "trusted.on.link", "t");
    set_xattr("device", "trusted.on.device", "t");
  }

  void times() {
    set_time("dir/file", 1'234'567'890, 123'456'789);
    set_time("dir/sub/twin", -1, 1);                       // before 1970
    set_time("empty", -2'000'000'000, 999'999'999);        // before 1910
    set_time("dangling", -5, 999'999'999);
    set_time("fifo", 0, 1);
    set_time("dir/mode1", 0, 0);
    set_time("dir/mode2", 4'300'000'000, 500);             // beyond 32 bits
    set_time("dir/read only", 1'000'000'000, 1);
    set_time("sparse", 999, 999);
    set_time("empty dir", 1'500'000'000, 7);
    set_time("dir", 1'500'000'001, 8);
  }

  std::string root_;
};

struct Outcome {
  ops::CreateReport created;
  ops::ExtractReport extracted;
  std::vector<std::string> notes, problems;
};

Outcome pack_and_extract(const std::string& from, const std::string& package, const std::string& to, WriterOptions writer = {}) {
  Outcome out;
  ops::CreateOptions create;
  create.inputs = {{".", from}};
  create.package_path = package;
  create.writer = std::move(writer);
  create.writer.problem = [&](const Error& error) { out.problems.push_back(error.to_string()); };
  create.note = [&](const Error& error) { out.notes.push_back(error.to_string()); };
  auto created = ops::create(create);
  EXPECT_TRUE(created) << created.error().to_string();
  if (created) out.created = *created;
  const auto reader = PackageReader::open_file(package);
  EXPECT_TRUE(reader) << reader.error().to_string();
  if (!reader) return out;
  ops::ExtractOptions extract;
  extract.target_directory = to;
  extract.problem = [&](const Error& error) { out.problems.push_back(error.to_string()); };
  const auto extracted = ops::extract(*reader, extract);
  EXPECT_TRUE(extracted) << extracted.error().to_string();
  if (extracted) out.extracted = *extracted;
  return out;
}

constexpr std::size_t kEntriesOfAnyone = 92;
constexpr std::size_t kEntriesOfRoot = kEntriesOfAnyone + 4;

void expect_everything_comes_back(const std::string& scratch, const WriterOptions& writer) {
  const std::string from = scratch + "/from", to = scratch + "/to";
  ASSERT_NO_FATAL_FAILURE(TreeMaker(from).everything());
  const Outcome out = pack_and_extract(from, scratch + "/package.npk", to, writer);
  EXPECT_TRUE(out.problems.empty()) << out.problems[0];
  ASSERT_EQ(out.notes.size(), 1U);
  EXPECT_NE(out.notes[0].find("socket"), std::string::npos) << out.notes[0];
  const auto before = snapshot(from), after = snapshot(to);
  EXPECT_EQ(before.size(), is_root() ? kEntriesOfRoot : kEntriesOfAnyone);
  EXPECT_EQ(difference(before, after), "");
  EXPECT_EQ(out.created.write.totals.entries, before.size());
  EXPECT_EQ(out.extracted.entries, before.size());
  EXPECT_EQ(out.extracted.failed_entries, 0U);
  EXPECT_EQ(out.extracted.warnings, 0U);
}

TEST(Fidelity, EverythingAtOnceAsThisUser) {
  const ScratchDirectory scratch(testing::directory_with_xattrs());
  for (const Preset preset : {Preset::fast, Preset::standard}) {
    const std::string place = scratch / (preset == Preset::fast ? "fast" : "standard");
    ASSERT_EQ(::mkdir(place.c_str(), 0755), 0);
    expect_everything_comes_back(place, {.preset = preset});
  }
}

TEST(Fidelity, EverythingAtOnceAsAnotherUser) {
  const ScratchDirectory scratch(testing::directory_with_xattrs());
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  testing::without_privileges([&] { expect_everything_comes_back(scratch.path(), {.preset = Preset::fast}); });
}

// F6: what another user can't restore of root's package is said, entry by entry, and everything else comes back.
TEST(Fidelity, RootsPackageExtractedByAnotherUser) {
  if (!is_root()) GTEST_SKIP() << "needs root to make the tree";
  const ScratchDirectory scratch(testing::directory_with_xattrs());
  ASSERT_EQ(::mkdir((scratch / "a").c_str(), 0755), 0);
  const std::string from = scratch / "a/from";
  ASSERT_NO_FATAL_FAILURE(TreeMaker(from).everything());
  (void)pack_and_extract(from, scratch / "package.npk", scratch / "unused");
  const auto before = snapshot(from, {.owners = false, .privileged_xattrs = false});
  ASSERT_EQ(::chmod(scratch.path().c_str(), 0777), 0);
  testing::without_privileges([&] {
    std::vector<std::string> problems;
    ops::ExtractOptions options;
    options.target_directory = scratch / "theirs";
    options.problem = [&](const Error& error) { problems.push_back(error.path); };
    const auto reader = PackageReader::open_file(scratch / "package.npk").value();
    const auto extracted = ops::extract(reader, options);
    ASSERT_TRUE(extracted) << extracted.error().to_string();
    for (const char* path : {"device", "device too", "block"}) EXPECT_TRUE(std::ranges::count(problems, path) >= 1) << path << " is not named";
    // Three devices, a capability, an attribute of root's.
    EXPECT_EQ(extracted->failed_entries + extracted->warnings, 5U) << ::testing::PrintToString(problems);
    EXPECT_EQ(problems.size(), 5U);
    EXPECT_EQ(extracted->damaged_entries, 0U);
    // All that is no device is there; contents, times and links are right.
    auto expected = before;
    for (const char* path : {"device", "device too", "block"}) expected.erase(path);
    auto found = snapshot(options.target_directory, {.owners = false, .privileged_xattrs = false});
    EXPECT_EQ(found.size(), expected.size());
    for (const auto& [path, line] : expected) {
      ASSERT_TRUE(found.contains(path)) << path;
      const auto without_mode = [](const std::string& text) { return text.substr(text.find(" mtime")); };
      // Set-id bits go with an owner that can't be kept; files of others' are unreadable to them in neither tree.
      if (found[path].find("unreadable") != std::string::npos) continue;
      EXPECT_EQ(without_mode(found[path]), without_mode(line)) << path;
    }
  });
}

}  // namespace
}  // namespace npk
