// Counterpart of time_pattern.h.
#pragma once

#include <optional>

#include "codec/filter/field_column/time_pattern.h"

namespace npk::codec {

struct FieldTimes {
  Bytes pattern;
  unsigned fraction_digits = 0;
  std::int64_t units_per_day = 0;
};

// The pattern that `spelling` has, if it is a time of a known shape, perhaps with a little text before and behind it. There may be
// others: `attempt` says which to give, from 0 on.
[[nodiscard]] std::optional<FieldTimes> guess_pattern(ByteView spelling, unsigned attempt);

// The number that a TimeSpeller gives `spelling` for, if there is one.
[[nodiscard]] std::optional<std::uint64_t> parse_time(const FieldTimes& times, ByteView spelling) noexcept;

}  // namespace npk::codec
