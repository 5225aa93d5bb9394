// Every damage within the budget is repaired, whatever it is and wherever it lies; more than that is said exactly.
#include "parity_support.h"

#include "parity/choose_layout.h"

namespace npk::testing {
namespace {

// Small packages, where each shard matters, and one with several groups of stripes.
class Damaged : public ::testing::TestWithParam<std::pair<std::size_t, unsigned>> {
 protected:
  const ProtectedPackage package_{GetParam().first, GetParam().second};
  const Bytes bytes_ = package_.bytes();
  const format::ParityLayout layout_ = layout_of(bytes_);
  const std::uint64_t burst_ = bytes_.size() * GetParam().second / 100;
  const RepairShop shop_;
  std::mt19937 random_{7};

  [[nodiscard]] std::uint64_t place(std::uint64_t length) { return random_() % (bytes_.size() - length + 1); }
  // At both ends, where data meets parity, and anywhere.
  [[nodiscard]] std::vector<std::uint64_t> places(std::uint64_t length) {
    std::vector<std::uint64_t> places = {0, bytes_.size() - length, layout_.end - std::min(layout_.end, length / 2)};
    places.push_back(std::min<std::uint64_t>(layout_.end, bytes_.size() - length));
    for (int i = 0; i < 3; ++i) places.push_back(place(length));
    for (std::uint64_t& at : places) at = std::min<std::uint64_t>(at, bytes_.size() - length);
    return places;
  }
};

TEST_P(Damaged, IsSoundBefore) {
  EXPECT_EQ(package_.verified(), "sound");
  EXPECT_EQ(shop_.mended(bytes_, bytes_), "as it was");
  const auto report = shop_.repair(bytes_).report;
  EXPECT_TRUE(report->mended.empty() && report->lost.empty() && report->moved_bytes == 0);
  EXPECT_EQ(report->protected_bytes, bytes_.size());
}

TEST_P(Damaged, Zeros) {
  for (const std::uint64_t at : places(burst_)) EXPECT_EQ(shop_.mended(zeroed(bytes_, at, burst_), bytes_), "as it was") << at;
}

TEST_P(Damaged, OtherBytes) {
  for (const std::uint64_t at : places(burst_)) EXPECT_EQ(shop_.mended(inverted(bytes_, at, burst_), bytes_), "as it was") << at;
}

TEST_P(Damaged, SingleBytes) {
  for (int round = 0; round < 20; ++round) {
    const std::uint64_t at = place(1);
    const auto outcome = shop_.repair(inverted(bytes_, at, 1));
    ASSERT_TRUE(outcome.report && outcome.report->is_whole()) << at;
    ASSERT_TRUE(outcome.output == bytes_) << at;
    ASSERT_EQ(outcome.report->mended.size(), 1U) << at;
    EXPECT_LE(outcome.report->mended[0].position, at);
    EXPECT_GT(outcome.report->mended[0].position + outcome.report->mended[0].length, at);
  }
}

TEST_P(Damaged, MissingBytes) {
  for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{512}, burst_}) {
    for (const std::uint64_t at : places(std::min(length, burst_)))
      EXPECT_EQ(shop_.mended(without(bytes_, at, std::min(length, burst_)), bytes_), "as it was") << length << " at " << at;
  }
}

TEST_P(Damaged, TooManyBytes) {
  std::vector<std::uint64_t> all = places(1);
  for (const std::uint64_t from_end : {0U, 100U, 190U, 300U}) all.push_back(bytes_.size() - from_end);
  for (const std::uint64_t at : all)
    EXPECT_EQ(shop_.mended(with_extra(bytes_, at, make_data(DataKind::random, 700, at)), bytes_), "as it was") << at;
}

TEST_P(Damaged, CutTail) {
  for (const std::uint64_t length : {std::uint64_t{1}, std::uint64_t{200}, burst_})
    EXPECT_EQ(shop_.mended(without(bytes_, bytes_.size() - std::min(length, burst_), length), bytes_), "as it was") << length;
}

TEST_P(Damaged, Superblock) {
  EXPECT_EQ(shop_.mended(zeroed(bytes_, 0, format::kSuperblockBytes), bytes_), "as it was");
  Bytes other = bytes_;  // of another package, and whole
  auto superblock = format::decode_superblock(bytes_).value();
  superblock.package_id[0] ^= 1;
  std::ranges::copy(format::encode_superblock(superblock), other.begin() + 0);
  const auto outcome = shop_.repair(other);
  EXPECT_FALSE(outcome.report) << "frames of another package are none of this one";
}

// M shards of each stripe, any.
TEST_P(Damaged, AnyMOfEachStripe) {
  for (int round = 0; round < 4; ++round) {
    Bytes damaged = bytes_;
    for (std::uint32_t stripe = 0; stripe < layout_.stripes; ++stripe) {
      const std::uint32_t group = stripe / layout_.group_stripes, before = stripe % layout_.group_stripes * layout_.shard_bytes;
      std::vector<std::uint32_t> slots(layout_.stripe_shards());
      for (std::uint32_t i = 0; i < slots.size(); ++i) slots[i] = i;
      std::ranges::shuffle(slots, random_);
      for (std::uint32_t k = 0; k < layout_.parity_shards; ++k) {
        const std::uint32_t slot = slots[k];
        const std::uint64_t at = before + (slot < layout_.data_shards ? layout_.data_position(group, slot)
                                                                      : layout_.parity_position(group, slot - layout_.data_shards));
        if (slot >= layout_.data_shards || at < layout_.end) damaged = inverted(std::move(damaged), at + random_() % 60, 3);
      }
    }
    EXPECT_EQ(shop_.mended(damaged, bytes_), "as it was") << round;
  }
}

// All parity frames but one of each group, their heads or headers; the data is whole.
TEST_P(Damaged, ParityFramesButOne) {
  for (std::uint32_t kept = 0; kept < layout_.rows(); ++kept) {
    Bytes damaged = bytes_;
    for (std::uint32_t row = 0; row < layout_.rows(); ++row) {
      for (std::uint32_t group = 0; row != kept && group < layout_.groups(); ++group)
        damaged = inverted(std::move(damaged), layout_.frame_position(group, row) + random_() % 300, 4);
    }
    EXPECT_EQ(shop_.mended(damaged, bytes_), "as it was") << kept;
  }
}

TEST_P(Damaged, SeveralStretchesMissing) {
  if (std::uint64_t{layout_.parity_shards} * layout_.stripes < 5) GTEST_SKIP() << "two stretches cost up to four shards";
  const std::uint64_t length = std::max<std::uint64_t>(1, burst_ / 8);
  Bytes damaged = bytes_;
  for (int i = 1; i <= 2; ++i) damaged = without(std::move(damaged), bytes_.size() / 3 * (3 - static_cast<unsigned>(i)), length);
  EXPECT_EQ(shop_.mended(damaged, bytes_), "as it was");
}

TEST_P(Damaged, MoreThanTheBudget) {
  const std::uint64_t too_long = std::uint64_t{layout_.parity_shards + 1U} * layout_.stripes * layout_.shard_bytes;
  if (too_long + layout_.shard_bytes > layout_.end) GTEST_SKIP() << "the data is shorter than what its parity bears";
  const Bytes damaged = inverted(bytes_, 0, too_long);
  const auto refused = shop_.repair(damaged);
  ASSERT_TRUE(refused.report) << refused.report.error().to_string();
  EXPECT_FALSE(refused.report->written);
  ASSERT_EQ(refused.report->lost.size(), 1U);
  EXPECT_EQ(refused.report->lost[0], (ops::PackageRange{0, too_long}));
  const auto kept = shop_.repair(damaged, true);
  ASSERT_TRUE(kept.report && kept.report->written);
  EXPECT_TRUE(kept.output == damaged) << "what can't be mended is as it was found";
}

INSTANTIATE_TEST_SUITE_P(Parity, Damaged,
                         ::testing::Values(std::pair<std::size_t, unsigned>{400, 10}, std::pair<std::size_t, unsigned>{30'000, 5},
                                           std::pair<std::size_t, unsigned>{300'000, 40}, std::pair<std::size_t, unsigned>{2'500'000, 3}),
                         [](const auto& kind) { return std::to_string(kind.param.first) + "_" + std::to_string(kind.param.second); });

TEST(Repair, NeverInPlace) {
  const ProtectedPackage package(1000, 10);
  const auto report = ops::repair({.package_path = package.path(), .output_path = package.path()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::misuse);
  EXPECT_EQ(package.verified(), "sound");
}

TEST(Repair, WithoutParity) {
  AppendedPackage package;
  package.write("f", "content");
  package.pack();
  const auto outcome = RepairShop().repair(package.bytes());
  ASSERT_FALSE(outcome.report);
  EXPECT_EQ(outcome.report.error().code, Errc::unsupported);
  EXPECT_NE(outcome.report.error().message.find("npk protect"), std::string::npos);
}

TEST(Protect, SameBytesEachTime) {
  const ProtectedPackage package(50'000, 10);
  const Bytes bytes = package.bytes();
  package.put_back(ByteView(bytes).first(static_cast<std::size_t>(layout_of(bytes).end)));
  package.protect(10);
  EXPECT_TRUE(package.bytes() == bytes);
}

TEST(Protect, RefusesWhatIsDamaged) {
  AppendedPackage package;
  package.write("f", text_of(DataKind::random, 20'000, 1));
  package.pack();
  const Bytes damaged = inverted(package.bytes(), 10'000, 1);
  package.put_back(damaged);
  const auto report = ops::protect({.package_path = package.path()});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().code, Errc::corrupt);
  EXPECT_TRUE(package.bytes() == damaged) << "it is as before";
}

TEST(Protect, PercentOutOfRange) {
  const ProtectedPackage package(1000, 10);
  for (const unsigned percent : {0U, 91U, 100U}) {
    const auto report = ops::protect({.package_path = package.path(), .percent = percent});
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().code, Errc::misuse);
  }
}

TEST(Create, WithParityAtOnce) {
  AppendedPackage package;
  package.write("f", text_of(DataKind::random, 100'000, 1));
  package.pack();
  static_cast<void>(ops::protect({.package_path = package.path(), .percent = 10}));
  const Bytes two_steps = package.bytes();
  ops::CreateOptions create = package.options();
  create.recovery_percent = 10;
  const auto report = ops::create(create);
  ASSERT_TRUE(report) << report.error().to_string();
  EXPECT_TRUE(package.bytes() == two_steps);
  EXPECT_EQ(report->write.package_bytes, two_steps.size());
  Bytes piped;
  const auto sink = memory_sink(piped);
  create.sink = sink.get();
  const auto refused = ops::create(create);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::testing
