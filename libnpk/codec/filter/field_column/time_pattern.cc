#include "codec/filter/field_column/time_pattern.h"

#include <algorithm>
#include <cstring>

namespace npk::codec {
namespace {

constexpr std::uint64_t kSecondsPerDay = 86'400;

std::int64_t power_of_ten(unsigned digits) noexcept {
  std::int64_t power = 1;
  while (digits-- > 0) power *= 10;
  return power;
}

std::uint8_t* spell_digits(std::uint64_t number, unsigned digits, std::uint8_t* to) noexcept {
  for (unsigned i = digits; i-- > 0; number /= 10) to[i] = static_cast<std::uint8_t>('0' + number % 10);
  return to + digits;
}

std::uint8_t* spell_name(std::string_view names, std::size_t index, std::uint8_t* to) noexcept {
  std::memcpy(to, names.data() + 3 * index, 3);
  return to + 3;
}

}  // namespace

// Years run from March on, so that a leap day is the last; 400 of them have 146,097 days.
CivilDay civil_of(std::int64_t day) noexcept {
  const std::int64_t shifted = day + 719'468 + 146'097;  // from 0000-03-01 less 400 years on: not negative from kFirstDay on
  const auto era = static_cast<int>(shifted / 146'097);
  const auto of_era = static_cast<unsigned>(shifted % 146'097);
  const unsigned year = (of_era - of_era / 1460 + of_era / 36'524 - of_era / 146'096) / 365;
  const unsigned of_year = of_era - (365 * year + year / 4 - year / 100);
  const unsigned march_month = (5 * of_year + 2) / 153;
  const unsigned month = march_month < 10 ? march_month + 3 : march_month - 9;
  return {static_cast<int>(year) + 400 * (era - 1) + (month <= 2 ? 1 : 0), month, of_year - (153 * march_month + 2) / 5 + 1};
}

std::int64_t day_of(CivilDay civil) noexcept {
  const int year = civil.year + 400 - (civil.month <= 2 ? 1 : 0);
  const auto of_era = static_cast<unsigned>(year % 400);
  const unsigned march_month = civil.month > 2 ? civil.month - 3 : civil.month + 9;
  const unsigned of_year = (153 * march_month + 2) / 5 + civil.day - 1;
  return std::int64_t{year / 400} * 146'097 + 365 * of_era + of_era / 4 - of_era / 100 + of_year - 719'468 - 146'097;
}

std::int64_t units_per_day(ByteView pattern, unsigned fraction_digits) noexcept {
  static constexpr std::string_view kCodes = "YmdebaHMSf";
  static constexpr std::array<std::int64_t, 10> kUnits = {1, 1, 1, 1, 1, 1, 24, 1440, 86'400, 0};
  std::int64_t units = 0;
  if (pattern.size() > kMaxTimePattern) return 0;
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] != '%') continue;
    const std::size_t code = ++i < pattern.size() ? kCodes.find(static_cast<char>(pattern[i])) : std::string_view::npos;
    if (code == std::string_view::npos) return 0;
    units = std::max(units, pattern[i] == 'f' ? 86'400 * power_of_ten(fraction_digits) : kUnits[code]);
  }
  return units;
}

std::uint8_t* TimeSpeller::spell_code(std::uint8_t code, TimeOfDay time, std::uint8_t* to) const noexcept {
  switch (code) {
    case 'Y': return spell_digits(static_cast<unsigned>(civil_.year), 4, to);
    case 'm': return spell_digits(civil_.month, 2, to);
    case 'd': return spell_digits(civil_.day, 2, to);
    case 'e':
      spell_digits(civil_.day, 2, to);
      if (to[0] == '0') to[0] = ' ';
      return to + 2;
    case 'b': return spell_name(kMonthNames, civil_.month - 1, to);
    case 'a': return spell_name(kDayNames, static_cast<std::size_t>(((day_ % 7) + 7) % 7), to);
    case 'H': return spell_digits(time.seconds / 3600, 2, to);
    case 'M': return spell_digits(time.seconds / 60 % 60, 2, to);
    case 'S': return spell_digits(time.seconds % 60, 2, to);
    default: return spell_digits(time.fraction, fraction_digits_, to);
  }
}

ByteView TimeSpeller::spell(std::int64_t number) noexcept {
  std::int64_t day = number / units_per_day_;
  std::int64_t of_day = number % units_per_day_;
  if (of_day < 0) {
    of_day += units_per_day_;
    --day;
  }
  if (day < kFirstDay || day > kLastDay) return {};
  if (day != day_) civil_ = civil_of(day);
  day_ = day;
  TimeOfDay time;
  const auto unsigned_of_day = static_cast<std::uint64_t>(of_day);
  if (const auto units = static_cast<std::uint64_t>(units_per_day_); units <= kSecondsPerDay) {
    time.seconds = unsigned_of_day * (kSecondsPerDay / units);
  } else {
    time = {unsigned_of_day / (units / kSecondsPerDay), unsigned_of_day % (units / kSecondsPerDay)};
  }
  std::uint8_t* to = text_.data();
  for (std::size_t i = 0; i < pattern_.size(); ++i) {
    if (pattern_[i] != '%') {
      *to++ = pattern_[i];
    } else {
      to = spell_code(pattern_[++i], time, to);
    }
  }
  return {text_.data(), to};
}

}  // namespace npk::codec
