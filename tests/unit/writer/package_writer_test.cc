// PackageWriter, the public door: its contract and its refusals.
#include "support/fault_io.h"
#include "unit/writer/read_back.h"

namespace npk::writer {
namespace {

PackageWriter::Opener opener_of(const Bytes& content) {
  return [&content]() -> Result<std::unique_ptr<SequentialSource>> { return std::make_unique<testing::MemorySequentialSource>(content); };
}

TEST(PackageWriter, TakesEveryKindOfEntry) {
  const Bytes content = testing::make_data(testing::DataKind::text, 200'000, 1);
  PackageWriter writer({.preset = Preset::fast});
  {
    // What is viewed need not outlive the call, but content.
    std::string path = "dir/from memory", user = "user", name = "user.note", value = "value";
    const std::vector<format::Xattr> xattrs = {{name, value}};
    ASSERT_TRUE(writer.add({.path = path, .mode = 0640, .uid = 5, .user_name = user, .mtime_seconds = 7, .xattrs = xattrs}, content));
    path = user = name = value = "overwritten and long enough to lie elsewhere";
  }
  ASSERT_TRUE(writer.add({.path = "dir", .kind = EntryKind::directory, .mode = 0700}));
  ASSERT_TRUE(writer.add({.path = "dir/from source"}, opener_of(content)));
  ASSERT_TRUE(writer.add({.path = "empty"}));
  ASSERT_TRUE(writer.add({.path = "link", .kind = EntryKind::symlink, .target = "dir"}));
  ASSERT_TRUE(writer.add({.path = "fifo", .kind = EntryKind::fifo}));
  ASSERT_TRUE(writer.add({.path = "null", .kind = EntryKind::character_device, .device = (1ULL << 32) | 3}));
  Bytes bytes;
  const auto report = writer.finish(*memory_sink(bytes));
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->totals.entries, 7U);
  EXPECT_EQ(report->totals.files, 3U);
  EXPECT_EQ(report->totals.directories, 1U);
  EXPECT_EQ(report->totals.content_bytes, 400'000U);
  (void)testing::audit(bytes);
  expect_entries(
      bytes,
      {{.path = "dir", .kind = EntryKind::directory, .mode = 0700},
       {.path = "dir/from memory", .mode = 0640, .uid = 5, .user_name = "user", .mtime_seconds = 7, .xattrs = {{"user.note", "value"}}, .content = content},
       {.path = "dir/from source", .mode = 0, .content = content},
       {.path = "empty", .mode = 0},
       {.path = "link", .kind = EntryKind::symlink, .mode = 0, .target = "dir"},
       {.path = "fifo", .kind = EntryKind::fifo, .mode = 0},
       {.path = "null", .kind = EntryKind::character_device, .mode = 0, .device = (1ULL << 32) | 3}});
}

TEST(PackageWriter, RefusesWhatAPackageCantHold) {
  const std::string long_path(65'536, 'x');
  const std::string huge(1U << 20, 'v');
  const std::vector<format::Xattr> twice = {{"user.a", "1"}, {"user.a", "2"}};
  const std::vector<format::Xattr> too_much = {{"user.a", huge}};
  const std::vector<format::Xattr> nameless = {{"", "1"}};
  const EntryRow wrong[] = {
      {.path = ""}, {.path = "/a"}, {.path = "a/"}, {.path = "a//b"}, {.path = "."}, {.path = "a/.."}, {.path = "../a"}, {.path = std::string_view("a\0b", 3)},
      {.path = long_path},
      {.path = "a", .kind = EntryKind::symlink},
      {.path = "a", .kind = static_cast<EntryKind>(0)},
      {.path = "a", .kind = static_cast<EntryKind>(7)},
      {.path = "a", .mode = 0x1000},
      {.path = "a", .mtime_nanoseconds = 1'000'000'000},
      {.path = "a", .link_group = 1},
      {.path = "a", .xattrs = twice},
      {.path = "a", .xattrs = too_much},
      {.path = "a", .xattrs = nameless},
  };
  EXPECT_EQ(std::size(wrong), 18U);
  for (std::size_t i = 0; i < std::size(wrong); ++i) {
    PackageWriter writer({});
    const auto added = writer.add(wrong[i]);
    ASSERT_FALSE(added) << "entry " << i;
    EXPECT_EQ(added.error().code, Errc::misuse) << i;
    // The writer is as it was.
    Bytes bytes;
    ASSERT_TRUE(writer.finish(*memory_sink(bytes)));
    EXPECT_EQ(open(bytes).entry_count(), 0U);
  }
}

TEST(PackageWriter, OnlyRegularFilesHaveContent) {
  const Bytes content = {1};
  PackageWriter writer({});
  EXPECT_EQ(writer.add({.path = "d", .kind = EntryKind::directory}, content).error().code, Errc::misuse);
  EXPECT_EQ(writer.add({.path = "d", .kind = EntryKind::directory}, opener_of(content)).error().code, Errc::misuse);
}

TEST(PackageWriter, RefusesAnEntryTwice) {
  PackageWriter writer({});
  Bytes bytes;
  ASSERT_TRUE(writer.add({.path = "a"}));
  const auto again = writer.add({.path = "a", .kind = EntryKind::directory});
  const auto finished = again ? writer.finish(*memory_sink(bytes)) : Result<WriteReport>(std::unexpected(again.error()));
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().code, Errc::misuse);
  EXPECT_EQ(finished.error().path, "a");
  EXPECT_TRUE(bytes.empty());
}

TEST(PackageWriter, IsDoneAfterFinish) {
  PackageWriter writer({});
  Bytes bytes, more;
  ASSERT_TRUE(writer.finish(*memory_sink(bytes)));
  EXPECT_EQ(writer.finish(*memory_sink(more)).error().code, Errc::misuse);
  EXPECT_EQ(writer.add({.path = "a"}).error().code, Errc::misuse);
}

TEST(PackageWriter, SourceThatFailsIsLeftOut) {
  const Bytes content = testing::make_data(testing::DataKind::text, 3'000'000, 1);
  for (const std::uint64_t at : {std::uint64_t{0}, std::uint64_t{1'000'000}, std::uint64_t{2'999'999}}) {
    std::vector<Error> problems;
    PackageWriter writer({.preset = Preset::fast, .problem = [&](const Error& error) { problems.push_back(error); }});
    ASSERT_TRUE(writer.add({.path = "bad"}, [&]() -> Result<std::unique_ptr<SequentialSource>> {
      return std::make_unique<testing::FaultSequentialSource>(std::make_unique<testing::MemorySequentialSource>(content),
                                                              testing::FaultPlan{.fail_at_byte = at});
    }));
    ASSERT_TRUE(writer.add({.path = "good"}, content));
    Bytes bytes;
    const auto report = writer.finish(*memory_sink(bytes));
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(report->failed_entries, 1U);
    ASSERT_EQ(problems.size(), 1U);
    EXPECT_EQ(problems[0].path, "bad");
    EXPECT_EQ(problems[0].code, Errc::io);
    (void)testing::audit(bytes);
    expect_entries(bytes, {{.path = "good", .mode = 0, .content = content}});
  }
}

TEST(PackageWriter, ProgressGrowsAndEndsAtTheTotal) {
  testing::TestTree tree;
  for (int i = 0; i < 40; ++i)
    tree.add({.path = std::to_string(i), .content = testing::make_data(testing::DataKind::text, 700'000, static_cast<std::uint64_t>(i))});
  tree.sort();
  std::vector<Progress> seen;
  (void)testing::pack(tree, {.preset = Preset::standard, .progress = [&](const Progress& progress) { seen.push_back(progress); }});
  ASSERT_GE(seen.size(), 1U);
  for (std::size_t i = 1; i < seen.size(); ++i) {
    EXPECT_GE(seen[i].done_bytes, seen[i - 1].done_bytes);
    EXPECT_GE(seen[i].done_entries, seen[i - 1].done_entries);
  }
  EXPECT_EQ(seen.back().done_bytes, 28'000'000U);
  EXPECT_EQ(seen.back().total_bytes, 28'000'000U);
  EXPECT_EQ(seen.back().done_entries, 40U);
  EXPECT_EQ(seen.back().total_entries, 40U);
}

}  // namespace
}  // namespace npk::writer
