// Which generations a history is thinned to: a table made by hand, with a calendar beside it.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>

#include "npk/ops/compact.h"

namespace npk::testing {
namespace {

using namespace std::chrono_literals;
using std::chrono::sys_days;
using Numbers = std::vector<std::uint64_t>;

std::int64_t at(sys_days day, std::chrono::seconds time = 0s) { return (day.time_since_epoch() + time) / 1s; }

// Numbered from 1; newest first, as a package tells them.
std::vector<Generation> history_of(const std::vector<std::int64_t>& times) {
  std::vector<Generation> history;
  for (std::size_t i = times.size(); i-- > 0;) {
    Generation generation;
    generation.statement.generation = i + 1;
    generation.statement.time_seconds = times[i];
    history.push_back(generation);
  }
  return history;
}

// 2024 began on a Monday, and was a leap year.
const std::vector<Generation>& table() {
  using namespace std::chrono;
  static const std::vector<Generation> history = history_of({
      at(2023y / 12 / 29, 10h),                // 1: Friday
      at(2023y / 12 / 31, 23h + 59min + 59s),  // 2: Sunday
      at(2024y / 1 / 1),                       // 3: Monday
      at(2024y / 1 / 1, 12h),                  // 4
      at(2024y / 1 / 7, 12h),                  // 5: Sunday of that week
      at(2024y / 1 / 8, 12h),                  // 6: Monday
      at(2024y / 1 / 31, 12h),                 // 7: Wednesday
      at(2024y / 2 / 1, 9h),                   // 8: Thursday of that week
      at(2024y / 2 / 29, 9h),                  // 9: Thursday
      at(2024y / 3 / 1, 8h),                   // 10: Friday of that week
  });
  return history;
}

Numbers kept(const ops::KeepRules& rules, const std::vector<Generation>& history = table()) {
  const auto decisions = ops::apply_keep_rules(history, rules);
  EXPECT_TRUE(decisions) << decisions.error().to_string();
  Numbers numbers;
  for (const ops::KeepDecision& decision : decisions.value_or(std::vector<ops::KeepDecision>()))
    if (decision.is_kept()) numbers.push_back(decision.generation);
  return numbers;
}

TEST(KeepRules, Table) {
  EXPECT_EQ(kept({}), (Numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(kept({.last = 2}), (Numbers{10, 9}));
  EXPECT_EQ(kept({.last = 99}), (Numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
  EXPECT_EQ(kept({.daily = 3}), (Numbers{10, 9, 8}));
  EXPECT_EQ(kept({.daily = 8}), (Numbers{10, 9, 8, 7, 6, 5, 4, 2}));
  EXPECT_EQ(kept({.weekly = 3}), (Numbers{10, 8, 6}));
  EXPECT_EQ(kept({.weekly = 5}), (Numbers{10, 8, 6, 5, 2}));
  EXPECT_EQ(kept({.weekly = 50}), (Numbers{10, 8, 6, 5, 2}));
  EXPECT_EQ(kept({.monthly = 3}), (Numbers{10, 9, 7}));
  EXPECT_EQ(kept({.monthly = 4}), (Numbers{10, 9, 7, 2}));
  EXPECT_EQ(kept({.yearly = 1}), (Numbers{10}));
  EXPECT_EQ(kept({.yearly = 5}), (Numbers{10, 2}));
  EXPECT_EQ(kept({.last = 1, .weekly = 2, .yearly = 2, .generations = {3}}), (Numbers{10, 8, 3, 2}));
}

TEST(KeepRules, Within) {
  EXPECT_EQ(kept({.within = ops::KeepWithin{}}), (Numbers{10}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.hours = 22}}), (Numbers{10}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.hours = 23}}), (Numbers{10, 9}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.days = 1}}), (Numbers{10, 9}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.months = 1}}), (Numbers{10, 9, 8}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.months = 1, .days = 1}}), (Numbers{10, 9, 8, 7}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.years = 1}}), (Numbers{10, 9, 8, 7, 6, 5, 4, 3, 2, 1}));
  using namespace std::chrono;
  const auto month_ends = history_of({at(2024y / 2 / 28), at(2024y / 2 / 29), at(2024y / 3 / 31)});
  EXPECT_EQ(kept({.within = ops::KeepWithin{.months = 1}}, month_ends), (Numbers{3, 2}));
}

TEST(KeepRules, ReasonsAreAllSaid) {
  const auto decisions = ops::apply_keep_rules(table(), {.last = 1, .daily = 1, .monthly = 2, .generations = {9}});
  ASSERT_TRUE(decisions);
  EXPECT_EQ((*decisions)[0].reasons, (std::vector<std::string>{"last", "daily", "monthly"}));
  EXPECT_EQ((*decisions)[1].reasons, (std::vector<std::string>{"monthly", "named"}));
  EXPECT_TRUE((*decisions)[2].reasons.empty());
}

TEST(KeepRules, TheNewestAlwaysStays) {
  EXPECT_EQ(kept({.generations = {4}}), (Numbers{10, 4}));
}

TEST(KeepRules, WhatIsNotThereIsRefused) {
  const auto wrong = ops::apply_keep_rules(table(), {.generations = {11}});
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().code, Errc::misuse);
  EXPECT_EQ(ops::apply_keep_rules(table(), {.within = ops::KeepWithin{.years = 10'000}}).error().code, Errc::misuse);
}

TEST(KeepRules, TimesBeforeTheEpochAndOutOfAnyCalendar) {
  const auto history = history_of({INT64_MIN, -86'401, -86'400, -1, 0, INT64_MAX});
  EXPECT_EQ(kept({.daily = 10}, history), (Numbers{6, 5, 4, 2, 1}));
  EXPECT_EQ(kept({.within = ops::KeepWithin{.years = 9999, .months = 9999, .days = 9999, .hours = 9999}}, history), (Numbers{6, 5, 4, 3, 2}));
}

// A clock that was put back: a generation later in the history but of an earlier day opens no day twice.
TEST(KeepRules, TimesThatGoBack) {
  using namespace std::chrono;
  const auto history = history_of({at(2024y / 5 / 3), at(2024y / 5 / 9), at(2024y / 5 / 4), at(2024y / 5 / 5)});
  EXPECT_EQ(kept({.daily = 4}, history), (Numbers{4, 3, 1}));
}

TEST(KeepRules, DaysOfTheTimeZone) {
  using namespace std::chrono;
  ASSERT_EQ(::setenv("TZ", "XXX-14", 1), 0);
  ::tzset();
  const auto history = history_of({at(2024y / 5 / 3, 9h), at(2024y / 5 / 3, 11h), at(2024y / 5 / 4, 9h)});
  EXPECT_EQ(kept({.daily = 2, .local_time = true}, history), (Numbers{3, 1}));
  EXPECT_EQ(kept({.daily = 2}, history), (Numbers{3, 2}));
  ASSERT_EQ(::unsetenv("TZ"), 0);
  ::tzset();
}

}  // namespace
}  // namespace npk::testing
