// FieldEncoding::shaped, as shaped_source.cc reads it, with other values as exceptions; and FieldEncoding::shared, as shared_source.cc does.
#pragma once

#include <functional>
#include <optional>

#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

// What of a value varies.
enum class ShapeRule : std::uint8_t {
  digits,   // runs of digits
  words,    // runs of letters and digits, even empty ones, between all other bytes
  middle,   // what is between the beginning and the end that all have
};

struct FieldShape {
  ShapeRule rule = ShapeRule::digits;
  FilterVector<FilterBytes> texts;  // before, between and behind the columns
};

// The shape that most values have by this rule; nothing if too many have none.
[[nodiscard]] std::optional<FieldShape> find_shape(FieldValues values, ShapeRule rule);

using EncodeColumn = std::function<FilterBytes(FieldValues values)>;
// Nothing if too many values are not of the shape, or the part would be one that a reader refuses. encode: for the columns.
[[nodiscard]] std::optional<FilterBytes> encode_shaped_column(FieldValues values, const FieldShape& shape, const EncodeColumn& encode);

// Nothing if a value is too long, or no terminator is free.
[[nodiscard]] std::optional<FilterBytes> encode_shared_column(FieldValues values);

}  // namespace npk::codec
