// Counterpart of field_column.h.
#pragma once

#include "codec/filter/field_column/field_values_encode.h"

namespace npk::codec {

// The part that a FieldReader gives `values` back from: of the encodings there are, the one that promises to compress best.
// Values are any bytes. Deterministic; linear time but for sorting. Memory: encoder_memory.h; an encoding that would pass the bound is not chosen.
[[nodiscard]] FilterBytes encode_field_column(FieldValues values);
// Of any text: as it is, or by words where it is prose.
[[nodiscard]] FilterBytes encode_text_field(FieldValues values);

}  // namespace npk::codec
