// FieldEncoding::padded: values of one length of which some begin, or some end, with spaces.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/filter/field_column/field_values_encode.h"

namespace npk::codec {

struct Padding {
  bool in_front;
  std::uint8_t width;
};

// Nothing unless all values have the same length and enough of them spaces on one side, and none on the other.
[[nodiscard]] std::optional<Padding> find_padding(FieldValues values);
// Those of the values without it.
[[nodiscard]] FilterVector<Place> places_without(Padding padding, FieldValues values);
// Of the column of the values without it. Nothing if that is too short.
[[nodiscard]] std::optional<FilterBytes> encode_padded_column(Padding padding, ByteView column);

}  // namespace npk::codec
