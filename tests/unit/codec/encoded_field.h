// Values that lie anywhere, encoded as a field column.
#pragma once

#include <span>

#include "codec/filter/field_column_encode.h"

namespace npk::codec {

// The values one behind another, as in a block.
class JoinedValues {
 public:
  explicit JoinedValues(std::span<const ByteView> values) {
    for (const ByteView value : values) {
      places_.push_back({static_cast<std::uint32_t>(block_.size()), static_cast<std::uint32_t>(value.size())});
      block_.insert(block_.end(), value.begin(), value.end());
    }
  }
  [[nodiscard]] FieldValues values() const noexcept { return {block_, places_}; }

 private:
  Bytes block_;
  FilterVector<Place> places_;
};

inline Bytes encoded_field(std::span<const ByteView> values) {
  const FilterBytes part = encode_field_column(JoinedValues(values).values());
  return {part.begin(), part.end()};
}

}  // namespace npk::codec
