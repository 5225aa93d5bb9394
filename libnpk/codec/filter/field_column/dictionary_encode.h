// FieldEncoding::dictionary, as dictionary_source.cc reads it.
#pragma once

#include <optional>
#include <vector>

#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

// Different values and which of them each value is.
struct FieldDictionary {
  std::vector<ByteView> entries;  // in the order of first use
  std::vector<std::uint16_t> indices;
};

// Nothing if there are more than kMaxFieldEntries, or too many for it to pay.
[[nodiscard]] std::optional<FieldDictionary> find_dictionary(FieldValues values);
// Nothing if no terminator is free, or the part would be one that a reader refuses.
[[nodiscard]] std::optional<Bytes> encode_dictionary_column(const FieldDictionary& dictionary);
// The bytes of the indices of `count` values from `first` on, as they are in the part.
void append_indices(const FieldDictionary& dictionary, std::size_t first, std::size_t count, Bytes& part);

}  // namespace npk::codec
