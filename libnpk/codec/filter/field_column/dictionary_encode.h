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
// Indices of a dictionary with so many entries, as they are in the part.
void append_indices(std::span<const std::uint16_t> indices, std::size_t entries, FilterBytes& part);

}  // namespace npk::codec
