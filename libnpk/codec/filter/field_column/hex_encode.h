// FieldEncoding::hex_bytes, as hex_source.cc reads it, with other values as exceptions.
#pragma once

#include <optional>

#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

struct FieldHex {
  FilterBytes pattern;  // 0 for a digit
  bool upper = false;
  FilterVector<std::uint32_t> exceptions;  // positions of values that are not of the pattern
};

// The pattern that most values have; nothing if too many have none.
[[nodiscard]] std::optional<FieldHex> find_hex(FieldValues values);
// planes: all first bytes, then all second ones, … Nothing if the part would be one that a reader refuses.
[[nodiscard]] std::optional<FilterBytes> encode_hex_column(FieldValues values, const FieldHex& found, bool planes);

}  // namespace npk::codec
