#include "codec/filter/field_column/shaped_encode.h"

#include <algorithm>
#include <array>

#include "codec/ascii.h"
#include "codec/filter/short_bytes_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLeastValues = 32;
constexpr std::size_t kLeastMiddleTexts = 2;  // bytes that all values must have in common for ShapeRule::middle

bool is_word(std::uint8_t byte) { return is_digit(byte) || is_letter(byte) || byte >= 0x80; }
bool varies(ShapeRule rule, std::uint8_t byte) { return rule == ShapeRule::digits ? is_digit(byte) : is_word(byte); }

using Variables = std::array<ByteView, kMaxShapeColumns>;

// The texts around what varies in one value; nothing if that is nothing, or too much.
std::optional<FieldShape> shape_of(ByteView value, ShapeRule rule) {
  FieldShape shape{rule, {FilterBytes{}}};
  bool in_variable = false;
  for (const std::uint8_t byte : value) {
    const bool variable = varies(rule, byte);
    // Words that are empty are variables too: one between any two other bytes, and one at either end.
    if (rule == ShapeRule::words ? !variable : variable && !in_variable) shape.texts.emplace_back();
    if (!variable) shape.texts.back().push_back(byte);
    if (shape.texts.size() > kMaxShapeColumns) return std::nullopt;
    in_variable = variable;
  }
  if (rule == ShapeRule::words) shape.texts.emplace_back();
  if (shape.texts.size() < 2) return std::nullopt;
  return shape;
}

bool take_text(ByteView& rest, const FilterBytes& text) {
  if (rest.size() < text.size() || !std::equal(text.begin(), text.end(), rest.begin())) return false;
  rest = rest.subspan(text.size());
  return true;
}

bool match_middle(const FieldShape& shape, ByteView value, Variables& variables) {
  if (value.size() < shape.texts[0].size() + shape.texts[1].size() || !take_text(value, shape.texts[0])) return false;
  const ByteView end = value.last(shape.texts[1].size());
  variables[0] = value.first(value.size() - end.size());
  return std::ranges::equal(end, shape.texts[1]);
}

// What varies in `value`; false if it is not of the shape.
bool match(const FieldShape& shape, ByteView value, Variables& variables) {
  if (value.size() > kMaxComposedBytes) return false;
  if (shape.rule == ShapeRule::middle) return match_middle(shape, value, variables);
  if (!take_text(value, shape.texts[0])) return false;
  for (std::size_t i = 1; i < shape.texts.size(); ++i) {
    std::size_t length = 0;
    while (length < value.size() && varies(shape.rule, value[length])) ++length;
    if (length == 0 && shape.rule == ShapeRule::digits) return false;
    variables[i - 1] = value.first(length);
    value = value.subspan(length);
    if (!take_text(value, shape.texts[i])) return false;
  }
  return value.empty();
}

bool most_match(FieldValues values, const FieldShape& shape) {
  const std::size_t stride = std::max<std::size_t>(1, values.size() / kLooks);
  std::size_t looks = 0, matching = 0;
  Variables variables;
  for (std::size_t i = 0; i < values.size(); i += stride, ++looks) matching += match(shape, values[i], variables) ? 1U : 0U;
  return matching >= looks - looks / kExceptionShare;
}

std::optional<FieldShape> find_middle(FieldValues values) {
  ByteView front = values[0], back = values[0];
  for (const ByteView value : values) {
    front = front.first(shared_length(front, value));
    std::size_t end = 0;
    while (end < back.size() && end < value.size() && back[back.size() - 1 - end] == value[value.size() - 1 - end]) ++end;
    back = back.last(end);
    if (front.size() + back.size() < kLeastMiddleTexts) return std::nullopt;
  }
  const bool overlap = std::ranges::any_of(values, [&](ByteView value) { return value.size() < front.size() + back.size(); });
  if (overlap) back = {};
  if (front.size() > kMaxComposedBytes / 2 || back.size() > kMaxComposedBytes / 2) return std::nullopt;
  return FieldShape{ShapeRule::middle, {{front.begin(), front.end()}, {back.begin(), back.end()}}};
}

struct Columns {
  FilterVector<FilterVector<Place>> values;  // of each column
  FilterVector<std::uint32_t> exceptions;
};

Columns split(FieldValues values, const FieldShape& shape) {
  Columns columns;
  columns.values.resize(shape.texts.size() - 1);
  for (auto& column : columns.values) column.reserve(values.size());
  Variables variables;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (match(shape, values[i], variables)) {
      for (std::size_t column = 0; column < columns.values.size(); ++column) columns.values[column].push_back(values.place_of(variables[column]));
    } else {
      columns.exceptions.push_back(static_cast<std::uint32_t>(i));
    }
  }
  return columns;
}

bool all_equal(FieldValues values) {
  return std::ranges::all_of(values, [&](ByteView value) { return std::ranges::equal(value, values[0]); });
}

// Makes columns of one value part of the text around them.
void fold_constants(FieldValues values, FieldShape& shape, Columns& columns) {
  for (std::size_t i = columns.values.size(); i-- > 0;) {
    const FieldValues column = values.with(columns.values[i]);
    if (!all_equal(column)) continue;
    const ByteView value = column[0];
    FilterBytes& text = shape.texts[i];
    text.insert(text.end(), value.begin(), value.end());
    text.insert(text.end(), shape.texts[i + 1].begin(), shape.texts[i + 1].end());
    shape.texts.erase(shape.texts.begin() + static_cast<std::ptrdiff_t>(i) + 1);
    columns.values.erase(columns.values.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

}  // namespace

std::optional<FieldShape> find_shape(FieldValues values, ShapeRule rule) {
  if (values.size() < kLeastValues) return std::nullopt;
  if (rule == ShapeRule::middle) return find_middle(values);
  for (const std::size_t guess : {values.size() / 2, values.size() / 3}) {
    auto shape = shape_of(values[guess], rule);
    if (shape && most_match(values, *shape)) return shape;
  }
  return std::nullopt;
}

std::optional<FilterBytes> encode_shaped_column(FieldValues values, const FieldShape& shape, const EncodeColumn& encode) {
  Columns columns = split(values, shape);
  if (columns.exceptions.size() > values.size() / kExceptionShare || columns.exceptions.size() == values.size()) return std::nullopt;
  FieldShape folded = shape;
  fold_constants(values, folded, columns);
  // One column with nothing around it is no shape.
  if (columns.values.empty() || (columns.values.size() == 1 && folded.texts[0].empty() && folded.texts[1].empty())) return std::nullopt;
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::shaped)};
  append_varint(columns.values.size(), part);
  for (const FilterBytes& text : folded.texts) {
    append_varint(text.size(), part);
    part.insert(part.end(), text.begin(), text.end());
  }
  FilterVector<FilterBytes> parts;
  for (auto& column : columns.values) {
    parts.push_back(encode(values.with(column)));
    let_go(column);
  }
  for (std::size_t i = 0; i + 1 < parts.size(); ++i) append_varint(parts[i].size(), part);
  for (const FilterBytes& column : parts) part.insert(part.end(), column.begin(), column.end());
  if (part.size() < kMinimumTypedBytes || part.size() - 1 < kBytesPerShapeColumn * columns.values.size()) return std::nullopt;
  return columns.exceptions.empty() ? part : encode_patched_column(values, columns.exceptions, part);
}

std::optional<FilterBytes> encode_shared_column(FieldValues values) {
  FilterBytes part{static_cast<std::uint8_t>(FieldEncoding::shared)};
  append_varint(values.size(), part);
  FilterVector<Place> own;
  own.reserve(values.size());
  part.reserve(part.size() + values.size());
  ByteView before;
  for (const ByteView value : values) {
    if (value.size() > kMaxComposedBytes) return std::nullopt;
    const std::size_t share = std::min<std::size_t>(shared_length(before, value), 255);
    part.push_back(static_cast<std::uint8_t>(share));
    own.push_back(values.place_of(value.subspan(share)));
    before = value;
  }
  const auto terminator = free_terminator(values.with(own));
  if (!terminator) return std::nullopt;
  part.push_back(*terminator);
  append_terminated(values.with(own), *terminator, part);
  if (part.size() < kMinimumTypedBytes) return std::nullopt;
  return part;
}

}  // namespace npk::codec
