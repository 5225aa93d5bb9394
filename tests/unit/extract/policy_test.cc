// Which entries, where to, and what is there already.
#include <sys/stat.h>
#include <unistd.h>

#include "extract_support.h"
#include "support/scratch.h"
#include "support/test_tree.h"
#include "tree_description.h"

namespace npk::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

TestEntry file(std::string path, std::string_view content, std::uint64_t link_group = 0) {
  TestEntry entry;
  entry.path = std::move(path);
  entry.content = bytes_of(content);
  entry.link_group = link_group;
  return entry;
}

TestEntry directory(std::string path, std::uint16_t mode = 0755) {
  TestEntry entry;
  entry.path = std::move(path);
  entry.kind = format::EntryKind::directory;
  entry.mode = mode;
  return entry;
}

class Policy : public ::testing::TestWithParam<Way> {
 protected:
  Policy()
      : package_(pack(TestTree({directory("src"), directory("src/lib", 0711), file("src/a.c", "a"),
                                file("src/b.h", "bee"), file("src/lib/c.c", "sea"), file("src/lib/link1", "linked", 1),
                                file("src/link2", "linked", 1), file("zoo/link3", "linked", 1), file("top", "top"),
                                file("zoo/empty", "")}))
                     .bytes) {
    ::umask(022);
  }

  Extracted run(ops::ExtractOptions options) { return extract_bytes(package_, GetParam(), out(), std::move(options)); }
  [[nodiscard]] std::string out() const { return scratch_ / "out"; }
  [[nodiscard]] std::vector<std::string> names() const {
    std::vector<std::string> all;
    for (const auto& [path, text] : describe_tree(out())) all.push_back(path);
    return all;
  }

  ScratchDirectory scratch_;
  Bytes package_;
};

TEST_P(Policy, Everything) {
  const Extracted extracted = run({});
  EXPECT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_EQ(extracted.result->entries, 10U);
  EXPECT_EQ(extracted.result->bytes, 1U + 3U + 3U + 3 * 6U + 3U);
  EXPECT_EQ(read_file(out() + "/zoo/link3"), "linked");
}

TEST_P(Policy, GlobsChoose) {
  EXPECT_TRUE(run({.globs = {"*.c"}}).is_clean());
  EXPECT_THAT(names(), ElementsAre("src", "src/a.c", "src/lib", "src/lib/c.c"));
}

TEST_P(Policy, ADirectoryChoosesWhatIsUnderIt) {
  const Extracted extracted = run({.globs = {"src/lib/"}});
  EXPECT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_THAT(names(), ElementsAre("src", "src/lib", "src/lib/c.c", "src/lib/link1"));
  struct stat status {};
  ASSERT_EQ(::stat((out() + "/src/lib").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777U, 0711U);
}

TEST_P(Policy, OneFileByName) {
  EXPECT_TRUE(run({.globs = {"./src/lib/c.c"}}).is_clean());
  EXPECT_THAT(names(), ElementsAre("src", "src/lib", "src/lib/c.c"));
}

TEST_P(Policy, NamesWithinOneAnotherChooseOnce) {
  const Extracted extracted = run({.globs = {"src/lib/c.c", "src/lib", "top"}});
  EXPECT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_EQ(extracted.result->entries, 4U);
}

TEST_P(Policy, GlobsWithoutMatchAreNamed) {
  const Extracted extracted = run({.globs = {"top", "nothing*", "src/none"}});
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_EQ(extracted.result->unmatched_globs, 2U);
  EXPECT_EQ(extracted.result->entries, 1U);
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("nothing*", "src/none"));
}

TEST_P(Policy, TheFirstChosenLinkHasTheData) {
  EXPECT_TRUE(run({.globs = {"src/link2", "zoo/*"}}).is_clean());
  EXPECT_THAT(names(), ElementsAre("src", "src/link2", "zoo", "zoo/empty", "zoo/link3"));
  EXPECT_EQ(read_file(out() + "/src/link2"), "linked");
  struct stat status {};
  ASSERT_EQ(::stat((out() + "/zoo/link3").c_str(), &status), 0);
  EXPECT_EQ(status.st_nlink, 2U);
}

TEST_P(Policy, ComponentsAreStripped) {
  const Extracted extracted = run({.strip_components = 1});
  EXPECT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_THAT(names(), UnorderedElementsAre("lib", "lib/c.c", "lib/link1", "a.c", "b.h", "link2", "empty", "link3"));
}

TEST_P(Policy, WhatStrippingMakesEqualIsRefusedOnce) {
  const Extracted extracted = run({.globs = {"src/lib/*", "src/link2", "zoo/link3"}, .strip_components = 2});
  EXPECT_TRUE(extracted.is_clean()) << extracted.text();
  EXPECT_THAT(names(), ElementsAre("c.c", "link1"));
}

TEST_P(Policy, AnExistingFileIsLeftAloneAndReported) {
  ::mkdir(out().c_str(), 0755);
  ::mkdir((out() + "/src").c_str(), 0700);
  write_file(out() + "/top", "mine");
  const Extracted extracted = run({});
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("top"));
  EXPECT_EQ(extracted.problems[0].code, Errc::exists);
  EXPECT_EQ(extracted.result->failed_entries, 1U);
  EXPECT_EQ(extracted.result->damaged_entries, 0U);
  EXPECT_EQ(extracted.result->entries, 9U);
  EXPECT_EQ(read_file(out() + "/top"), "mine");
  EXPECT_EQ(read_file(out() + "/src/a.c"), "a");
}

TEST_P(Policy, AnExistingFirstLinkLeavesTheOthers) {
  ::mkdir(out().c_str(), 0755);
  ::mkdir((out() + "/src").c_str(), 0755);
  ::mkdir((out() + "/src/lib").c_str(), 0755);
  write_file(out() + "/src/lib/link1", "mine");
  const Extracted extracted = run({});
  ASSERT_TRUE(extracted.result) << extracted.text();
  EXPECT_THAT(extracted.problem_paths(), ElementsAre("src/lib/link1"));
  EXPECT_EQ(read_file(out() + "/src/lib/link1"), "mine");
  EXPECT_EQ(read_file(out() + "/src/link2"), "linked");
  EXPECT_EQ(read_file(out() + "/zoo/link3"), "linked");
}

TEST_P(Policy, KeepingIsSilent) {
  ASSERT_TRUE(run({}).is_clean());
  write_file(out() + "/top", "mine");
  ::unlink((out() + "/src/a.c").c_str());
  ::unlink((out() + "/zoo/link3").c_str());
  const Extracted again = run({.existing = ops::ExistingFiles::keep});
  EXPECT_TRUE(again.is_clean()) << again.text();
  EXPECT_EQ(read_file(out() + "/top"), "mine");
  EXPECT_EQ(read_file(out() + "/src/a.c"), "a");
  EXPECT_EQ(read_file(out() + "/zoo/link3"), "linked");
}

TEST_P(Policy, OverwritingReplaces) {
  ASSERT_TRUE(run({}).is_clean());
  write_file(out() + "/top", "mine, and longer");
  write_file(scratch_ / "outside", "outside");
  ::unlink((out() + "/src/a.c").c_str());
  ASSERT_EQ(::symlink((scratch_ / "outside").c_str(), (out() + "/src/a.c").c_str()), 0);
  const Extracted again = run({.existing = ops::ExistingFiles::overwrite});
  EXPECT_TRUE(again.is_clean()) << again.text();
  EXPECT_EQ(read_file(out() + "/top"), "top");
  EXPECT_EQ(read_file(out() + "/src/a.c"), "a");
  EXPECT_EQ(read_file(scratch_ / "outside"), "outside");
}

TEST_P(Policy, AnUnusableTargetFailsAtOnce) {
  write_file(out(), "a file");
  const Extracted extracted = run({});
  EXPECT_EQ(extracted.code(), Errc::io) << extracted.text();
  EXPECT_EQ(read_file(out()), "a file");
}

INSTANTIATE_TEST_SUITE_P(Ways, Policy, ::testing::Values(Way::file, Way::pipe), way_name);

}  // namespace
}  // namespace npk::testing
