#include "package/reader/expansion.h"

#include <gtest/gtest.h>

namespace npk::reader {
namespace {

TEST(Expansion, IsRefusedBeyondBothBoundsOnly) {
  Limits limits;
  limits.max_expanded_bytes_free = 1000;
  limits.max_expansion_ratio = 10;
  EXPECT_TRUE(check_expansion(1000, 1, limits));
  EXPECT_TRUE(check_expansion(2000, 200, limits));
  const auto refused = check_expansion(2001, 200, limits);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::limit);
  EXPECT_NE(refused.error().message.find("2001"), std::string::npos);
  EXPECT_NE(refused.error().message.find("2000"), std::string::npos);
  EXPECT_TRUE(check_expansion(UINT64_MAX, UINT64_MAX / 2, limits));
}

TEST(Expansion, DoesNotCountHoles) {
  PackageInfo info;
  info.package_length = 100;
  info.commit.placement.totals.content_bytes = 1ULL << 60;
  info.commit.placement.totals.hole_bytes = (1ULL << 60) - 5;
  EXPECT_TRUE(check_expansion(info, Limits()));
  info.commit.placement.totals.hole_bytes = 0;
  EXPECT_EQ(check_expansion(info, Limits()).error().code, Errc::limit);
}

}  // namespace
}  // namespace npk::reader
