// FieldEncoding::numbers, as number_source.cc reads it, with other values as exceptions.
#pragma once

#include <optional>

#include "codec/filter/field_column/number_parse_encode.h"
#include "codec/filter/field_column/number_stream_encode.h"
#include "codec/filter/field_column/plain_encode.h"
#include "codec/filter/field_column/time_parse_encode.h"

namespace npk::codec {

struct SpelledForm {
  NumberForm form = NumberForm::decimal;
  unsigned digits = 1;
  FieldTimes times;  // for NumberForm::time
};

struct FieldNumbers {
  SpelledForm form;
  FilterVector<std::uint64_t> numbers;
  FilterVector<std::uint32_t> exceptions;  // positions of values that are not of the form
};

// The form that most values have, going by some of them, and another if few have as many digits behind the point as that one has; none if too
// many values have none.
[[nodiscard]] FilterVector<SpelledForm> find_forms(FieldValues values);
// Nothing if too many values are not of the form.
[[nodiscard]] std::optional<FieldNumbers> parse_numbers(FieldValues values, const SpelledForm& form);
// Nothing if the part would be one that a reader refuses.
[[nodiscard]] std::optional<FilterBytes> encode_number_column(FieldValues values, FieldNumbers found, NumberLayout layout);

}  // namespace npk::codec
