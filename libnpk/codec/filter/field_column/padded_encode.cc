#include "codec/filter/field_column/padded_encode.h"

#include <algorithm>

#include "codec/filter/field_column/field_encoding.h"

namespace npk::codec {

std::optional<Padding> find_padding(FieldValues values) {
  constexpr std::size_t kLeastShare = 16;
  const std::size_t width = values.empty() ? 0 : values[0].size();
  if (width < 2 || width > kMaxPaddedBytes) return std::nullopt;
  std::size_t in_front = 0, behind = 0, blank = 0;
  for (const ByteView value : values) {
    if (value.size() != width) return std::nullopt;
    const bool begins = value.front() == ' ', ends = value.back() == ' ';
    if (begins && ends) ++blank;
    else in_front += begins ? 1U : 0U, behind += ends ? 1U : 0U;
    if (begins && ends && std::ranges::any_of(value, [](std::uint8_t byte) { return byte != ' '; })) return std::nullopt;
  }
  if ((in_front != 0 && behind != 0) || (in_front + behind + blank) * kLeastShare < values.size()) return std::nullopt;
  return Padding{.in_front = in_front != 0, .width = static_cast<std::uint8_t>(width)};
}

FilterVector<Place> places_without(Padding padding, FieldValues values) {
  FilterVector<Place> places;
  places.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const ByteView value = values[i];
    std::uint32_t spaces = 0;
    while (spaces < value.size() && value[padding.in_front ? spaces : value.size() - 1 - spaces] == ' ') ++spaces;
    const Place place = values.place(i);
    places.push_back({place.offset + (padding.in_front ? spaces : 0), place.length - spaces});
  }
  return places;
}

std::optional<FilterBytes> encode_padded_column(Padding padding, ByteView column) {
  if (column.size() + 3 < kMinimumTypedBytes) return std::nullopt;
  FilterBytes part;
  part.reserve(column.size() + 3);
  part.push_back(static_cast<std::uint8_t>(FieldEncoding::padded));
  part.push_back(padding.in_front ? 0 : 1);
  part.push_back(padding.width);
  part.insert(part.end(), column.begin(), column.end());
  return part;
}

}  // namespace npk::codec
