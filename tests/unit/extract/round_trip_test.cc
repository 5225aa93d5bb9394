// What a directory held comes back, whatever it was.
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <random>

#include "extract_support.h"
#include "npk/ops/create.h"
#include "support/package_builder.h"
#include "support/scratch.h"
#include "tree_description.h"

namespace npk::testing {
namespace {

class RoundTrip : public ::testing::TestWithParam<Way> {
 protected:
  RoundTrip() : scratch_(directory_with_xattrs()) {
    ::umask(022);
    ::mkdir((scratch_ / "in").c_str(), 0755);
  }
  [[nodiscard]] std::string in(std::string_view name) const { return scratch_ / "in" + "/" + std::string(name); }
  [[nodiscard]] std::string out() const { return scratch_ / "out"; }

  Bytes pack(std::uint64_t block_bytes = 0, std::uint64_t chunk_bytes = 0) {
    Bytes package;
    const auto sink = memory_sink(package);
    ops::CreateOptions options;
    options.inputs = {{".", scratch_ / "in"}};
    options.sink = sink.get();
    options.writer.block_bytes = block_bytes;
    options.writer.chunk_bytes = chunk_bytes;
    options.writer.problem = [](const Error& error) { ADD_FAILURE() << error.to_string(); };
    const auto created = ops::create(options);
    EXPECT_TRUE(created) << created.error().to_string();
    return package;
  }

  void expect_round_trip(unsigned threads = 0) {
    const Bytes package = pack();
    const Extracted extracted = extract_bytes(package, GetParam(), out(), {.threads = threads});
    ASSERT_TRUE(extracted.is_clean()) << extracted.text();
    const auto before = describe_tree(scratch_ / "in");
    EXPECT_EQ(describe_tree(out()), before);
    EXPECT_EQ(extracted.result->entries, before.size());
  }

  // A time of its own for each name, with nanoseconds.
  void set_time(const std::string& name, std::int64_t seconds) {
    const timespec times[2] = {{.tv_sec = seconds, .tv_nsec = 0}, {.tv_sec = seconds, .tv_nsec = 123'456'789}};
    ASSERT_EQ(::utimensat(AT_FDCWD, in(name).c_str(), times, AT_SYMLINK_NOFOLLOW), 0) << name;
  }

  ScratchDirectory scratch_;
};

TEST_P(RoundTrip, EveryKindWithItsMetadata) {
  ::mkdir(in("dir").c_str(), 0755);
  ::mkdir(in("dir/empty").c_str(), 0700);
  write_file(in("dir/file"), std::string(100'000, 'x') + "end");
  write_file(in("empty"), "");
  write_file(in(".dot"), "dot");
  write_file(in("read-only"), "r");
  ::chmod(in("read-only").c_str(), 0400);
  write_file(in("modes"), "m");
  ::chmod(in("modes").c_str(), 06751);
  write_file(in("\xff\xfe not UTF-8"), "?");
  write_file(in("\xc3\xa9\xe2\x82\xac"), "Unicode");
  write_file(in(std::string(255, 'n')), "long name");
  ASSERT_EQ(::symlink("dir/file", in("link").c_str()), 0);
  ASSERT_EQ(::symlink("/nowhere/at all", in("dangling").c_str()), 0);
  ASSERT_EQ(::mkfifo(in("fifo").c_str(), 0640), 0);
  ASSERT_EQ(::link(in("dir/file").c_str(), in("dir/hard").c_str()), 0);
  ASSERT_EQ(::link(in("dir/file").c_str(), in("a-hard").c_str()), 0);
  ASSERT_EQ(::setxattr(in("dir/file").c_str(), "user.note", "a\0b", 3, 0), 0);
  ASSERT_EQ(::setxattr(in("dir").c_str(), "user.of a directory", "d", 1, 0), 0);
  if (::geteuid() == 0) {
    ASSERT_EQ(::mknod(in("null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
    ASSERT_EQ(::mknod(in("disk").c_str(), S_IFBLK | 0600, makedev(7, 200)), 0);
    ASSERT_EQ(::lchown(in("dir/empty").c_str(), 1234, 5678), 0);
    ASSERT_EQ(::lchown(in("link").c_str(), 1234, 5678), 0);
    ASSERT_EQ(::chown(in("modes").c_str(), 1234, 5678), 0);
    ::chmod(in("modes").c_str(), 06751);
  }
  for (const char* name : {"dangling", "dir/file", "fifo", "link", "empty", "dir/empty"}) set_time(name, 1'234'567'890);
  set_time("dir", -5);
  expect_round_trip();
}

TEST_P(RoundTrip, Holes) {
  const auto sparse = [&](std::string_view name, std::vector<std::pair<off_t, std::string>> data, off_t size) {
    write_file(in(name), "");
    const int fd = ::open(in(name).c_str(), O_WRONLY | O_CLOEXEC);
    for (const auto& [at, text] : data)
      ASSERT_EQ(::pwrite(fd, text.data(), text.size(), at), static_cast<ssize_t>(text.size()));
    ASSERT_EQ(::ftruncate(fd, size), 0);
    ::close(fd);
  };
  sparse("all hole", {}, 10 << 20);
  sparse("at the start", {{1 << 20, std::string(4096, 'x')}}, (1 << 20) + 4096);
  sparse("at the end", {{0, std::string(4096, 'x')}}, 3 << 20);
  sparse("between", {{0, std::string(8192, 'a')}, {5 << 20, std::string(4096, 'b')}}, 9 << 20);
  sparse("beyond 4 GiB", {{off_t{5} << 30, std::string(4096, 'z')}}, (off_t{5} << 30) + (1 << 20));
  write_file(in("zeros"), std::string(1 << 20, '\0'));  // written, not a hole
  expect_round_trip();
}

TEST_P(RoundTrip, FilesLargerThanBlocks) {
  std::mt19937_64 random(7);
  std::string content(9 << 20, '\0');
  for (char& byte : content) byte = static_cast<char>(random() % 64);
  write_file(in("large"), content);
  write_file(in("copy"), content);
  write_file(in("shifted"), "x" + content);
  for (int i = 0; i < 200; ++i)
    write_file(in("small" + std::to_string(i)), content.substr(static_cast<std::size_t>(i) * 1000, 3000));
  for (const unsigned threads : {1U, 4U}) {
    const Bytes package = pack(1 << 20, 16384);
    const Extracted extracted =
        extract_bytes(package, GetParam(), scratch_ / ("out" + std::to_string(threads)), {.threads = threads});
    ASSERT_TRUE(extracted.is_clean()) << extracted.text();
    EXPECT_EQ(describe_tree(scratch_ / ("out" + std::to_string(threads))), describe_tree(scratch_ / "in"));
    EXPECT_EQ(extracted.result->bytes, 3 * content.size() + 1 + 200 * 3000);
  }
}

TEST_P(RoundTrip, NothingAtAll) {
  expect_round_trip();
}

TEST_P(RoundTrip, DeepPaths) {
  std::string path;
  for (int i = 0; i < 300; ++i) {
    path += "directory-" + std::to_string(i) + "/";
    if (path.size() > 3500) break;
    ASSERT_EQ(::mkdir(in(path).c_str(), 0755), 0) << path;
  }
  write_file(in(path.substr(0, path.find("directory-100")) + "file"), "deep");
  expect_round_trip();
}

TEST_P(RoundTrip, ReadOnlyDirectoriesForAnOrdinaryUser) {
  ::mkdir(in("locked").c_str(), 0755);
  ::mkdir(in("locked/below").c_str(), 0755);
  write_file(in("locked/below/file"), std::string(3 << 20, 'q'));
  ::chmod(in("locked/below/file").c_str(), 0444);
  const Bytes package = pack(1 << 20, 65536);
  ::chmod(scratch_.path().c_str(), 0777);
  without_privileges([&] {
    const Extracted extracted = extract_bytes(package, GetParam(), out());
    EXPECT_TRUE(extracted.is_clean()) << extracted.text();
    EXPECT_EQ(read_file(out() + "/locked/below/file"), std::string(3 << 20, 'q'));
    struct stat status {};
    ::stat((out() + "/locked/below/file").c_str(), &status);
    EXPECT_EQ(status.st_mode & 07777U, 0444U);
  });
}

TEST_P(RoundTrip, ProgressGrowsToItsTotal) {
  for (int i = 0; i < 50; ++i)
    write_file(in("file" + std::to_string(i)), std::string(200'000, static_cast<char>('a' + i % 26)));
  const Bytes package = pack();
  std::vector<Progress> seen;
  const Extracted extracted =
      extract_bytes(package, GetParam(), out(), {.progress = [&](const Progress& now) { seen.push_back(now); }});
  ASSERT_TRUE(extracted.is_clean()) << extracted.text();
  ASSERT_FALSE(seen.empty());
  for (std::size_t i = 1; i < seen.size(); ++i) EXPECT_GE(seen[i].done_bytes, seen[i - 1].done_bytes);
  EXPECT_EQ(seen.back().done_bytes, 50U * 200'000U);
  EXPECT_EQ(seen.back().total_bytes, 50U * 200'000U);
  EXPECT_EQ(seen.back().done_entries, 50U);
}

// Packages the writer would not make: tiny blocks, shared chunks, bases, many pages and manifests.
TEST_P(RoundTrip, PackagesOfManyShapes) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    test::PackageShape shape;
    shape.files = 60;
    shape.codec = seed % 3 == 0 ? format::CodecId::zstd : seed % 3 == 1 ? format::CodecId::lz4 : format::CodecId::store;
    shape.bases = seed % 2 == 0;
    shape.blocks_per_page = 1 + seed % 5;
    const test::BuiltPackage package = test::make_package(seed, shape);
    const std::string target = scratch_ / ("seed" + std::to_string(seed));
    const Extracted extracted =
        extract_bytes(package.bytes, GetParam(), target, {.threads = 1 + static_cast<unsigned>(seed % 4)});
    ASSERT_TRUE(extracted.is_clean()) << "seed " << seed << ": " << extracted.text();
    EXPECT_EQ(extracted.result->entries, package.entries.size());
    for (const test::BuiltEntry& entry : package.entries)
      EXPECT_EQ(read_file(target + "/" + entry.path), as_text(entry.content)) << "seed " << seed << ", " << entry.path;
  }
}

INSTANTIATE_TEST_SUITE_P(Ways, RoundTrip, ::testing::Values(Way::file, Way::pipe), way_name);

}  // namespace
}  // namespace npk::testing
