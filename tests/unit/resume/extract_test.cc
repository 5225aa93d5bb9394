// Extracting that was stopped and is gone on with: the whole tree, finished files left alone, and what was there before safe.
#include <signal.h>
#include <sys/stat.h>
#include <filesystem>
#include <fstream>

#include "npk/format/crc32c.h"
#include "npk/ops/extract.h"
#include "resume_support.h"

namespace npk::testing {
namespace {

// Counts what is read of a package, and says so.
class CountingSource final : public RandomAccessSource {
 public:
  using OnRead = std::function<void(std::uint64_t)>;
  CountingSource(ByteView package, OnRead on_read) : inner_(memory_source(package)), on_read_(std::move(on_read)) {}
  Result<std::uint64_t> size() const override { return inner_->size(); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    bytes += out.size();
    if (on_read_) on_read_(bytes);
    return inner_->read_at(offset, out);
  }
  std::string name() const override { return inner_->name(); }
  mutable std::atomic<std::uint64_t> bytes = 0;

 private:
  std::shared_ptr<RandomAccessSource> inner_;
  OnRead on_read_;
};

class CountingPipe final : public SequentialSource {
 public:
  CountingPipe(ByteView package, CountingSource::OnRead on_read) : inner_(package), on_read_(std::move(on_read)) {}
  Result<std::size_t> read(MutableBytes out) override {
    const auto count = inner_.read(out.first(std::min<std::size_t>(out.size(), 10'000)));
    bytes_ += count.value_or(0);
    if (on_read_) on_read_(bytes_);
    return count;
  }
  std::string name() const override { return inner_.name(); }

 private:
  MemorySequentialSource inner_;
  CountingSource::OnRead on_read_;
  std::uint64_t bytes_ = 0;
};

class ExtractResumed : public ::testing::TestWithParam<bool> {  // from a pipe?
 protected:
  Result<ops::ExtractReport> extract(std::uint64_t* bytes_read = nullptr) const {
    if (GetParam()) {
      CountingPipe source(package_.bytes, on_read_);
      return ops::extract_stream(source, options_);
    }
    const auto source = std::make_shared<CountingSource>(package_.bytes, on_read_);
    const PackageReader reader = PackageReader::open(source).value();
    auto report = ops::extract(reader, options_);
    if (bytes_read != nullptr) *bytes_read = source->bytes;
    return report;
  }
  // Killed when so much of the package has been read: nothing is cleaned up.
  void kill_after(std::uint64_t bytes) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      on_read_ = [bytes](std::uint64_t read) {
        if (read >= bytes) ::raise(SIGKILL);
      };
      static_cast<void>(extract());
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
  }
  // A whole run; its journal is put back: it was killed before its last step.
  void kill_at_the_end(std::uint64_t* bytes_read = nullptr) {
    on_read_ = [this](std::uint64_t) {
      if (saved_.empty() && exists(journal())) saved_ = read_file(journal());
    };
    ASSERT_TRUE(extract(bytes_read));
    on_read_ = {};
    expect_tree();
    ASSERT_FALSE(saved_.empty());
    put_journal_back();
  }
  void put_journal_back() const { write_file(journal(), saved_); }
  void expect_tree() const {
    for (const TestEntry& entry : tree_.entries()) {
      if (entry.kind != format::EntryKind::regular) continue;
      EXPECT_TRUE(read_file(options_.target_directory + "/" + entry.path) == as_text(entry.content)) << entry.path;
    }
    EXPECT_FALSE(exists(journal()));
  }
  // The machine has been started again since.
  void put_journal_of_another_start_back() const {
    std::string text = saved_.substr(0, saved_.size() - 9);
    std::size_t begin = 0;
    for (int line = 0; line < 2; ++line) begin = text.find('\n', begin) + 1;
    text.replace(begin, text.find('\n', begin) - begin, "another");
    char checksum[16];
    std::snprintf(checksum, sizeof checksum, "%08x\n", static_cast<unsigned>(format::crc32c(as_bytes(std::string_view(text)))));
    write_file(journal(), text + checksum);
  }
  // Of the same size and time.
  void damage(std::string_view name) const {
    struct stat status {};
    ASSERT_EQ(::stat(in_target(name).c_str(), &status), 0);
    std::string content = read_file(in_target(name));
    content[content.size() / 2] ^= 1;
    std::fstream(in_target(name), std::ios::in | std::ios::out | std::ios::binary) << content;
    const timespec times[2] = {status.st_mtim, status.st_mtim};
    ASSERT_EQ(::utimensat(AT_FDCWD, in_target(name).c_str(), times, 0), 0);
  }
  [[nodiscard]] std::string journal() const { return options_.target_directory + "/.npk-resume"; }
  [[nodiscard]] std::string in_target(std::string_view name) const { return options_.target_directory + "/" + std::string(name); }

  const ScratchDirectory scratch_{quick_place()};
  const TestTree tree_ = several_segments();
  const Packed package_ = testing::pack(tree_, small_options(), kSmallSegments);
  ops::ExtractOptions options_{.target_directory = scratch_ / "out", .resume = true, .threads = 2};
  CountingSource::OnRead on_read_;
  std::string saved_;
};

TEST_P(ExtractResumed, FinishedFilesAreNeitherReadNorWritten) {
  std::uint64_t first_bytes = 0, second_bytes = 0;
  kill_at_the_end(&first_bytes);
  struct stat before {}, after {};
  ASSERT_EQ(::stat(in_target("t/large").c_str(), &before), 0);
  const auto report = extract(&second_bytes);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->failed_entries, 0U);
  EXPECT_EQ(report->entries, tree_.entries().size());
  EXPECT_EQ(report->finished_entries, 26U);
  EXPECT_EQ(report->bytes, 0U);
  ASSERT_EQ(::stat(in_target("t/large").c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  EXPECT_EQ(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
  if (!GetParam()) {
    EXPECT_LT(second_bytes, first_bytes / 4) << "pages only";
  }
  expect_tree();
  // One file less: its blocks are read, and no others.
  put_journal_back();
  std::filesystem::remove(in_target("t/text100.c"));
  std::uint64_t third_bytes = 0;
  const auto third = extract(&third_bytes);
  ASSERT_TRUE(third);
  EXPECT_EQ(third->finished_entries, 25U);
  EXPECT_EQ(third->bytes, 30'000U);
  if (!GetParam()) {
    EXPECT_LT(third_bytes, second_bytes + 80'000);
  }
  expect_tree();
}

TEST_P(ExtractResumed, KilledAnywhere) {
  for (std::uint64_t bytes = 1; bytes < package_.bytes.size(); bytes += package_.bytes.size() / 30) {
    SCOPED_TRACE(bytes);
    std::filesystem::remove_all(options_.target_directory);
    kill_after(bytes);
    const auto report = extract();
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->failed_entries, 0U);
    EXPECT_EQ(report->entries, tree_.entries().size());
    expect_tree();
  }
}

// Half written, of another size, mode or time: made again.
TEST_P(ExtractResumed, WhatIsNotFinishedIsMadeAgain) {
  kill_at_the_end();
  ASSERT_EQ(::truncate(in_target("t/text100.c").c_str(), 7), 0);
  ASSERT_EQ(::chmod(in_target("t/text101.c").c_str(), 0600), 0);
  ASSERT_EQ(::utimensat(AT_FDCWD, in_target("t/text102.c").c_str(), nullptr, 0), 0);
  std::filesystem::remove(in_target("t/text103.c"));
  ASSERT_EQ(::symlink("/etc/passwd", in_target("t/text103.c").c_str()), 0);
  const auto report = extract();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->failed_entries, 0U);
  EXPECT_EQ(report->finished_entries, 22U);
  expect_tree();
}

TEST_P(ExtractResumed, FinishedFilesAreCheckedByTheirContent) {
  kill_at_the_end();
  damage("t/text100.c");
  damage("t/large");
  const auto by_time = extract();
  ASSERT_TRUE(by_time);
  EXPECT_EQ(by_time->finished_entries, 26U) << "what is compared without reading";
  put_journal_back();
  options_.check_finished = true;
  const auto report = extract();
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->failed_entries, 0U);
  EXPECT_EQ(report->finished_entries, 24U);
  expect_tree();
}

TEST_P(ExtractResumed, AfterARestartOfTheMachineContentAloneCounts) {
  kill_at_the_end();
  put_journal_of_another_start_back();
  const auto unchecked = extract();
  ASSERT_TRUE(unchecked);
  EXPECT_EQ(unchecked->finished_entries, 0U);
  expect_tree();
  damage("t/text100.c");
  put_journal_of_another_start_back();
  options_.check_finished = true;
  const auto report = extract();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->finished_entries, 25U);
  expect_tree();
}

TEST_P(ExtractResumed, CheckedWithoutResumeIsMisuse) {
  options_.resume = false;
  options_.check_finished = true;
  EXPECT_EQ(extract().error().code, Errc::misuse);
}

TEST_P(ExtractResumed, WhatWasThereBeforeIsTreatedAsWithoutIt) {
  std::filesystem::create_directories(in_target("t"));
  write_file(in_target("t/text100.c"), "mine");
  const auto report = extract();
  ASSERT_TRUE(report);
  EXPECT_EQ(report->failed_entries, 1U);
  EXPECT_EQ(read_file(in_target("t/text100.c")), "mine");
  options_.existing = ops::ExistingFiles::overwrite;
  ASSERT_TRUE(extract());
  expect_tree();
}

TEST_P(ExtractResumed, AnotherPackageIsRefused) {
  kill_after(package_.bytes.size() / 2);
  const std::string before = read_file(journal());
  TestTree other_tree;
  other_tree.add({.path = "x", .content = make_data(DataKind::text, 1000, 1)});
  const Bytes other = testing::pack(other_tree, small_options()).bytes;
  MemorySequentialSource source(other);
  EXPECT_EQ(ops::extract_stream(source, options_).error().code, Errc::misuse);
  EXPECT_EQ(ops::extract(PackageReader::open(memory_source(ByteView(other))).value(), options_).error().code, Errc::misuse);
  EXPECT_EQ(read_file(journal()), before);
  EXPECT_FALSE(exists(in_target("x")));
}

INSTANTIATE_TEST_SUITE_P(From, ExtractResumed, ::testing::Bool(), [](const auto& test) { return test.param ? "Pipe" : "File"; });

}  // namespace
}  // namespace npk::testing
