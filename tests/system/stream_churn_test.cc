// The soak test's sessions, few and counted, for every day.
#include "system/stream_soak.h"

#include <gmock/gmock.h>

namespace npk {
namespace {

TEST(StreamChurn, FourThreadsOverThreePackagesWhileTheLimitMoves) {
  constexpr std::uint64_t kSessions = 150;
  testing::StreamSoak soak(24);
  for (std::uint64_t round = 0; round < 2; ++round)
    soak.run(4, round, [](std::uint64_t sessions) { return sessions < kSessions; });
  soak.finish();
  EXPECT_THAT(soak.log().faults(), ::testing::IsEmpty());
  EXPECT_EQ(soak.log().sessions, 2 * 4 * kSessions);
  for (const auto* count : {&soak.log().streams, &soak.log().opens, &soak.log().batches, &soak.log().cancelled}) EXPECT_GT(*count, 0U);
}

}  // namespace
}  // namespace npk
