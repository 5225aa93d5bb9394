#include "codec/filter/field_column.h"

#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

bool take_lengthened(ByteView& rest, ByteView& value) {
  if (rest.empty()) return false;
  std::uint64_t length = rest[0];
  if (length < 0x80) {
    rest = rest.subspan(1);
  } else {
    const auto varint = take_varint(rest);
    if (!varint) return false;
    length = *varint;
  }
  if (length > rest.size()) return false;
  value = rest.first(static_cast<std::size_t>(length));
  rest = rest.subspan(static_cast<std::size_t>(length));
  return true;
}

}  // namespace

Result<FieldReader> FieldReader::open(ByteView part, unsigned depth) {
  if (part.empty()) return FieldReader(FieldEncoding::lengths, part);
  FieldReader reader(static_cast<FieldEncoding>(part[0]), part.subspan(1));
  switch (reader.encoding_) {
    case FieldEncoding::lengths: break;
    case FieldEncoding::text:
      if (reader.rest_.empty()) return bad_column("a column of a filtered block has no terminator");
      reader.text_ = {reader.rest_.subspan(1), {reader.rest_[0]}};
      if (reader.rest_.back() != reader.rest_[0]) return bad_column("a column of a filtered block does not end");
      break;
    case FieldEncoding::constant: {
      NPK_ASSIGN(reader.left_, take_varint(reader.rest_));
      break;
    }
    default:
      if (part.size() < kMinimumTypedBytes) return bad_column("a column of a filtered block is too short for its encoding");
      NPK_TRY(reader.open_source(depth));
  }
  return reader;
}

Result<void> FieldReader::open_source(unsigned depth) {
  if (depth > kMaxFieldDepth) return bad_column("columns of a filtered block are nested too deep");
  FieldSourceResult source;
  switch (encoding_) {
    case FieldEncoding::dictionary: source = open_dictionary(rest_, depth); break;
    case FieldEncoding::numbers: source = open_numbers(rest_); break;
    case FieldEncoding::shared: source = open_shared(rest_); break;
    case FieldEncoding::shaped: source = open_shaped(rest_, depth); break;
    case FieldEncoding::hex_bytes: source = open_hex_bytes(rest_); break;
    case FieldEncoding::floats: source = open_floats(rest_); break;
    case FieldEncoding::words: source = open_words(rest_); break;
    case FieldEncoding::patched: source = open_patched(rest_, depth); break;
    case FieldEncoding::padded: source = open_padded(rest_, depth); break;
    default: return bad_column("a column of a filtered block has an unknown encoding");
  }
  if (!source) return pass_on(std::move(source));
  source_ = std::move(*source);
  if (source_->fills_batches()) batch_ = std::make_unique<ValueBatch>();
  return {};
}

bool FieldReader::take_plain(ByteView& value) {
  if (encoding_ == FieldEncoding::lengths) return take_lengthened(rest_, value);
  value = rest_;
  return left_ > 0 && left_-- > 0;
}

Result<void> FieldReader::expect_end() const {
  if (!at_end()) return bad_column("a column of a filtered block has values that nothing takes");
  return {};
}

}  // namespace npk::codec
