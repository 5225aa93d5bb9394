// Counterpart of field_column.h.
#pragma once

#include <span>

#include "npk/bytes.h"

namespace npk::codec {

// The part that a FieldReader gives `values` back from: of the encodings there are, the one that promises to compress best.
// Values are any bytes. Deterministic; linear time but for sorting. Memory: under 400 bytes a value and a megabyte for each thread.
[[nodiscard]] Bytes encode_field_column(std::span<const ByteView> values);

}  // namespace npk::codec
