// FieldEncoding::dictionary, as dictionary_source.cc reads it.
#pragma once

#include <optional>

#include "codec/filter/field_column/plain_encode.h"

namespace npk::codec {

// Different values and which of them each value is.
struct FieldDictionary {
  FieldValues values;
  FilterVector<Place> places;  // of the entries, in the order of first use
  FilterVector<std::uint16_t> indices;

  [[nodiscard]] FieldValues entries() const noexcept { return values.with(places); }
};

// Nothing if there are more than kMaxFieldEntries, or too many for it to pay.
[[nodiscard]] std::optional<FieldDictionary> find_dictionary(FieldValues values);
// Nothing if no terminator is free, or the part would be one that a reader refuses.
[[nodiscard]] std::optional<FilterBytes> encode_dictionary_column(const FieldDictionary& dictionary);
// The bytes of the indices of `count` values from `first` on, as they are in the part.
void append_indices(const FieldDictionary& dictionary, std::size_t first, std::size_t count, FilterBytes& part);

}  // namespace npk::codec
