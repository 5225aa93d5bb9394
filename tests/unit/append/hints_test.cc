// Hints: by inode and ctime append knows what has changed though size and mtime are what they were, and never by hints it
// can't read.
#include "append_support.h"
#include "npk/format/hint_page.h"
#include "npk/ops/rekey.h"
#include "package/reader/hint_tree.h"
#include "package/reader/impl.h"
#include "support/package_frames.h"

namespace npk::testing {
namespace {

// No ctime of a test is later: all scans seem to have been long after it.
constexpr std::int64_t kLater = 100'000'000'000;

class Hints : public ::testing::Test {
 protected:
  void write(std::string_view name, std::string_view content) const {
    package_.write(name, content);
    package_.set_age("", 9000);
  }
  void pack(std::int64_t time = kLater, bool reproducible = false) const {
    ops::CreateOptions create = package_.options();
    create.hints = true;
    create.writer.reproducible = reproducible;
    create.writer.time_seconds = time;
    const auto report = ops::create(create);
    ASSERT_TRUE(report) << report.error().to_string();
  }
  ops::AppendReport append(const std::function<void(ops::AppendOptions&)>& set = {}) {
    ops::AppendOptions options = package_.append_options();
    options.create.hints = true;
    options.create.writer.time_seconds = kLater + 10;
    if (set) set(options);
    return AppendedPackage::run(options);
  }
  // As someone would who hides it.
  void change_quietly(std::string_view name, std::string_view content) const {
    const std::string path = package_.in_tree(name);
    struct stat before {};
    ASSERT_EQ(::stat(path.c_str(), &before), 0);
    do {
      write_file(path, content);
      const timespec times[2] = {before.st_atim, before.st_mtim};
      ASSERT_EQ(::utimensat(AT_FDCWD, path.c_str(), times, 0), 0);
    } while (ctime_of(path) == std::pair(before.st_ctim.tv_sec, before.st_ctim.tv_nsec));
  }
  // Metadata and content are what they were.
  void touch_ctime(std::string_view name) const {
    const std::string path = package_.in_tree(name);
    const auto before = ctime_of(path);
    while (ctime_of(path) == before) ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
  }
  static std::pair<time_t, long> ctime_of(const std::string& path) {
    struct stat status {};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return {status.st_ctim.tv_sec, status.st_ctim.tv_nsec};
  }
  [[nodiscard]] std::size_t frames_from(std::size_t begin) const {
    constexpr std::size_t kTypeOffset = 4;
    const Bytes bytes = package_.bytes();
    std::size_t count = 0;
    for (const std::uint64_t position : frame_positions(bytes)) {
      if (position >= begin && position < bytes.size() && bytes[position + kTypeOffset] == static_cast<std::uint8_t>(format::FrameType::hint_page)) ++count;
    }
    return count;
  }
  [[nodiscard]] Result<reader::HintTree> tree() const {
    NPK_ASSIGN(const PackageReader reader, package_.open());
    const PackageInfo& info = reader.info();
    return reader::read_hint_tree(reader.impl().frames(), info.commit.placement.hint_root, info.commit_place.position);
  }
  void expect_as_on_disk(std::uint64_t generation = 0) const {
    EXPECT_TRUE(package_.in_package(generation) == package_.on_disk());
    EXPECT_EQ(package_.verified(generation), "sound");
  }

  AppendedPackage package_;
};

TEST_F(Hints, WhatIsUnchangedIsNotReadAndWritesNothing) {
  write("a", "one");
  write("b", "two");
  pack();
  const Bytes before = package_.bytes();
  const ops::AppendReport report = append();
  EXPECT_TRUE(report.changed_nothing);
  EXPECT_EQ(report.kept_files, 2U);
  EXPECT_EQ(report.write.input_bytes, 0U);
  EXPECT_TRUE(package_.bytes() == before);
  expect_as_on_disk();
}

TEST_F(Hints, AChangeOfTheSameSizeAndMtimeIsNoticed) {
  write("a", "one");
  write("b", "two");
  pack();
  change_quietly("a", "ONE");
  const ops::AppendReport report = append();
  EXPECT_FALSE(report.changed_nothing);
  EXPECT_EQ(report.kept_files, 1U);
  expect_as_on_disk();
  EXPECT_TRUE(append().changed_nothing);
}

TEST_F(Hints, WithoutThemItIsNot) {
  write("a", "one");
  package_.pack();
  change_quietly("a", "ONE");
  EXPECT_TRUE(package_.append().changed_nothing);
}

TEST_F(Hints, TimesAndNumbersCanBeIgnored) {
  write("a", "one");
  pack();
  change_quietly("a", "ONE");
  EXPECT_TRUE(append([](ops::AppendOptions& options) { options.ignore_ctime = true; }).changed_nothing);
  EXPECT_FALSE(append([](ops::AppendOptions& options) { options.ignore_inode = true; }).changed_nothing);
  expect_as_on_disk();
}

TEST_F(Hints, AnotherFileInItsPlaceIsNoticed) {
  write("a", "one");
  write("b", "two");
  pack();
  std::filesystem::rename(package_.in_tree("a"), package_.in_tree("c"));
  std::filesystem::rename(package_.in_tree("b"), package_.in_tree("a"));
  std::filesystem::rename(package_.in_tree("c"), package_.in_tree("b"));
  package_.set_age("", 9000);
  const auto ignoring_ctime = [](ops::AppendOptions& options) { options.ignore_ctime = true; };
  EXPECT_TRUE(append([](ops::AppendOptions& options) { options.ignore_ctime = options.ignore_inode = true; }).changed_nothing);
  EXPECT_EQ(append(ignoring_ctime).kept_files, 0U);
  expect_as_on_disk();
  EXPECT_EQ(append(ignoring_ctime).kept_files, 2U);
}

TEST_F(Hints, AnotherCtimeAloneMakesNoGeneration) {
  write("a", "one");
  write("b", "two");
  ASSERT_EQ(::chmod(package_.in_tree("a").c_str(), 0644), 0);
  pack();
  touch_ctime("a");
  const Bytes before = package_.bytes();
  const ops::AppendReport report = append();
  EXPECT_TRUE(report.changed_nothing);
  EXPECT_EQ(report.kept_files, 1U);
  EXPECT_EQ(report.write.input_bytes, 3U);
  EXPECT_TRUE(package_.bytes() == before);
}

// A ctime of the scan's second, or later, says nothing.
TEST_F(Hints, WhatWasWrittenAsItWasScannedIsReadAgain) {
  write("a", "one");
  const std::int64_t written = ctime_of(package_.in_tree("a")).first;
  pack(written + 1);  // the tick before it counts as its scan: the second in which the file was written
  EXPECT_EQ(append().kept_files, 0U);
  pack(written + 2);
  EXPECT_EQ(append().kept_files, 1U);
}

TEST_F(Hints, ReproduciblePackagesHaveNone) {
  write("a", "one");
  pack(kLater, true);
  EXPECT_EQ(frames_from(0), 0U);
  EXPECT_TRUE(tree().value().leaves.empty());
}

TEST_F(Hints, TheSameTreeGivesTheSameBytes) {
  write("a", "one");
  pack();
  const Bytes first = package_.bytes();
  pack();
  EXPECT_TRUE(package_.bytes() == first);
  EXPECT_EQ(frames_from(0), 2U) << "a leaf and a node";
}

TEST_F(Hints, LeavesThatStayAreNamedAgain) {
  constexpr int kFiles = 3000;
  for (int file = 0; file < kFiles; ++file) package_.write("f" + std::to_string(file), std::to_string(file));
  package_.set_age("", 9000);
  pack();
  const auto before = tree();
  ASSERT_TRUE(before) << before.error().to_string();
  ASSERT_GT(before->leaves.size(), 3U);
  const std::size_t end = package_.bytes().size();
  write("f0", "changed");
  EXPECT_EQ(append().kept_files, kFiles - 1U);
  EXPECT_EQ(frames_from(end), 2U) << "the leaf of the file, and the node";
  const auto after = tree();
  ASSERT_TRUE(after) << after.error().to_string();
  EXPECT_EQ(after->leaves.size(), before->leaves.size());
  expect_as_on_disk();
}

// A change that scans nothing says nothing of the files.
TEST_F(Hints, StayWhereSomethingElseIsTakenOut) {
  for (int file = 0; file < 1500; ++file) package_.write("f" + std::to_string(file), std::to_string(file));
  package_.set_age("", 9000);
  pack();
  const std::size_t leaves = tree().value().leaves.size();
  ops::AppendOptions removal = package_.append_options();
  removal.create.inputs.clear();
  removal.create.writer.time_seconds = kLater + 5;
  removal.removed = {"t/f0"};
  AppendedPackage::run(removal);
  EXPECT_EQ(tree().value().leaves.size(), leaves - 1) << "but for the page that changed";
  package_.remove("f0");
  package_.set_age("", 9000);
  change_quietly("f999", "ABC");
  EXPECT_FALSE(append().changed_nothing);
  expect_as_on_disk();
}

// Also where only some leaves of the catalog have any.
TEST_F(Hints, ComeWithWhatIsAppended) {
  write("a", "one");
  package_.pack();
  EXPECT_EQ(frames_from(0), 0U);
  write("b", "two");
  EXPECT_FALSE(append().changed_nothing);
  EXPECT_EQ(frames_from(0), 2U);
  change_quietly("a", "ONE");
  EXPECT_FALSE(append().changed_nothing);
  expect_as_on_disk();
}

TEST(SealedHints, StayTrueWhenTheirPackageIsSealedAnew) {
  AppendedPackage package(recipients(recipient()), identities(identity()));
  package.write("a", "one");
  package.set_age("", 9000);
  ops::CreateOptions create = package.options();
  create.hints = true;
  create.writer.time_seconds = kLater;
  create.writer.recipients = recipients(recipient());
  ASSERT_TRUE(ops::create(create));
  ASSERT_TRUE(ops::rekey(package.path(), {.identities = package.keys()}));
  EXPECT_EQ(package.verified(), "sound");
  ops::AppendOptions again = package.append_options();
  again.create.writer.time_seconds = kLater + 10;
  const ops::AppendReport report = AppendedPackage::run(again);
  EXPECT_TRUE(report.changed_nothing);
  EXPECT_EQ(report.kept_files, 1U);
}

TEST_F(Hints, AreDroppedWhereNoneAreWanted) {
  write("a", "one");
  pack();
  write("b", "two");
  append([](ops::AppendOptions& options) { options.create.hints = false; });
  EXPECT_TRUE(tree().value().leaves.empty());
  expect_as_on_disk();
}

// A flipped bit at the end of the leaf, or of the node.
class DamagedHints : public Hints, public ::testing::WithParamInterface<int> {};

TEST_P(DamagedHints, AreReadAsIfThereWereNone) {
  write("a", "one");
  write("b", "two");
  pack();
  Bytes bytes = package_.bytes();
  const auto positions = frame_positions(bytes);
  int number = 0;
  for (std::size_t frame = 0; frame + 1 < positions.size(); ++frame) {
    if (bytes[static_cast<std::size_t>(positions[frame]) + 4] != static_cast<std::uint8_t>(format::FrameType::hint_page) || number++ != GetParam()) continue;
    bytes[static_cast<std::size_t>(positions[frame + 1]) - 1] ^= 1;
  }
  ASSERT_EQ(number, 2);
  package_.put_back(bytes);
  EXPECT_EQ(package_.verified(), "damaged: corrupt");
  const ops::AppendReport unchanged = append();
  EXPECT_TRUE(unchanged.changed_nothing);
  EXPECT_EQ(unchanged.kept_files, 0U);
  change_quietly("a", "ONE");
  EXPECT_FALSE(append().changed_nothing);
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
  EXPECT_EQ(append().kept_files, 2U) << "the new ones are good";
}

INSTANTIATE_TEST_SUITE_P(LeafAndNode, DamagedHints, ::testing::Range(0, 2));

}  // namespace
}  // namespace npk::testing
