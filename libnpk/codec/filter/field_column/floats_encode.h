// FieldEncoding::floats, as float_source.cc reads it, with other values as exceptions.
#pragma once

#include <optional>

#include "codec/filter/field_column/float_form.h"
#include "codec/filter/field_column/number_stream_encode.h"
#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

struct FloatForm {
  FloatSpelling spelling = FloatSpelling::plain;
  unsigned precision = 0;
};

struct FieldFloats {
  FloatForm form;
  FilterBytes exponents;
  FilterVector<std::uint64_t> mantissas;
  FilterVector<std::uint32_t> exceptions;  // positions of values that are not of the form
};

// Forms that most values have, going by some of them; none if too many have another.
[[nodiscard]] FilterVector<FloatForm> find_float_forms(FieldValues values);
// Nothing if too many values are not of the form.
[[nodiscard]] std::optional<FieldFloats> parse_floats(FieldValues values, FloatForm form);
// Nothing if the part would be one that a reader refuses.
[[nodiscard]] std::optional<FilterBytes> encode_float_column(FieldValues values, FieldFloats found, NumberLayout layout);

}  // namespace npk::codec
