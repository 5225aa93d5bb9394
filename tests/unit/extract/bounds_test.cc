// Bounds: open files, memory, what a package may expand to, a full disk; and stopping.
#include <malloc.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "extract_support.h"
#include "ops/read/planned_entries.h"
#include "support/package_builder.h"
#include "support/scratch.h"
#include "support/test_tree.h"
#include "tree_description.h"

namespace npk::testing {
namespace {

using test::BuiltEntry;
using test::PackageBuilder;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class ExtractBounds : public ::testing::TestWithParam<Way> {};

// Every file has a chunk in each of the blocks, so all are begun before any is complete.
Bytes spanning_files(std::size_t files, std::size_t blocks) {
  PackageBuilder builder("spanning");
  std::vector<BuiltEntry> entries(files);
  for (std::size_t block = 0; block < blocks; ++block) {
    std::vector<Bytes> chunks;
    for (std::size_t file = 0; file < files; ++file) {
      chunks.push_back(bytes_of(std::to_string(file) + ":" + std::to_string(block) + ";"));
      entries[file].runs.push_back({block * files + file, 1, chunks.back().size()});
      entries[file].size += chunks.back().size();
      entries[file].content.insert(entries[file].content.end(), chunks.back().begin(), chunks.back().end());
    }
    builder.block(chunks);
  }
  for (std::size_t file = 0; file < files; ++file) {
    entries[file].path = "d" + std::to_string(file % 37) + "/f" + std::to_string(file);
    entries[file].digest = Digest{};
  }
  builder.chunk_page();
  builder.manifest(entries);
  builder.commit(entries);
  builder.trailer();
  return builder.bytes();
}

TEST_P(ExtractBounds, OpenFilesStayFew) {
  const Bytes package = spanning_files(1500, 4);
  const ScratchDirectory scratch;
  ::chmod(scratch.path().c_str(), 0777);
  without_privileges([&] {
    const rlimit few{100, 100};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &few), 0);
    const Extracted extracted = extract_bytes(package, GetParam(), scratch / "out", {.threads = 4});
    EXPECT_TRUE(extracted.is_clean()) << extracted.text();
    EXPECT_EQ(extracted.result->entries, 1500U);
    EXPECT_EQ(read_file(scratch / "out/d3/f3"), "3:0;3:1;3:2;3:3;");
  });
}

TEST_P(ExtractBounds, FilesOfBlocksDecodedAtTheSameTime) {
  const Bytes package = spanning_files(60, 2);
  for (int round = 0; round < 40; ++round) {
    const ScratchDirectory scratch("/dev/shm");
    const Extracted extracted = extract_bytes(package, GetParam(), scratch / "out", {.threads = 8});
    ASSERT_TRUE(extracted.is_clean()) << extracted.text();
    ASSERT_EQ(extracted.result->entries, 60U);
  }
}

// Asks to stop at the n-th read.
class StoppingSource final : public RandomAccessSource {
 public:
  StoppingSource(ByteView bytes, std::stop_source& stop) : inner_(memory_source(bytes)), stop_(stop) {}
  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (armed && out.size() > 1000) stop_.request_stop();
    return inner_->read_at(offset, out);
  }
  std::string name() const override { return "<stopping>"; }
  std::atomic<bool> armed = false;

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  std::stop_source& stop_;
};

TEST(ExtractStop, WithinOneBlockAndNothingHalfStays) {
  for (const unsigned threads : {1U, 4U}) {
    const Bytes package = spanning_files(3000, 6);
    std::stop_source stop;
    const auto source = std::make_shared<StoppingSource>(package, stop);
    const ScratchDirectory scratch;
    const auto reader = PackageReader::open(source);
    ASSERT_TRUE(reader) << reader.error().to_string();
    ops::ExtractOptions options{.target_directory = scratch / "out", .threads = threads, .stop = stop.get_token()};
    options.progress = [&](const Progress& now) { source->armed = now.done_bytes > 0; };
    const auto stopped = ops::extract(*reader, options);
    if (stopped) continue;  // faster than the first progress
    EXPECT_EQ(stopped.error().code, Errc::cancelled);
    for (const auto& [path, text] : describe_tree(scratch / "out", {.metadata = false, .holes = false}))
      EXPECT_THAT(
          text, ::testing::AnyOf("directory", HasSubstr("file of 24"), HasSubstr("file of 3"), HasSubstr("file of 4")))
          << path;
  }
}

TEST_P(ExtractBounds, StoppedBeforeItBegins) {
  std::stop_source stop;
  stop.request_stop();
  const ScratchDirectory scratch;
  const Extracted extracted =
      extract_bytes(spanning_files(50, 2), GetParam(), scratch / "out", {.stop = stop.get_token()});
  EXPECT_EQ(extracted.code(), Errc::cancelled);
  EXPECT_THAT(describe_tree(scratch / "out"), IsEmpty());
}

TEST_P(ExtractBounds, TooLittleMemoryIsRefusedNamingTheLeast) {
  const test::BuiltPackage package = test::make_package(1);
  const ScratchDirectory scratch;
  const Extracted refused = extract_bytes(package.bytes, GetParam(), scratch / "out", {.memory_bytes = 1000});
  ASSERT_EQ(refused.code(), Errc::limit);
  EXPECT_THAT(describe_tree(scratch / "out"), IsEmpty());
  std::uint64_t least = 0;
  for (Extracted again = refused; !again.result;) {  // a pipe shows its blocks only as they come
    const std::string& message = again.result.error().message;
    const std::size_t digits = message.find_first_of("0123456789");
    ASSERT_NE(digits, std::string::npos) << again.text();
    ASSERT_GT(std::stoull(message.substr(digits)), least);
    least = std::stoull(message.substr(digits));
    again = extract_bytes(package.bytes, GetParam(), scratch / std::to_string(least), {.memory_bytes = least});
  }
  EXPECT_TRUE(extract_bytes(package.bytes, GetParam(), scratch / "out2", {.memory_bytes = least}).is_clean());
  EXPECT_EQ(extract_bytes(package.bytes, GetParam(), scratch / "out3", {.memory_bytes = least - 1}).code(),
            Errc::limit);
}

TEST(ExtractMemory, LittleForAnEntry) {
  constexpr std::size_t kEntries = 200'000;
  const std::size_t before = ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
  ops::PlannedEntries entries;
  for (std::size_t i = 0; i < kEntries; ++i) {
    format::EntryRow row;
    const std::string path = "some/directory/of/a/tree/file-" + std::to_string(1'000'000 + i);
    row.path = path;
    row.user_name = i % 2 == 0 ? "root" : "user";
    ASSERT_TRUE(entries.add(row, row.path));
  }
  const std::size_t after = ::mallinfo2().uordblks + ::mallinfo2().hblkhd;
  EXPECT_LT((after - before) / kEntries, 100U);  // nothing where a sanitizer's allocator keeps no such count
  if (after != before) {
    EXPECT_LE(entries.memory_bytes(), after - before + (1 << 20));
  }
  EXPECT_EQ(entries.path(77), "some/directory/of/a/tree/file-1000077");
  EXPECT_EQ(entries.metadata(78).user_name, "root");
}

TEST_P(ExtractBounds, ExpansionIsLimited) {
  PackageBuilder builder("bomb");
  const Bytes chunk(100'000, 'b');
  builder.block({chunk}, {.base = {}, .is_dictionary = false, .codec = format::CodecId::zstd});
  BuiltEntry bomb;
  bomb.path = "bomb";
  for (int i = 0; i < 1000; ++i) bomb.runs.push_back({0, 1, chunk.size()});
  bomb.size = 1000 * chunk.size();
  bomb.digest = Digest{};
  builder.chunk_page();
  builder.manifest({bomb});
  builder.commit({bomb});
  builder.trailer();
  ops::ExtractOptions options;
  options.limits.max_expanded_bytes_free = 1'000'000;
  const ScratchDirectory scratch;
  const Extracted refused = extract_bytes(builder.bytes(), GetParam(), scratch / "out", options);
  EXPECT_EQ(refused.code(), Errc::limit) << refused.text();
  EXPECT_FALSE(exists(scratch / "out/bomb"));
  EXPECT_TRUE(extract_bytes(builder.bytes(), GetParam(), scratch / "out2").is_clean());
}

TEST_P(ExtractBounds, PiecesWithoutEndAreRefused) {
  PackageBuilder builder("pieces");
  builder.block({Bytes(1, 'a'), Bytes(1, 'b'), Bytes(1, 'c')});
  BuiltEntry entry;
  entry.path = "pieces";
  for (int i = 0; i < 1'300'000; ++i) entry.runs.push_back({i % 2 == 0 ? 0U : 2U, 1, 1});
  entry.size = entry.runs.size();
  entry.digest = Digest{};
  builder.chunk_page();
  builder.manifest({entry});
  builder.commit({entry});
  builder.trailer();
  const ScratchDirectory scratch;
  const Extracted refused = extract_bytes(builder.bytes(), GetParam(), scratch / "out");
  EXPECT_TRUE(refused.code() == Errc::limit ||
              (refused.problems.size() == 1 && refused.problems[0].code == Errc::limit))
      << refused.text();
  EXPECT_FALSE(exists(scratch / "out/pieces"));
}

// What the writer makes of content that repeats itself too much for its readers, they extract.
TEST_P(ExtractBounds, WhatIsPaddedIsNotRefused) {
  Limits limits;
  limits.max_expanded_bytes_free = 500'000;
  limits.max_expansion_ratio = 20;
  limits.max_pieces_free = 10;
  std::vector<TestEntry> entries(52);
  entries[0] = {.path = "a", .content = Bytes(3'000'000, 1)};
  entries[1] = {.path = "b", .content = Bytes(500'000, 2)};
  for (std::size_t i = 2; i < entries.size(); ++i) entries[i] = {.path = "c" + std::to_string(i), .content = Bytes(3, 'c')};
  const TestTree tree(entries);
  WriterOptions writer;
  writer.preset = Preset::fast;
  writer.chunk_bytes = 4096;
  ops::ExtractOptions options;
  options.limits = limits;
  const ScratchDirectory scratch;
  EXPECT_FALSE(extract_bytes(pack(tree, writer).bytes, GetParam(), scratch / "refused", options).is_clean());
  const Extracted taken = extract_bytes(pack(tree, writer, {.reader_limits = limits}).bytes, GetParam(), scratch / "out", options);
  EXPECT_TRUE(taken.is_clean()) << taken.text();
  EXPECT_EQ(taken.result->bytes, 3'500'150U);
}

Bytes incompressible_files(std::size_t files, std::size_t size) {
  std::vector<TestEntry> entries(files);
  for (std::size_t i = 0; i < files; ++i) {
    entries[i].path = "file" + std::to_string(i);
    entries[i].content = make_data(DataKind::random, size, i);
  }
  return pack(TestTree(std::move(entries))).bytes;
}

TEST_P(ExtractBounds, AFullDiskStopsEverything) {
  if (::geteuid() != 0) GTEST_SKIP() << "only root can mount a small file system";
  const Bytes package = incompressible_files(40, 100'000);
  const ScratchDirectory scratch;
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    if (::unshare(CLONE_NEWNS) != 0 || ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0 ||
        ::mount("tmpfs", scratch.path().c_str(), "tmpfs", 0, "size=1m") != 0)
      ::_exit(77);
    const Extracted extracted = extract_bytes(package, GetParam(), scratch / "out", {.threads = 1});
    EXPECT_EQ(extracted.code(), Errc::io) << extracted.text();
    EXPECT_TRUE(!extracted.result && extracted.result.error().system_errno == ENOSPC);
    for (const auto& [path, text] : describe_tree(scratch / "out", {.metadata = false, .holes = false}))
      EXPECT_THAT(text, HasSubstr("file of 100000"));
    std::fflush(nullptr);
    ::_exit(::testing::Test::HasFailure() ? 1 : 0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  if (WIFEXITED(status) && WEXITSTATUS(status) == 77) GTEST_SKIP() << "mounting is not permitted here";
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

TEST_P(ExtractBounds, AFileTooLargeForTheTargetCostsItself) {
  TestEntry large, small;
  large.path = "large";
  large.content = make_data(DataKind::random, 300'000, 1);
  small.path = "small";
  small.content = make_data(DataKind::random, 3000, 2);
  const Bytes package = pack(TestTree({large, small})).bytes;
  const ScratchDirectory scratch;
  ::chmod(scratch.path().c_str(), 0777);
  without_privileges([&] {
    ::signal(SIGXFSZ, SIG_IGN);
    const rlimit limit{100'000, 100'000};
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &limit), 0);
    const Extracted extracted = extract_bytes(package, GetParam(), scratch / "out");
    EXPECT_TRUE(extracted.result) << extracted.text();
    EXPECT_THAT(extracted.problems, SizeIs(1));
    EXPECT_FALSE(exists(scratch / "out/large"));
    EXPECT_EQ(read_file(scratch / "out/small"), as_text(small.content));
  });
}

INSTANTIATE_TEST_SUITE_P(Ways, ExtractBounds, ::testing::Values(Way::file, Way::pipe), way_name);

}  // namespace
}  // namespace npk::testing
