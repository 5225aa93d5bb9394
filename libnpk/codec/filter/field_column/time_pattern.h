// Times as text, for NumberForm::time. A pattern is text with codes: %Y year (4 digits), %m month, %d day, %e day with a space for a zero, %b month
// and %a day of week as three English letters, %H %M %S time of day (2 digits each), %f a fraction of a second of a fixed number of digits.
// The number counts, from 1970-01-01T00:00:00 on and without leap seconds, units of the finest code: 10^-digits seconds, seconds, minutes, hours or days.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "npk/bytes.h"

namespace npk::codec {

inline constexpr std::size_t kMaxTimePattern = 40;  // bytes
inline constexpr unsigned kMaxFractionDigits = 9;
inline constexpr std::string_view kMonthNames = "JanFebMarAprMayJunJulAugSepOctNovDec";
inline constexpr std::string_view kDayNames = "ThuFriSatSunMonTueWed";  // of the days from 1970-01-01 on

struct CivilDay {
  int year = 1970;
  unsigned month = 1;
  unsigned day = 1;
};

// The proleptic Gregorian calendar; days from 1970-01-01 on. Years 0 to 9999.
inline constexpr std::int64_t kFirstDay = -719'528;  // 0000-01-01
inline constexpr std::int64_t kLastDay = 2'932'896;  // 9999-12-31
[[nodiscard]] CivilDay civil_of(std::int64_t day) noexcept;
[[nodiscard]] std::int64_t day_of(CivilDay civil) noexcept;

// How many of the pattern's unit a day has; 0 if it is no pattern or has no code. `fraction_digits` is at most kMaxFractionDigits.
[[nodiscard]] std::int64_t units_per_day(ByteView pattern, unsigned fraction_digits) noexcept;

// Spells one time after another.
class TimeSpeller {
 public:
  // A view of the pattern, which units_per_day accepts.
  TimeSpeller(ByteView pattern, unsigned fraction_digits) noexcept
      : pattern_(pattern), fraction_digits_(fraction_digits), units_per_day_(units_per_day(pattern, fraction_digits)) {}

  // The spelling, valid until the next call; empty if the year is not in 0 to 9999.
  [[nodiscard]] ByteView spell(std::int64_t number) noexcept;

 private:
  struct TimeOfDay {
    std::uint64_t seconds = 0;
    std::uint64_t fraction = 0;
  };
  [[nodiscard]] std::uint8_t* spell_code(std::uint8_t code, TimeOfDay time, std::uint8_t* to) const noexcept;

  ByteView pattern_;
  unsigned fraction_digits_;
  std::int64_t units_per_day_;
  std::int64_t day_ = 0;
  CivilDay civil_;
  std::array<std::uint8_t, 5 * kMaxTimePattern> text_{};  // the longest takes 180 bytes (%f in place of two); what is behind is slack
};

}  // namespace npk::codec
