// A package of three generations, sealed or not, signed, each protected on its own: every damage that the parity of each bears is repaired.
#include <random>

#include "damage/samples.h"
#include "unit/parity/parity_support.h"

namespace npk::testing {
namespace {

constexpr unsigned kPercent = 20;

class Budget : public ::testing::TestWithParam<bool> {
 protected:
  Budget() {
    if (::access("/dev/shm", W_OK) == 0) ::setenv("TMPDIR", "/dev/shm", 0);
    shop_ = std::make_unique<RepairShop>();
    AppendedPackage package = GetParam() ? AppendedPackage(recipients(recipient()), identities(identity())) : AppendedPackage();
    for (int generation = 1; generation <= 3; ++generation) {
      package.write("f" + std::to_string(generation), text_of(DataKind::random, 2500, static_cast<std::uint64_t>(generation)));
      if (generation == 1) package.pack();
      else add(package);
      EXPECT_TRUE(ops::sign_package(package.path(), first_signer(), {.identities = package.keys()}));
      EXPECT_TRUE(ops::protect({.package_path = package.path(), .percent = kPercent}));
      ends_.push_back(package.bytes().size());
    }
    bytes_ = package.bytes();
  }
  static void add(AppendedPackage& package) {
    ops::AppendOptions options = package.append_options();
    options.append_to_signed = true;
    AppendedPackage::run(options);
  }
  [[nodiscard]] std::uint64_t begin_of(std::size_t part) const { return part == 0 ? 0 : ends_[part - 1]; }
  [[nodiscard]] std::uint64_t burst_of(std::size_t part) const { return (ends_[part] - begin_of(part)) * kPercent / 100; }

  std::unique_ptr<RepairShop> shop_;
  Bytes bytes_;
  std::vector<std::uint64_t> ends_;  // of what each protection bears, its parity with it
};

INSTANTIATE_TEST_SUITE_P(Damage, Budget, ::testing::Bool(), [](const auto& kind) { return kind.param ? "Sealed" : "Clear"; });

TEST_P(Budget, BurstsEverywhere) {
  for (std::size_t part = 0; part < ends_.size(); ++part) {
    const std::uint64_t length = burst_of(part);
    ASSERT_GT(length, 500U);
    for (std::uint64_t at = begin_of(part); at + length <= ends_[part]; at += 61) {
      ASSERT_EQ(shop_->mended(zeroed(bytes_, at, length), bytes_), "as it was") << length << " bytes at " << at;
      ASSERT_EQ(shop_->mended(without(bytes_, at, length), bytes_), "as it was") << length << " bytes missing at " << at;
    }
  }
}

TEST_P(Budget, BytesEverywhere) {
  for (std::uint64_t at = 0; at < bytes_.size(); at += 11) ASSERT_EQ(shop_->mended(inverted(bytes_, at, 1), bytes_), "as it was") << at;
}

TEST_P(Budget, AllOfThemAtOnce) {
  std::mt19937_64 random(24);
  for (int round = 0; round < 60; ++round) {
    Bytes damaged = bytes_;
    for (std::size_t part = 0; part < ends_.size(); ++part) {
      const std::uint64_t length = 1 + random() % burst_of(part);
      damaged = inverted(std::move(damaged), begin_of(part) + random() % (ends_[part] - begin_of(part) - length + 1), length);
    }
    ASSERT_EQ(shop_->mended(damaged, bytes_), "as it was") << round;
  }
}

}  // namespace
}  // namespace npk::testing
