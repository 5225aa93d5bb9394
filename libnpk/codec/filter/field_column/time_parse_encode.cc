#include "codec/filter/field_column/time_parse_encode.h"

#include <algorithm>

#include "codec/ascii.h"

namespace npk::codec {
namespace {

constexpr std::size_t kMostBefore = 2;   // bytes of text before a time
constexpr std::size_t kMostBehind = 12;  // and behind it
constexpr int kYearOfNone = 1972;        // has a 29th of February

constexpr auto kShapes = std::to_array<std::string_view>({
    "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d %H:%M:%S", "%d/%b/%Y:%H:%M:%S", "%a, %d %b %Y %H:%M:%S", "%a %b %e %H:%M:%S %Y",
    "%d %b %Y %H:%M:%S", "%b %e %H:%M:%S", "%b %d %H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y%m%dT%H%M%S", "%m/%d/%Y %H:%M:%S", "%d/%m/%Y %H:%M:%S",
    "%d.%m.%Y %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%m/%d/%Y", "%d/%m/%Y", "%d %b %Y", "%Y%m%d", "%H:%M:%S",
});

struct TimeFields {
  CivilDay civil{kYearOfNone, 1, 1};
  unsigned hour = 0, minute = 0, second = 0;
  std::uint64_t fraction = 0;
  std::optional<std::size_t> day_name;
};

// Takes exactly `digits` digits from the front; false if there are not so many.
template <class Number>
bool take_digits(ByteView& rest, unsigned digits, Number& number) noexcept {
  if (rest.size() < digits) return false;
  number = 0;
  for (unsigned i = 0; i < digits; ++i) {
    const unsigned digit = rest[i] - unsigned{'0'};
    if (digit > 9) return false;
    number = static_cast<Number>(number * 10 + static_cast<Number>(digit));
  }
  rest = rest.subspan(digits);
  return true;
}

bool take_name(ByteView& rest, std::string_view names, std::size_t& index) noexcept {
  if (rest.size() < 3) return false;
  for (index = 0; 3 * index < names.size(); ++index) {
    if (names.substr(3 * index, 3) != as_text(rest.first(3))) continue;
    rest = rest.subspan(3);
    return true;
  }
  return false;
}

bool take_padded_day(ByteView& rest, unsigned& day) noexcept {
  if (rest.size() < 2) return false;
  if (rest[0] != ' ') return rest[0] != '0' && take_digits(rest, 2, day);
  rest = rest.subspan(1);
  return take_digits(rest, 1, day);
}

bool take_code(std::uint8_t code, unsigned fraction_digits, ByteView& rest, TimeFields& fields) noexcept {
  std::size_t index = 0;
  switch (code) {
    case 'Y': return take_digits(rest, 4, fields.civil.year);
    case 'm': return take_digits(rest, 2, fields.civil.month);
    case 'd': return take_digits(rest, 2, fields.civil.day);
    case 'e': return take_padded_day(rest, fields.civil.day);
    case 'H': return take_digits(rest, 2, fields.hour);
    case 'M': return take_digits(rest, 2, fields.minute);
    case 'S': return take_digits(rest, 2, fields.second);
    case 'f': return take_digits(rest, fraction_digits, fields.fraction);
    case 'a':
      if (!take_name(rest, kDayNames, index)) return false;
      fields.day_name = index;
      return true;
    default:
      if (!take_name(rest, kMonthNames, index)) return false;
      fields.civil.month = static_cast<unsigned>(index) + 1;
      return true;
  }
}

// Takes what the pattern describes from the front of `rest`.
bool take_pattern(ByteView pattern, unsigned fraction_digits, ByteView& rest, TimeFields& fields) noexcept {
  for (std::size_t i = 0; i < pattern.size(); ++i) {
    if (pattern[i] == '%') {
      if (!take_code(pattern[++i], fraction_digits, rest, fields)) return false;
    } else {
      if (rest.empty() || rest[0] != pattern[i]) return false;
      rest = rest.subspan(1);
    }
  }
  return true;
}

unsigned days_in(int year, unsigned month) noexcept {
  if (month == 2) return year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28;
  return month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool in_range(const TimeFields& fields) noexcept {
  return fields.civil.month - 1 < 12 && fields.civil.day - 1 < days_in(fields.civil.year, fields.civil.month) && fields.hour < 24 && fields.minute < 60 &&
         fields.second < 60;
}

// Takes a point or comma and digits from the front of `rest`, if they are there.
void add_fraction(ByteView& rest, FieldTimes& times) {
  if (rest.size() < 2 || (rest[0] != '.' && rest[0] != ',') || !is_digit(rest[1])) return;
  const auto end = std::ranges::find_if_not(rest.subspan(1), is_digit);
  times.fraction_digits = static_cast<unsigned>(std::min<std::ptrdiff_t>(end - rest.begin() - 1, kMaxFractionDigits));
  for (const std::uint8_t byte : {rest[0], std::uint8_t{'%'}, std::uint8_t{'f'}}) times.pattern.push_back(byte);
  rest = rest.subspan(1 + times.fraction_digits);
}

std::optional<FieldTimes> with_surroundings(ByteView spelling, std::string_view shape) {
  for (std::size_t before = 0; before <= std::min(kMostBefore, spelling.size()); ++before) {
    if (before > 0 && (is_digit(spelling[before - 1]) || spelling[before - 1] == '%')) break;
    ByteView rest = spelling.subspan(before);
    TimeFields fields;
    if (!take_pattern(as_bytes(shape), 0, rest, fields) || !in_range(fields)) continue;
    FieldTimes times{{spelling.begin(), spelling.begin() + static_cast<std::ptrdiff_t>(before)}, 0, 0};
    times.pattern.insert(times.pattern.end(), shape.begin(), shape.end());
    if (shape.ends_with("%S")) add_fraction(rest, times);
    if (rest.size() > kMostBehind || (!rest.empty() && is_digit(rest[0])) || std::ranges::find(rest, '%') != rest.end()) continue;
    times.pattern.insert(times.pattern.end(), rest.begin(), rest.end());
    times.units_per_day = units_per_day(times.pattern, times.fraction_digits);
    if (times.units_per_day > 0) return times;
  }
  return std::nullopt;
}

}  // namespace

std::optional<FieldTimes> guess_pattern(ByteView spelling, unsigned attempt) {
  for (const std::string_view shape : kShapes) {
    auto times = with_surroundings(spelling, shape);
    if (times && attempt-- == 0) return times;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> parse_time(const FieldTimes& times, ByteView spelling) noexcept {
  TimeFields fields;
  if (!take_pattern(times.pattern, times.fraction_digits, spelling, fields) || !spelling.empty() || !in_range(fields)) return std::nullopt;
  const std::int64_t day = day_of(fields.civil);
  if (fields.day_name && *fields.day_name != static_cast<std::size_t>(((day % 7) + 7) % 7)) return std::nullopt;
  const std::int64_t units = times.units_per_day;
  std::int64_t of_day = std::int64_t{fields.hour} * 3600 + fields.minute * 60 + fields.second;
  of_day = units > 86'400 ? of_day * (units / 86'400) + static_cast<std::int64_t>(fields.fraction) : of_day / (86'400 / units);
  std::int64_t number = 0;
  if (__builtin_mul_overflow(day, units, &number) || __builtin_add_overflow(number, of_day, &number)) return std::nullopt;
  return static_cast<std::uint64_t>(number);
}

}  // namespace npk::codec
