#include "codec/filter/field_column_encode.h"

#include "codec/filter/varint.h"

namespace npk::codec {

Bytes encode_field_column(std::span<const ByteView> values) {
  Bytes part;
  for (const ByteView value : values) {
    append_varint(value.size(), part);
    part.insert(part.end(), value.begin(), value.end());
  }
  return part;
}

}  // namespace npk::codec
