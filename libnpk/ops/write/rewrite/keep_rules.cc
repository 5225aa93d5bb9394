// Which generations a history is thinned to.
#include <time.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "npk/ops/compact.h"

namespace npk::ops {
namespace {

using Days = std::chrono::sys_days;

constexpr unsigned kMostOfAStretch = 9'999;
constexpr std::int64_t kSecondsOfADay = 86'400, kSecondsOfAnHour = 3'600;
// Beyond, no calendar has names: a hostile statement's time is taken to be the nearest that has one.
constexpr std::int64_t kMostSeconds = 250'000'000'000;

struct LocalTime {
  Days day;
  std::int64_t second_of_day = 0;
};

LocalTime split(std::int64_t seconds) {
  const std::int64_t day = seconds / kSecondsOfADay - (seconds % kSecondsOfADay < 0 ? 1 : 0);
  return {Days(std::chrono::days(day)), seconds - day * kSecondsOfADay};
}

LocalTime local_time(std::int64_t seconds, bool in_zone) {
  seconds = std::clamp(seconds, -kMostSeconds, kMostSeconds);
  tm broken{};
  const time_t time = seconds;
  if (!in_zone || ::localtime_r(&time, &broken) == nullptr) return split(seconds);
  return split(seconds + broken.tm_gmtoff);
}

// Numbers of the day, week, month and year: equal for generations of one.
std::int64_t day_of(const LocalTime& time) { return time.day.time_since_epoch().count(); }
std::int64_t week_of(const LocalTime& time) {
  const auto from_monday = std::chrono::weekday(time.day).iso_encoding() - 1;
  return day_of(time) - static_cast<std::int64_t>(from_monday);
}
std::int64_t year_of(const LocalTime& time) { return int{std::chrono::year_month_day(time.day).year()}; }
std::int64_t month_of(const LocalTime& time) {
  return year_of(time) * 12 + static_cast<std::int64_t>(unsigned{std::chrono::year_month_day(time.day).month()});
}

struct PeriodRule {
  const char* name;
  std::uint64_t KeepRules::*count;
  std::int64_t (*period)(const LocalTime&);
};
constexpr std::array<PeriodRule, 4> kPeriodRules = {{{"daily", &KeepRules::daily, day_of},
                                                     {"weekly", &KeepRules::weekly, week_of},
                                                     {"monthly", &KeepRules::monthly, month_of},
                                                     {"yearly", &KeepRules::yearly, year_of}}};

// The month's last day where it has no such one.
Days back_by(Days day, const KeepWithin& within) {
  std::chrono::year_month_day date = day;
  date -= std::chrono::years(within.years);
  date -= std::chrono::months(within.months);
  if (!date.ok()) date = date.year() / date.month() / std::chrono::last;
  return Days(date) - std::chrono::days(within.days);
}

class Keeping {
 public:
  Keeping(std::span<const Generation> history, const KeepRules& rules) : history_(history), rules_(rules) {
    for (const Generation& generation : history) {
      const format::Statement& statement = generation.statement;
      decisions_.push_back({statement.generation, statement.time_seconds, statement.message, {}});
      times_.push_back(local_time(statement.time_seconds, rules.local_time));
    }
  }

  Result<std::vector<KeepDecision>> decide() {
    for (std::size_t i = 0; i < history_.size() && (rules_.keep_all() || i < rules_.last); ++i)
      keep(i, rules_.keep_all() ? "all" : "last");
    for (const PeriodRule& rule : kPeriodRules) keep_newest_of_each(rule);
    NPK_TRY(keep_within());
    NPK_TRY(keep_numbered());
    if (!decisions_.empty() && !decisions_.front().is_kept()) keep(0, "newest");
    return std::move(decisions_);
  }

 private:
  void keep(std::size_t index, const char* reason) { decisions_[index].reasons.emplace_back(reason); }

  void keep_newest_of_each(const PeriodRule& rule) {
    std::uint64_t left = rules_.*rule.count;
    std::optional<std::int64_t> before;
    for (std::size_t i = 0; i < times_.size() && left > 0; ++i) {
      const std::int64_t period = rule.period(times_[i]);
      if (before && period >= *before) continue;  // a clock that was put back opens no period twice
      before = period;
      keep(i, rule.name);
      --left;
    }
  }

  Result<void> keep_within() {
    if (!rules_.within || times_.empty()) return {};
    const KeepWithin& within = *rules_.within;
    if (std::max({within.years, within.months, within.days, within.hours}) > kMostOfAStretch)
      return fail(Errc::misuse, "keep within: at most 9,999 of each");
    const Days first = back_by(times_.front().day, within);
    const std::int64_t first_second = first.time_since_epoch().count() * kSecondsOfADay + times_.front().second_of_day -
                                      std::int64_t{within.hours} * kSecondsOfAnHour;
    for (std::size_t i = 0; i < times_.size(); ++i) {
      if (day_of(times_[i]) * kSecondsOfADay + times_[i].second_of_day >= first_second) keep(i, "within");
    }
    return {};
  }

  Result<void> keep_numbered() {
    for (const std::uint64_t number : rules_.generations) {
      const auto found = std::ranges::find(decisions_, number, &KeepDecision::generation);
      if (found == decisions_.end()) return fail(Errc::misuse, "there is no generation " + std::to_string(number) + " to keep");
      found->reasons.emplace_back("named");
    }
    return {};
  }

  std::span<const Generation> history_;
  const KeepRules& rules_;
  std::vector<KeepDecision> decisions_;
  std::vector<LocalTime> times_;
};

}  // namespace

Result<std::vector<KeepDecision>> apply_keep_rules(std::span<const Generation> history, const KeepRules& rules) {
  return Keeping(history, rules).decide();
}

}  // namespace npk::ops
