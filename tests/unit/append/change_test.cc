// Paths that go, come back, take each other's place, are removed and renamed; and changes that are refused.
#include <sys/file.h>

#include "append_support.h"
#include "package/reader/impl.h"
#include "package/reader/tree_leaves.h"

namespace npk::testing {
namespace {

class Change : public ::testing::Test {
 protected:
  void SetUp() override {
    package_.write("a", "alpha");
    package_.write("d/b", "beta");
    package_.write("d/c", "gamma");
    package_.write("e/f/g", "delta");
    package_.pack();
  }
  ops::AppendOptions edit() {
    ops::AppendOptions options = package_.append_options();
    options.create.inputs = {};
    return options;
  }
  [[nodiscard]] std::set<std::string> paths() const {
    std::set<std::string> paths;
    for (const auto& [path, content] : package_.in_package()) paths.insert(path);
    return paths;
  }
  using Paths = std::set<std::string>;
  AppendedPackage package_;
};

TEST_F(Change, WhatIsNotFoundAnyMoreIsGone) {
  package_.remove("d");
  EXPECT_EQ(package_.append().gone_entries, 3U);
  EXPECT_EQ(paths(), (Paths{"t", "t/a", "t/e", "t/e/f", "t/e/f/g"}));
  EXPECT_TRUE(package_.in_package(1).contains("t/d/b"));
}

TEST_F(Change, OrStaysIfThatIsWanted) {
  package_.remove("d");
  package_.write("new", "n");
  ops::AppendOptions keep = package_.append_options();
  keep.keep_missing = true;
  EXPECT_EQ(AppendedPackage::run(keep).gone_entries, 0U);
  EXPECT_TRUE(paths().contains("t/d/b"));
  EXPECT_EQ(package_.in_package().at("t/d/b"), "beta");
}

TEST_F(Change, WhatLiesBesideThePathsGivenStays) {
  package_.remove("a");
  package_.remove("d/b");
  ops::AppendOptions only = package_.append_options();
  only.create.inputs = {{.path = "t/d", .base_directory = std::filesystem::path(package_.path()).parent_path().string()}};
  AppendedPackage::run(only);
  EXPECT_TRUE(paths().contains("t/a"));
  EXPECT_FALSE(paths().contains("t/d/b"));
}

TEST_F(Change, ADirectoryBecomesAFileAndBack) {
  package_.remove("d");
  package_.write("d", "no directory");
  for (const bool keep : {false, true}) {
    ops::AppendOptions options = package_.append_options();
    options.keep_missing = keep;
    AppendedPackage::run(options);
    EXPECT_EQ(package_.in_package().at("t/d"), "no directory");
    EXPECT_FALSE(paths().contains("t/d/b"));
  }
  package_.remove("d");
  package_.write("d/b", "again");
  package_.append();
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Change, NothingIsPutIntoAFile) {
  package_.remove("a");
  package_.write("a/x", "x");
  ops::AppendOptions inside = package_.append_options();
  inside.create.inputs = {{.path = "t/a/x", .base_directory = std::filesystem::path(package_.path()).parent_path().string()}};
  package_.expect_refused(inside, Errc::misuse, "t/a");
}

TEST_F(Change, RemovedGlobsAreGoneFromThenOn) {
  ops::AppendOptions remove = edit();
  remove.removed = {"t/d", "*g"};
  EXPECT_EQ(AppendedPackage::run(remove).gone_entries, 4U);
  EXPECT_EQ(paths(), (Paths{"t", "t/a", "t/e", "t/e/f"}));
  EXPECT_EQ(package_.in_package(1).at("t/e/f/g"), "delta");
  remove = edit();
  remove.removed = {"t/a", "t/d"};
  package_.expect_refused(remove, Errc::not_found, "t/d");
}

TEST_F(Change, RenamingTakesWhatIsUnderItAlong) {
  ops::AppendOptions rename = edit();
  rename.renamed = {{"t/d", "z/y"}, {"t/a", "first"}};
  const ops::AppendReport report = AppendedPackage::run(rename);
  EXPECT_EQ(report.write.input_bytes, 0U);
  EXPECT_EQ(paths(), (Paths{"first", "t", "t/e", "t/e/f", "t/e/f/g", "z/y", "z/y/b", "z/y/c"}));
  EXPECT_EQ(package_.in_package().at("z/y/b"), "beta");
  EXPECT_EQ(package_.in_package().at("first"), "alpha");
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Change, TwoEntriesNeverHaveOnePath) {
  ops::AppendOptions rename = edit();
  rename.renamed = {{"t/d/b", "t/a"}};
  package_.expect_refused(rename, Errc::misuse, "t/a");
  rename.renamed = {{"t/d/b", "x"}, {"t/d/c", "x"}};
  package_.expect_refused(rename, Errc::misuse, "x");
  rename.renamed = {{"t/nothing", "x"}};
  package_.expect_refused(rename, Errc::not_found, "t/nothing");
  rename.renamed = {{"t/a", "../x"}};
  package_.expect_refused(rename, Errc::misuse, "'..'");
}

TEST_F(Change, NothingIsRenamedIntoAFile) {
  ops::AppendOptions rename = edit();
  rename.renamed = {{"t/d/b", "t/a/b"}};
  package_.expect_refused(rename, Errc::misuse, "'t/a/b' can't be put in it");
  rename.renamed = {{"t/d", "t/a/further/d"}};
  package_.expect_refused(rename, Errc::misuse, "'t/a/further/d' can't be put in it");
  rename.renamed = {{"t/a", "y"}, {"t/d/b", "y/b"}};
  package_.expect_refused(rename, Errc::misuse, "'y/b' can't be put in it");
  rename.renamed = {{"t/a", "y"}, {"t/d/b", "t/a/b"}};  // where the file was
  EXPECT_TRUE(ops::append(rename));
}

TEST_F(Change, NoFileTakesThePlaceOfADirectoryThatOnlyPathsImply) {
  ops::AppendOptions imply = edit();
  imply.renamed = {{"t/d", "z/y"}, {"t/e/f/g", "n/o/g"}};
  AppendedPackage::run(imply);
  ops::AppendOptions rename = edit();
  for (const std::string above : {"z", "n", "n/o"}) {
    rename.renamed = {{"t/a", above}};
    package_.expect_refused(rename, Errc::misuse, above + ": is a directory in the package");
  }
  rename.renamed = {{"t/a", "z"}, {"z/y", "t/a"}};  // where the directory was
  AppendedPackage::run(rename);
  EXPECT_EQ(paths(), (Paths{"n/o/g", "t", "t/a", "t/a/b", "t/a/c", "t/e", "t/e/f", "z"}));
  EXPECT_EQ(package_.verified(), "sound");
}

// Of a page behind it that would be kept unread.
TEST_F(Change, NorWhereAPageBeginsInThatDirectory) {
  ops::AppendOptions imply = edit();
  for (int i = 10000; i < 13000; ++i) {
    const std::string name = std::to_string(i);
    package_.write("many/" + name, "");
    imply.renamed.emplace_back("t/many/" + name, "z/" + name + "/file");
  }
  package_.append();
  AppendedPackage::run(imply);
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  const auto leaves = reader::catalog_leaves(reader->impl().frames(), reader->info().commit.placement.catalog_root, reader->info().commit_place.position);
  ASSERT_TRUE(leaves);
  ASSERT_GE(leaves->size(), 2U);
  const std::string first = leaves->back().first_path;
  ASSERT_TRUE(first.ends_with("/file"));
  ops::AppendOptions rename = edit();
  rename.renamed = {{"t/a", first.substr(0, first.rfind('/'))}};
  package_.expect_refused(rename, Errc::misuse, "is a directory in the package: '" + first + "' lies in it");
}

// What a given path has not any more is gone, also what was renamed to it.
TEST_F(Change, RenamedAndAddedToAtOnce) {
  ops::AppendOptions both = package_.append_options();
  both.renamed = {{"t/d/b", "t/new"}, {"t/d/c", "away/c"}};
  AppendedPackage::run(both);
  EXPECT_FALSE(paths().contains("t/new"));
  EXPECT_EQ(package_.in_package().at("away/c"), "gamma");
  EXPECT_EQ(package_.in_package().at("t/d/b"), "beta");  // which is there
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_F(Change, NothingToDoIsMisuse) { package_.expect_refused(edit(), Errc::misuse); }

TEST_F(Change, ASecondWriterIsRefused) {
  const int other = ::open(package_.path().c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_EQ(::flock(other, LOCK_EX), 0);
  package_.expect_refused(package_.append_options(), Errc::io, "another process");
  ::close(other);
}

TEST_F(Change, WithoutTheKeyNothingIsAdded) {
  AppendedPackage sealed(recipients(recipient()), identities(identity()));
  sealed.write("a", "alpha");
  sealed.pack();
  ops::AppendOptions options = sealed.append_options();
  options.identities = nullptr;
  sealed.expect_refused(options, Errc::no_key);
}

TEST_F(Change, ADamagedPackageIsNotAddedTo) {
  const Bytes whole = package_.bytes();
  Bytes damaged = whole;
  const PackageFrames frames = frames_of(whole);
  damaged[frame_positions(whole)[frames.index_of(format::FrameType::chunk_page)] + 70] ^= 1;
  package_.put_back(damaged);
  package_.write("new", "n");
  package_.expect_refused(package_.append_options(), Errc::corrupt);
  package_.put_back(ByteView(whole).first(whole.size() - 1));
  package_.expect_refused(package_.append_options(), Errc::corrupt);
}

}  // namespace
}  // namespace npk::testing
