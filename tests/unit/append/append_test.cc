// What a further generation costs, and what it takes for unchanged.
#include "append_support.h"

namespace npk::testing {
namespace {

using format::FrameType;

class Append : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int i = 0; i < 30; ++i) package_.write("d/f" + std::to_string(i), text_of(DataKind::random, 5000, static_cast<std::uint64_t>(i)));
    package_.pack();
  }
  AppendedPackage package_;
};

TEST_F(Append, UnchangedFilesAreNotRead) {
  package_.write("d/f7", "another");
  const ops::AppendReport report = package_.append();
  EXPECT_EQ(report.write.input_bytes, 7U);
  EXPECT_EQ(report.kept_files, 29U);
  EXPECT_EQ(report.new_entries, 0U);
  EXPECT_EQ(report.gone_entries, 0U);
  EXPECT_LT(report.added_bytes, 4000U);
  EXPECT_EQ(report.write.package_bytes, package_.bytes().size());
}

TEST_F(Append, OfTheSameTreeChangesNothing) {
  const Bytes before = package_.bytes();
  const ops::AppendReport report = package_.append();
  EXPECT_TRUE(report.changed_nothing);
  EXPECT_EQ(report.generation, 1U);
  EXPECT_TRUE(package_.bytes() == before);
}

TEST_F(Append, TheBytesThatWereThereStay) {
  const Bytes before = package_.bytes();
  package_.write("new", text_of(DataKind::text, 100'000, 1));
  package_.append();
  const Bytes after = package_.bytes();
  ASSERT_GT(after.size(), before.size());
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()));
}

TEST_F(Append, KnownContentUnderAnotherNameIsNotStoredAgain) {
  package_.write("copy", text_of(DataKind::random, 5000, 3));
  const ops::AppendReport report = package_.append();
  EXPECT_EQ(report.write.duplicate_bytes, 5000U);
  EXPECT_LT(report.added_bytes, 4000U);
}

// The size and time of a file that was written to are what they were: only its content says so.
TEST_F(Append, OnlyReadingAllFindsWhatSizeAndTimeHide) {
  package_.write("d/f3", text_of(DataKind::random, 5000, 99));
  EXPECT_TRUE(package_.append().changed_nothing);
  ops::AppendOptions all = package_.append_options();
  all.read_all = true;
  const ops::AppendReport report = AppendedPackage::run(all);
  EXPECT_FALSE(report.changed_nothing);
  EXPECT_EQ(report.write.input_bytes, 30U * 5000U);
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
}

// Written in the second in which the package was made: it may have been written to again after it was read.
TEST_F(Append, AFileAsNewAsThePackageIsRead) {
  package_.set_age("d/f3", 0);
  EXPECT_FALSE(package_.append().changed_nothing);  // its time
  package_.write("d/f3", text_of(DataKind::random, 5000, 99), -1000);
  EXPECT_FALSE(package_.append().changed_nothing);
  package_.write("d/f3", text_of(DataKind::random, 5000, 100), -1000);
  EXPECT_FALSE(package_.append().changed_nothing);
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
}

TEST_F(Append, AMetadataChangeReadsNothing) {
  ASSERT_EQ(::chmod(package_.in_tree("d/f5").c_str(), 0600), 0);
  const ops::AppendReport report = package_.append();
  EXPECT_FALSE(report.changed_nothing);
  EXPECT_EQ(report.write.input_bytes, 0U);
  EXPECT_EQ(package_.open().value().find("t/d/f5").value()->row().mode, 0600);
  EXPECT_EQ(package_.open(1).value().find("t/d/f5").value()->row().mode, 0644);
}

TEST_F(Append, CatalogLeavesThatDidNotChangeAreShared) {
  AppendedPackage large;
  for (int i = 0; i < 12'000; ++i) large.write("many/f" + std::to_string(i), "");
  large.pack();
  const auto leaves = [&] {
    const PackageFrames frames = frames_of(large.bytes());
    return std::ranges::count(frames.frames, FrameType::catalog_page, [](const PackageFrame& frame) { return frame.header.type; });
  };
  const auto before = leaves();
  ASSERT_GT(before, 3);
  large.write("many/f77", "changed");
  large.append();
  EXPECT_EQ(leaves() - before, 2);  // its leaf, and the root
  EXPECT_EQ(large.verified(), "sound");
  EXPECT_TRUE(large.in_package() == large.on_disk());
}

TEST_F(Append, IsTheSameWhateverTheThreads) {
  const Bytes before = package_.bytes();
  for (int i = 0; i < 40; ++i) package_.write("e/g" + std::to_string(i), text_of(DataKind::mixed, 30'000, static_cast<std::uint64_t>(i)));
  ops::AppendOptions one = package_.append_options();
  one.create.writer.threads = 1;
  AppendedPackage::run(one);
  const Bytes with_one = package_.bytes();
  package_.put_back(before);
  one.create.writer.threads = 5;
  AppendedPackage::run(one);
  EXPECT_TRUE(package_.bytes() == with_one);
}

TEST_F(Append, HardLinksStayLinks) {
  std::filesystem::create_hard_link(package_.in_tree("d/f1"), package_.in_tree("link1"));
  std::filesystem::create_hard_link(package_.in_tree("d/f2"), package_.in_tree("link2"));
  package_.append();
  const auto group = [&](std::string_view path) { return package_.open().value().find(path).value()->row().link_group; };
  EXPECT_NE(group("t/d/f1"), 0U);
  EXPECT_EQ(group("t/d/f1"), group("t/link1"));
  EXPECT_EQ(group("t/d/f2"), group("t/link2"));
  EXPECT_NE(group("t/d/f1"), group("t/d/f2"));
  EXPECT_EQ(package_.verified(), "sound");
  ops::AppendOptions elsewhere = package_.append_options();
  elsewhere.create.inputs = {};
  elsewhere.removed = {"t/d/f1"};
  AppendedPackage::run(elsewhere);
  EXPECT_EQ(group("t/link1"), 0U);  // no other name is left
  EXPECT_NE(group("t/link2"), 0U);
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(package_.in_package().at("t/link1"), text_of(DataKind::random, 5000, 1));
}

}  // namespace
}  // namespace npk::testing
