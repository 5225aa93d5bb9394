#include "npk/secret.h"

#include <algorithm>
#include <array>
#include <gtest/gtest.h>
#include <thread>
#include <type_traits>
#include <vector>

namespace npk {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBytes> && !std::is_copy_assignable_v<SecretBytes>);

TEST(Secret, IsZeroThenWhatIsWritten) {
  SecretBytes secret = SecretBytes::allocate(33).value();
  EXPECT_EQ(std::ranges::count(secret.view(), 0), 33);
  secret.span()[32] = 7;
  const SecretBytes other = secret.clone().value();
  EXPECT_TRUE(equal_in_constant_time(secret.view(), other.view()));
  EXPECT_NE(secret.view().data(), other.view().data());
}

TEST(Secret, MovingLeavesNothingBehind) {
  SecretBytes from = SecretBytes::copy_of(std::string_view("passphrase")).value();
  SecretBytes to = SecretBytes::copy_of(std::string_view("older")).value();
  to = std::move(from);
  EXPECT_TRUE(from.empty());  // NOLINT: what is tested
  EXPECT_EQ(to.size(), 10U);
  SecretBytes& same = to;
  to = std::move(same);
  EXPECT_EQ(to.size(), 10U);
}

TEST(Secret, ShortenedKeepsItsBeginning) {
  SecretBytes secret = SecretBytes::copy_of(std::string_view("0123456789")).value();
  secret.shorten(4);
  EXPECT_EQ(std::string_view(reinterpret_cast<const char*>(secret.view().data()), secret.size()), "0123");
  EXPECT_EQ(std::count(secret.view().data() + 4, secret.view().data() + 10, 0), 6);
}

TEST(Secret, WritingBehindItEndsTheProcess) {
  SecretBytes secret = SecretBytes::allocate(16).value();
  volatile std::uint8_t* behind = secret.span().data() + 16;
  EXPECT_DEATH(*behind = 1, "");
}

// Memory of this size is kept for the next secret.
TEST(Secret, InMemoryThatHeldAnotherIsZeroAndGuarded) {
  const void* before = nullptr;
  {
    SecretBytes other = SecretBytes::allocate(32).value();
    std::ranges::fill(other.span(), std::uint8_t{9});
    before = other.view().data();
  }
  SecretBytes secret = SecretBytes::allocate(32).value();
  ASSERT_EQ(secret.view().data(), before);
  EXPECT_EQ(std::ranges::count(secret.view(), 0), 32);
  volatile std::uint8_t* behind = secret.span().data() + 32;
  EXPECT_DEATH(*behind = 1, "");
}

TEST(Secret, AShortenedOneLeavesMemoryOfItsFirstSize) {
  {
    SecretBytes other = SecretBytes::allocate(32).value();
    other.shorten(16);
  }
  SecretBytes secret = SecretBytes::allocate(16).value();
  volatile std::uint8_t* behind = secret.span().data() + 16;
  EXPECT_DEATH(*behind = 1, "");
}

TEST(Secret, NoTwoShareMemory) {
  const auto hold = [](std::uint8_t mark) {
    std::vector<SecretBytes> held;
    for (int round = 0; round < 2000; ++round) {
      SecretBytes& one = held.emplace_back(SecretBytes::allocate(round % 3 == 0 ? 16 : 32).value());
      ASSERT_EQ(std::ranges::count(one.view(), 0), static_cast<std::ptrdiff_t>(one.size()));
      std::ranges::fill(one.span(), mark);
      if (held.size() < 12) continue;
      for (const SecretBytes& each : held) ASSERT_EQ(std::ranges::count(each.view(), mark), static_cast<std::ptrdiff_t>(each.size()));
      held.clear();
    }
  };
  std::vector<std::jthread> threads;
  for (std::uint8_t mark = 1; mark <= 4; ++mark) threads.emplace_back(hold, mark);
}

TEST(Secret, ComparedByValueAndSize) {
  const std::array<std::uint8_t, 3> a{1, 2, 3}, b{1, 2, 4};
  EXPECT_TRUE(equal_in_constant_time(a, a));
  EXPECT_FALSE(equal_in_constant_time(a, b));
  EXPECT_FALSE(equal_in_constant_time(a, ByteView(a).first(2)));
  EXPECT_TRUE(equal_in_constant_time({}, {}));
}

TEST(Secret, WipedBytesAreZero) {
  std::array<std::uint8_t, 40> bytes;
  bytes.fill(9);
  wipe(bytes);
  EXPECT_EQ(std::ranges::count(bytes, 0), 40);
}

}  // namespace
}  // namespace npk
