// Bytes missing in the middle or at the beginning, or more than there were: frames are found where they lie now.
#include "recover_support.h"

namespace npk::testing {
namespace {

class RecoverShift : public ::testing::Test {
 protected:
  RecoverShift() {
    fill_small(package_);
    package_.pack();
    bytes_ = package_.bytes();
    state_ = package_.in_package();
  }

  AppendedPackage package_;
  Bytes bytes_;
  State state_;
};

TEST_F(RecoverShift, BytesMissingInTheMiddleCostTheFramesTheyWereOf) {
  const auto reader = package_.open();
  ASSERT_TRUE(reader);
  for (const auto& [position, paths] : needs_of(*reader)) {
    for (const std::uint64_t missing : {1ULL, 512ULL, 4'096ULL}) {
      const Recovered recovered = recover_bytes(without(bytes_, position + 100, position + 100 + missing));
      ASSERT_TRUE(recovered.report);
      EXPECT_TRUE(std::ranges::includes(recovered.lost_paths(), paths));
      expect_true_or_listed(recovered, state_);
    }
    const Recovered one = recover_bytes(without(bytes_, position + 100, position + 101));
    EXPECT_EQ(one.lost_paths(), paths);
  }
}

TEST_F(RecoverShift, SectorsMissingAnywhere) {
  for (std::uint64_t at = 0; at + 4'096 < bytes_.size(); at += 15'013) {
    const Recovered recovered = recover_bytes(without(bytes_, at, at + 4'096));
    if (!recovered.report) {
      ADD_FAILURE() << at << ": " << recovered.report.error().to_string();
      continue;
    }
    expect_true_or_listed(recovered, state_);
  }
}

TEST_F(RecoverShift, HeadCut) {
  const auto positions = frame_positions(bytes_);
  for (const std::uint64_t cut : {1ULL, 50ULL, 95ULL, 96ULL, 1'000ULL}) {
    const Recovered recovered = recover_bytes(ByteView(bytes_).subspan(static_cast<std::size_t>(cut)));
    ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
    if (cut <= 96) { EXPECT_TRUE(recovered.report->lost.empty()); }
    expect_true_or_listed(recovered, state_);
  }
  for (const std::uint64_t position : positions) {
    const Recovered recovered = recover_bytes(ByteView(bytes_).subspan(static_cast<std::size_t>(position)));
    if (recovered.report) expect_true_or_listed(recovered, state_);
  }
}

TEST_F(RecoverShift, WithinALargerFile) {
  Bytes larger = make_data(DataKind::random, 10'007, 3);
  larger.insert(larger.end(), bytes_.begin(), bytes_.end());
  const Recovered recovered = recover_bytes(larger);
  ASSERT_TRUE(recovered.report);
  EXPECT_TRUE(recovered.report->is_complete());
  EXPECT_TRUE(recovered.state() == state_);
}

TEST_F(RecoverShift, APackageInThePackageIsNotTaken) {
  AppendedPackage outer;
  outer.write("inner.npk", as_text(bytes_));
  outer.write("other", text_of(DataKind::text, 5'000, 9));
  ops::CreateOptions create = outer.options();
  create.writer.codec = "store";
  ASSERT_TRUE(ops::create(create));
  const Bytes whole = outer.bytes();
  for (std::uint64_t cut = 0; cut <= 200; cut += 50) {
    const Recovered recovered = recover_bytes(ByteView(whole).subspan(static_cast<std::size_t>(cut)));
    ASSERT_TRUE(recovered.report) << recovered.report.error().to_string();
    expect_true_or_listed(recovered, outer.in_package());
  }
}

}  // namespace
}  // namespace npk::testing
