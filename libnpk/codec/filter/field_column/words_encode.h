// FieldEncoding::words, as words_source.cc reads it.
#pragma once

#include <optional>

#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

// Of prose: nothing if values are short or few, or if less than three eighths of their bytes would go.
[[nodiscard]] std::optional<FilterBytes> encode_word_column(FieldValues values);

}  // namespace npk::codec
