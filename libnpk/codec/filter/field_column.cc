#include "codec/filter/field_column.h"

#include "codec/filter/varint.h"

namespace npk::codec {

Result<FieldReader> FieldReader::open(ByteView part) { return FieldReader(part); }

Result<ByteView> FieldReader::next() {
  NPK_ASSIGN(const std::uint64_t length, take_varint(rest_));
  if (length > rest_.size()) return fail(Errc::corrupt, "a value of a filtered block is longer than its column");
  const ByteView value = rest_.first(static_cast<std::size_t>(length));
  rest_ = rest_.subspan(static_cast<std::size_t>(length));
  return value;
}

Result<void> FieldReader::expect_end() const {
  if (!rest_.empty()) return fail(Errc::corrupt, "a column of a filtered block has values that nothing takes");
  return {};
}

}  // namespace npk::codec
