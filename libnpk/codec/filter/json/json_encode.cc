#include <algorithm>
#include <vector>

#include "codec/filter/field_column_encode.h"
#include "codec/filter/json/json_format.h"
#include "codec/filter/json/json_plan_encode.h"
#include "codec/filter/json/json_scan_encode.h"
#include "codec/filter/json/json_structure_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder_functions.h"
#include "codec/filter_registry.h"

namespace npk::codec {
namespace {

using namespace json;

Bytes skeletons_part(const std::vector<Bytes>& skeletons) {
  Bytes part;
  for (const Bytes& skeleton : skeletons) {
    append_varint(skeleton.size(), part);
    part.insert(part.end(), skeleton.begin(), skeleton.end());
  }
  return part;
}

// The values of all columns, one column behind another.
class ColumnValues {
 public:
  ColumnValues(const Scan& scanned, const Plan& plan);
  void add(std::uint16_t column, ByteView value) { values_[next_[column]++] = value; }
  [[nodiscard]] std::span<const ByteView> column(std::size_t column) const {
    const std::size_t from = column == 0 ? 0 : next_[column - 1];
    return std::span(values_).subspan(from, next_[column] - from);
  }

 private:
  std::vector<std::size_t> next_;
  std::vector<ByteView> values_;
};

ColumnValues::ColumnValues(const Scan& scanned, const Plan& plan) : next_(plan.columns + 1) {
  const auto count = [&](std::uint16_t token, std::uint32_t times) {
    if (token != kNoToken && plan.tokens[token].column != kNoColumn) next_[plan.tokens[token].column + 1U] += times;
  };
  for (std::size_t i = 0; i < scanned.shapes.size(); ++i) {
    count(plan.choices[i].head, scanned.shapes[i].count);
    count(plan.choices[i].whole, scanned.shapes[i].count);
  }
  for (std::size_t i = 1; i < next_.size(); ++i) next_[i] += next_[i - 1];
  values_.resize(next_.back());
  next_.pop_back();
}

void add_tokens(const Scan& scanned, const Plan& plan, ByteView raw, std::vector<Bytes>& parts) {
  std::vector<ByteView> keys;
  std::uint32_t columns = 0;
  for (const Token& token : plan.tokens) {
    append_varint(token.skeleton, parts[kTokenSkeletonsPart]);
    if (token.key != kNoKey) keys.push_back(raw.subspan(scanned.keys[token.key].offset, scanned.keys[token.key].length));
    if (token.column == kNoColumn) continue;
    append_varint(token.column == columns ? 0 : token.column + 1U, parts[kTokenColumnsPart]);
    columns = std::max<std::uint32_t>(columns, token.column + 1U);
  }
  parts[kKeysPart] = encode_field_column(keys);
}

}  // namespace

std::uint64_t json_encoder_memory(std::uint64_t raw_length) { return 16 * raw_length + (4ULL << 20); }

std::optional<std::size_t> encode_json(ByteView raw, MutableBytes out) {
  if (raw.size() > kMaxFilteredRawBytes) return std::nullopt;
  std::optional<Scan> scanned = scan(raw);
  if (!scanned) return std::nullopt;
  const Plan planned = plan(*scanned);
  if (planned.tokens.size() > kMaxTokens) return std::nullopt;
  StructureWriter structure;
  ColumnValues values(*scanned, planned);
  const auto emit = [&](std::uint16_t token, Piece value) {
    structure.add(token);
    const std::uint16_t column = planned.tokens[token].column;
    if (column != kNoColumn) values.add(column, raw.subspan(value.offset, value.length));
  };
  for (const Occurrence& occurrence : scanned->occurrences) {
    const Choice& choice = planned.choices[occurrence.shape];
    if (choice.head != kNoToken) emit(choice.head, scanned->keys[scanned->shapes[occurrence.shape].key]);
    if (choice.whole != kNoToken) emit(choice.whole, occurrence.value);
  }
  structure.finish();
  std::vector<Bytes> parts(kFirstColumnPart);
  parts[kStylesPart] = scanned->styles;
  parts[kSkeletonsPart] = skeletons_part(scanned->skeletons);
  add_tokens(*scanned, planned, raw, parts);
  parts[kStructurePart] = std::move(structure.structure());
  parts[kIdsPart] = std::move(structure.ids());
  for (std::size_t i = 0; i < planned.columns; ++i) parts.push_back(encode_field_column(values.column(i)));
  return join_parts(parts, out);
}

}  // namespace npk::codec
