// FieldEncoding::shaped: varint count of columns, a piece of text before, between and behind them (varint length and bytes of each: one more than
// columns), the length of each column's part but the last as a varint, then the parts.
#include <array>
#include <vector>

#include "codec/filter/copy_short.h"
#include "codec/filter/field_column.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

Result<ByteView> take_piece(ByteView& part, std::uint64_t length) {
  if (length > part.size()) return bad_column("a shape's text or columns in a filtered block are cut");
  const ByteView piece = part.first(static_cast<std::size_t>(length));
  part = part.subspan(piece.size());
  return piece;
}

class ShapedSource final : public FieldSource {
 public:
  struct Column {
    ByteView before;
    FieldReader values;
  };

  // end: of the part.
  ShapedSource(std::vector<Column> columns, ByteView behind, const std::uint8_t* end) : columns_(std::move(columns)), behind_(behind), end_(end) {}

  bool take(ByteView& value) override {
    std::size_t length = 0;
    for (Column& column : columns_) {
      ByteView variable;
      if (!append(column.before, length) || !column.values.take(variable) || !append(variable, length)) return false;
    }
    if (!append(behind_, length)) return false;
    value = ByteView(text_).first(length);
    return true;
  }

  bool at_end() const override {
    for (const Column& column : columns_) {
      if (!column.values.at_end()) return false;
    }
    return true;
  }

 private:
  bool append(ByteView bytes, std::size_t& length) {
    if (bytes.size() > kMaxComposedBytes - length) return false;
    if (bytes.size() <= kValueSlack && has_slack(bytes.data(), end_)) [[likely]] {
      copy_slack(text_.data() + length, bytes.data());
    } else {
      copy_short(text_.data() + length, bytes.data(), bytes.size());
    }
    length += bytes.size();
    return true;
  }

  std::vector<Column> columns_;
  ByteView behind_;
  const std::uint8_t* end_;
  std::array<std::uint8_t, kMaxComposedBytes + kValueSlack> text_{};
};

Result<std::vector<ByteView>> take_texts(ByteView& part, std::size_t count) {
  std::vector<ByteView> texts;
  while (texts.size() < count) {
    NPK_ASSIGN(const std::uint64_t length, take_varint(part));
    NPK_ASSIGN(const ByteView text, take_piece(part, length));
    texts.push_back(text);
  }
  return texts;
}

static_assert(sizeof(ShapedSource) <= kMostSourceBytes);

}  // namespace

FieldSourceResult open_shaped(ByteView part, unsigned depth) {
  const std::size_t bytes = part.size();
  NPK_ASSIGN(const std::uint64_t count, take_varint(part));
  if (count == 0 || count > kMaxShapeColumns || count * kBytesPerShapeColumn > bytes || depth > kMaxShapeDepth) {
    return bad_column("a shape in a filtered block has too many columns or none");
  }
  NPK_ASSIGN(const std::vector<ByteView> texts, take_texts(part, static_cast<std::size_t>(count) + 1));
  std::array<std::uint64_t, kMaxShapeColumns> lengths{};
  for (std::size_t i = 0; i + 1 < count; ++i) {
    NPK_ASSIGN(lengths[i], take_varint(part));
  }
  std::vector<ShapedSource::Column> columns;
  columns.reserve(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    NPK_ASSIGN(const ByteView column, take_piece(part, i + 1 < count ? lengths[i] : part.size()));
    NPK_ASSIGN(FieldReader values, FieldReader::open(column, depth + 1));
    columns.push_back({texts[i], std::move(values)});
  }
  return std::make_unique<ShapedSource>(std::move(columns), texts.back(), part.data() + part.size());
}

}  // namespace npk::codec
