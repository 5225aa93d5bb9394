// The encodings that need no analysis, and how columns are put into one another. A part begins with the byte that names its encoding.
#pragma once

#include <optional>
#include <span>

#include "codec/filter/field_column/field_encoding.h"
#include "codec/filter/field_column/field_values_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

// A byte that no value has, line ends first.
[[nodiscard]] std::optional<std::uint8_t> free_terminator(FieldValues values);
void append_terminated(FieldValues values, std::uint8_t terminator, FilterBytes& part);

// FieldEncoding::text, or lengths if no terminator is free.
[[nodiscard]] FilterBytes encode_text_column(FieldValues values);
[[nodiscard]] FilterBytes encode_constant_column(ByteView value, std::size_t count);
// FieldEncoding::patched. positions: those of the exceptions, ascending; others: the column of all other values.
[[nodiscard]] FilterBytes encode_patched_column(FieldValues values, std::span<const std::uint32_t> positions, ByteView others);

}  // namespace npk::codec
