// A generation whose adding was stopped anywhere and gone on with has the bytes of one that was not.
#include "npk/ops/hash.h"
#include "ops/write/append_within.h"
#include "resume_support.h"
#include "unit/append/append_support.h"

namespace npk::testing {
namespace {

class AppendResumed : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    for (int i = 0; i < 6; ++i) package_.write("f" + std::to_string(i), text_of(DataKind::text, 20'000, static_cast<std::uint64_t>(i)));
    package_.pack();
    base_ = package_.bytes();
    for (int i = 4; i < 16; ++i)
      package_.write("f" + std::to_string(i), text_of(DataKind::text, 40'000 + 3'000 * static_cast<std::size_t>(i), static_cast<std::uint64_t>(i + 100)), 900);
    package_.write("large", text_of(DataKind::text, 500'000, 7), 900);
    options_ = package_.append_options();
    options_.create.resume = true;
    ASSERT_TRUE(ops::append_within(options_, kSmallSegments));
    whole_ = package_.bytes();
    expect_nothing_beside();
  }

  [[nodiscard]] std::string beside(std::string_view ending) const {
    return package_.path().substr(0, package_.path().rfind('/')) + "/.p.npk" + std::string(ending);
  }
  void expect_nothing_beside() const {
    for (const char* ending : {".npk-append", ".npk-earlier"}) EXPECT_FALSE(exists(beside(ending))) << ending;
  }
  // As a run with these options leaves it when it is killed: the record is written before the first byte.
  void leave(std::uint64_t end, const ops::AppendOptions& made_by) {
    package_.put_back(base_);
    const writer::WritePlan plan = writer::make_plan(made_by.create.writer).value();
    const auto reader = package_.open().value();
    const std::string place = "after " + std::to_string(base_.size()) + " " + ops::hex_of(reader.info().commit_place.hash) + ": ";
    ASSERT_TRUE(io::write_resume_record(beside(".npk-append"), place + writer::block_identity(plan)));
    ::unlink(beside(".npk-earlier").c_str());
    package_.put_back(ByteView(whole_).first(static_cast<std::size_t>(end)));
  }
  void leave(std::uint64_t end) { leave(end, options_); }

  AppendedPackage package_ = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
  ops::AppendOptions options_;
  Bytes base_, whole_;
};

TEST_P(AppendResumed, CutAtAndWithinEveryFrame) {
  const State wanted = package_.in_package();
  const auto positions = frame_positions(whole_);
  const PackageFrames frames = frames_of(whole_);
  std::uint64_t most = 0;
  for (std::size_t i = 0; i + 1 < positions.size(); ++i) {
    for (const std::uint64_t cut : {positions[i], positions[i] + 1, positions[i] + 64, (positions[i] + positions[i + 1]) / 2}) {
      if (cut < base_.size() || cut > whole_.size()) continue;
      SCOPED_TRACE(cut);
      leave(cut);
      const auto report = ops::append_within(options_, kSmallSegments);
      ASSERT_TRUE(report) << report.error().to_string();
      most = std::max(most, report->write.earlier_blocks);
      if (GetParam()) {
        EXPECT_TRUE(package_.in_package() == wanted);
        EXPECT_EQ(package_.verified(), "sound");
      } else {
        EXPECT_TRUE(package_.bytes() == whole_);
      }
      EXPECT_EQ(report->generation, 2U);
      EXPECT_EQ(report->changed_nothing, cut >= positions[positions.size() - 2]) << "a whole commit is kept";
      expect_nothing_beside();
    }
  }
  EXPECT_GT(most, 5U);
}

TEST_P(AppendResumed, StoppedTwice) {
  const std::uint64_t most = whole_.size() - (whole_.size() - base_.size()) / 5;
  leave(most);
  const Bytes before = package_.bytes();
  std::stop_source stop;
  ops::AppendOptions stopped = options_;
  stopped.create.writer.stop = stop.get_token();
  stop.request_stop();
  EXPECT_EQ(ops::append_within(stopped, kSmallSegments).error().code, Errc::cancelled);
  const auto report = ops::append_within(options_, kSmallSegments);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_GT(report->write.earlier_blocks, 5U);
  EXPECT_EQ(package_.verified(), "sound");
}

TEST_P(AppendResumed, ChangedInput) {
  leave((base_.size() + whole_.size()) / 2);
  package_.write("f9", text_of(DataKind::text, 55'000, 1), 900);
  package_.write("a first", text_of(DataKind::text, 5'000, 1), 900);
  ASSERT_TRUE(ops::append_within(options_, kSmallSegments));
  EXPECT_TRUE(package_.in_package() == package_.on_disk());
  EXPECT_EQ(package_.verified(), "sound");
  if (GetParam()) return;
  const Bytes resumed = package_.bytes();
  package_.put_back(base_);
  ops::AppendOptions fresh = options_;
  fresh.create.resume = false;
  ASSERT_TRUE(ops::append_within(fresh, kSmallSegments));
  EXPECT_TRUE(package_.bytes() == resumed);
}

TEST_P(AppendResumed, OtherOptionsAreRefusedAndNothingLost) {
  leave((base_.size() + whole_.size()) / 2);
  const Bytes torn = package_.bytes();
  ops::AppendOptions other = options_;
  other.create.writer.level = 9;
  const auto refused = ops::append_within(other, kSmallSegments);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::misuse);
  EXPECT_TRUE(package_.bytes() == torn);
  const auto report = ops::append_within(options_, kSmallSegments);
  ASSERT_TRUE(report);
  EXPECT_GT(report->write.earlier_blocks, 0U);
}

// Only what a run with --resume left is known to be made alike.
TEST_P(AppendResumed, AfterARunThatDidNotSayHow) {
  leave((base_.size() + whole_.size()) / 2);
  const Bytes torn = package_.bytes();
  ops::AppendOptions plain = options_;
  plain.create.resume = false;
  std::stop_source stop;
  plain.create.writer.stop = stop.get_token();
  ASSERT_TRUE(ops::append_within(plain, kSmallSegments));
  expect_nothing_beside();
  package_.put_back(torn);
  const auto report = ops::append_within(options_, kSmallSegments);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_EQ(report->write.earlier_blocks, 0U);
  EXPECT_EQ(report->cut_bytes, torn.size() - base_.size());
  if (!GetParam()) {
    EXPECT_TRUE(package_.bytes() == whole_);
  }
}

TEST_P(AppendResumed, NothingNewLeavesTheFileAsItWas) {
  package_.put_back(whole_);
  const auto report = ops::append_within(options_, kSmallSegments);
  ASSERT_TRUE(report);
  EXPECT_TRUE(report->changed_nothing);
  EXPECT_TRUE(package_.bytes() == whole_);
  expect_nothing_beside();
}

TEST_P(AppendResumed, WhatIsDamagedIsMadeAgain) {
  for (std::uint64_t at = base_.size(); at + 3000 < whole_.size(); at += 1 + (whole_.size() - base_.size()) / 40) {
    SCOPED_TRACE(at);
    leave(whole_.size() - 2000);
    Bytes torn = package_.bytes();
    torn[static_cast<std::size_t>(at)] ^= 4;
    package_.put_back(torn);
    const auto report = ops::append_within(options_, kSmallSegments);
    ASSERT_TRUE(report) << report.error().to_string();
    EXPECT_EQ(package_.verified(), "sound");
    if (!GetParam()) {
      EXPECT_TRUE(package_.bytes() == whole_);
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Sealed, AppendResumed, ::testing::Bool(), [](const auto& test) { return test.param ? "Yes" : "No"; });

}  // namespace
}  // namespace npk::testing
