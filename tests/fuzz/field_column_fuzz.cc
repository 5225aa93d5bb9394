// links: npk_codec_encode npk_codec_decode
// Input: a byte, then a part that a field's values are read from, and that is also cut at that byte into values of its own: they, and the values read,
// must come back from the encoder's part.
#include <algorithm>
#include <cstdlib>
#include <vector>

#include "codec/filter/field_column.h"
#include "unit/codec/encoded_field.h"

namespace {

using npk::Bytes, npk::ByteView, npk::codec::FieldReader;

void require(bool holds) {
  if (!holds) std::abort();
}

// At most kMostValues: a constant may be as many as it likes.
std::vector<Bytes> read_values(ByteView part) {
  constexpr std::size_t kMostValues = 5000;
  std::vector<Bytes> values;
  auto reader = FieldReader::open(part);
  require(reader || reader.error().code == npk::Errc::corrupt);
  while (reader && !reader->at_end() && values.size() < kMostValues) {
    const auto value = reader->next();
    require(value || value.error().code == npk::Errc::corrupt);
    if (!value) break;
    values.emplace_back(value->begin(), value->end());
  }
  return values;
}

void expect_round_trip(const std::vector<Bytes>& values) {
  const std::vector<ByteView> views(values.begin(), values.end());
  const Bytes part = npk::codec::encoded_field(views);
  auto reader = FieldReader::open(part);
  require(reader.has_value());
  for (const Bytes& value : values) {
    const auto back = reader->next();
    require(back && std::ranges::equal(*back, value));
  }
  require(reader->expect_end().has_value() && !reader->next());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const ByteView part(data + 1, size - 1);
  expect_round_trip(read_values(part));
  std::vector<Bytes> values(1);
  for (const std::uint8_t byte : part) {
    if (byte == data[0]) {
      values.emplace_back();
    } else {
      values.back().push_back(byte);
    }
  }
  expect_round_trip(values);
  return 0;
}
