#include "generation_option.h"

#include <charconv>
#include <chrono>
#include <cstdio>

namespace npk::tools {
namespace {

struct Date {
  int year = 0;
  unsigned month = 0, day = 0, hour = 23, minute = 59, second = 59;
};

std::optional<Date> parse_date(const std::string& text) {
  Date date;
  int used = 0;
  if (std::sscanf(text.c_str(), "%4d-%2u-%2u%n", &date.year, &date.month, &date.day, &used) != 3 || used != 10) return std::nullopt;
  if (text.size() == 10) return date;
  used = 0;
  if (std::sscanf(text.c_str() + 10, "T%2u:%2u:%2uZ%n", &date.hour, &date.minute, &date.second, &used) != 3 || used != 10 || text.size() != 20)
    return std::nullopt;
  return date;
}

std::optional<std::int64_t> seconds_of(const std::string& text) {
  const auto date = parse_date(text);
  if (!date || date->hour > 23 || date->minute > 59 || date->second > 60) return std::nullopt;
  const std::chrono::year_month_day day(std::chrono::year(date->year), std::chrono::month(date->month), std::chrono::day(date->day));
  if (!day.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(day).time_since_epoch().count();
  return ((days * 24 + date->hour) * 60 + date->minute) * 60 + date->second;
}

}  // namespace

Result<GenerationChoice> parse_generation(const std::string& text) {
  GenerationChoice choice;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, choice.number);
  if (error == std::errc() && rest == end && choice.number != 0) return choice;
  choice.number = 0;
  choice.not_after = seconds_of(text);
  if (choice.not_after) return choice;
  return fail(Errc::misuse, "--at: '" + text + "' is neither a number from 1 on nor a time like 2026-11-24 or 2026-11-24T09:30:00Z");
}

}  // namespace npk::tools
