// The file that a stopped run leaves, and who may go on with it.
#include "io/partial_file.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "support/scratch.h"

namespace npk::testing {
namespace {

using io::PartialFile;

class Partial : public ::testing::Test {
 protected:
  const ScratchDirectory scratch_;
  const std::string target_ = scratch_ / "f", partial_ = scratch_ / ".f.npk-partial", record_ = scratch_ / ".f.npk-resume";

  [[nodiscard]] Result<std::unique_ptr<PartialFile>> open(std::string_view made_by = "a",
                                                          PartialFile::Earlier earlier = PartialFile::Earlier::in_place) const {
    return PartialFile::open(target_, made_by, earlier);
  }
  void leave(std::string_view content, PartialFile::Earlier earlier = PartialFile::Earlier::in_place) const {
    const auto file = open("a", earlier).value();
    ASSERT_TRUE(file->write(as_bytes(content)));
  }
};

std::string earlier_of(const PartialFile& file) {
  if (file.earlier() == nullptr) return "<none>";
  std::string text(static_cast<std::size_t>(file.earlier()->size().value()), '\0');
  EXPECT_TRUE(file.earlier()->read_at(0, MutableBytes(reinterpret_cast<std::uint8_t*>(text.data()), text.size())));
  return text;
}

TEST_F(Partial, StaysUntilItIsCommitted) {
  leave("half of");
  EXPECT_FALSE(exists(target_));
  EXPECT_EQ(read_file(partial_), "half of");
  const auto file = open().value();
  EXPECT_EQ(earlier_of(*file), "half of");
  ASSERT_TRUE(file->write(as_bytes("half")));
  ASSERT_TRUE(file->write(as_bytes(" it")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(target_), "half it");
  EXPECT_FALSE(exists(partial_));
  EXPECT_FALSE(exists(record_));
  EXPECT_EQ(file->write(as_bytes("x")).error().code, Errc::misuse);
  EXPECT_EQ(file->commit().error().code, Errc::misuse);
}

TEST_F(Partial, IsCutToWhatWasWritten) {
  leave(std::string(200'000, 'x'));
  const auto file = open().value();
  ASSERT_TRUE(file->write(as_bytes(std::string(150'000, 'x') + "y")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(target_), std::string(150'000, 'x') + "y");
}

TEST_F(Partial, NothingWrittenLeavesNothing) {
  { const auto file = open().value(); }
  EXPECT_FALSE(exists(partial_));
  EXPECT_FALSE(exists(record_));
}

TEST_F(Partial, MadeByAnotherIsRefused) {
  leave("abc");
  const auto other = open("b");
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().code, Errc::misuse);
  EXPECT_EQ(other.error().path, partial_);
  EXPECT_EQ(read_file(partial_), "abc");
}

TEST_F(Partial, ASecondWriterIsRefused) {
  const auto file = open().value();
  const auto second = open();
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().code, Errc::io);
  ASSERT_TRUE(file->write(as_bytes("x")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(target_), "x");
  EXPECT_TRUE(open());
}

TEST_F(Partial, WhatIsNoFileOfOnesOwnIsRefused) {
  write_file(scratch_ / "elsewhere", "precious");
  ASSERT_EQ(::symlink((scratch_ / "elsewhere").c_str(), partial_.c_str()), 0);
  EXPECT_EQ(open().error().code, Errc::io);
  ::unlink(partial_.c_str());
  ASSERT_EQ(::link((scratch_ / "elsewhere").c_str(), partial_.c_str()), 0);
  EXPECT_EQ(open().error().code, Errc::io);
  EXPECT_EQ(read_file(scratch_ / "elsewhere"), "precious");
  ::unlink(partial_.c_str());
  ASSERT_EQ(::mkfifo(partial_.c_str(), 0600), 0);
  EXPECT_EQ(open().error().code, Errc::io);
}

TEST_F(Partial, KeepsThePermissionsOfWhatItReplaces) {
  write_file(target_, "old");
  ASSERT_EQ(::chmod(target_.c_str(), 0600), 0);
  const auto file = open().value();
  struct stat status {};
  ASSERT_EQ(::stat(partial_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  ASSERT_TRUE(file->write(as_bytes("new")));
  ASSERT_TRUE(file->commit());
  ASSERT_EQ(::stat(target_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
  EXPECT_EQ(read_file(target_), "new");
}

TEST_F(Partial, ATargetThatIsNoFileIsRefused) {
  EXPECT_EQ(PartialFile::open("/dev/null", "a", PartialFile::Earlier::in_place).error().code, Errc::misuse);
  EXPECT_EQ(PartialFile::open(scratch_.path(), "a", PartialFile::Earlier::in_place).error().code, Errc::misuse);
  EXPECT_FALSE(PartialFile::open(scratch_ / "none/f", "a", PartialFile::Earlier::in_place));
}

TEST_F(Partial, FollowsALinkToItsTarget) {
  ASSERT_EQ(::mkdir((scratch_ / "d").c_str(), 0755), 0);
  ASSERT_EQ(::symlink("d/real", target_.c_str()), 0);
  const auto file = open().value();
  ASSERT_TRUE(file->write(as_bytes("x")));
  EXPECT_TRUE(exists(scratch_ / "d/.real.npk-partial"));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(scratch_ / "d/real"), "x");
}

// The longest of what runs left is what the next one reads.
TEST_F(Partial, Apart) {
  constexpr auto kApart = PartialFile::Earlier::apart;
  leave("first", kApart);
  {
    const auto file = open("a", kApart).value();
    EXPECT_EQ(earlier_of(*file), "first");
    ASSERT_TRUE(file->write(as_bytes("2nd")));
    EXPECT_EQ(earlier_of(*file), "first");
    EXPECT_FALSE(open("a", kApart));
  }
  {
    const auto file = open("a", kApart).value();
    EXPECT_EQ(earlier_of(*file), "first");
    ASSERT_TRUE(file->write(as_bytes("the third")));
  }
  const auto file = open("a", kApart).value();
  EXPECT_EQ(earlier_of(*file), "the third");
  ASSERT_TRUE(file->write(as_bytes("whole")));
  ASSERT_TRUE(file->commit());
  EXPECT_EQ(read_file(target_), "whole");
  for (const std::string& path : PartialFile::paths_beside(target_)) EXPECT_FALSE(exists(path)) << path;
}

}  // namespace
}  // namespace npk::testing
