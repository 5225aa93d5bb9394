#include "codec/filter/templates/template_encode.h"

#include <algorithm>
#include <numeric>

#include "codec/filter/field_column/compressed_cost_encode.h"
#include "codec/filter/field_column_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/templates/value_reference_encode.h"
#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

constexpr std::size_t kLongSequence = 1U << 15, kPlannedStretch = 1U << 11;
constexpr std::size_t kManyValues = 1U << 19, kStretchesOfShort = 64, kLeastStretch = 16;  // of a shorter sequence
constexpr std::size_t kMostCompared = 1U << 18;  // bytes of a column's values, to see how they are best written

void append_bytes(ByteView bytes, FilterBytes& out) { out.insert(out.end(), bytes.begin(), bytes.end()); }

void append_text(ByteView raw, Place place, FilterBytes& out) {
  append_varint(place.length, out);
  append_bytes(raw.subspan(place.offset, place.length), out);
}

// Templates by how often they come: rank[template], so that frequent ones have short numbers.
FilterVector<std::uint32_t> rank_templates(const TemplateBlock& block, FilterVector<std::uint32_t>& order) {
  FilterVector<std::uint32_t> uses(block.templates.size());
  block.sequence.for_each([&](std::uint32_t id) { ++uses[id]; });
  order.resize(uses.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, [&](std::uint32_t a, std::uint32_t b) { return uses[a] != uses[b] ? uses[a] > uses[b] : a < b; });
  FilterVector<std::uint32_t> rank(uses.size());
  for (std::uint32_t i = 0; i < order.size(); ++i) rank[order[i]] = i;
  return rank;
}

FilterBytes encode_dictionary(const TemplateBlock& block, ByteView raw, std::span<const std::uint32_t> order, std::span<const ColumnPlan> plans) {
  FilterBytes part;
  append_varint(plans.size(), part);
  append_varint(order.size(), part);
  for (std::size_t i = 0; i < plans.size(); ++i) {
    append_varint(2 * plans[i].predictors.size() + (block.column_is_text[i] ? 1 : 0), part);
    for (const ValuePredictor& predictor : plans[i].predictors) {
      append_varint(kPredictorKinds * predictor.source + static_cast<std::uint32_t>(predictor.kind), part);
      if (predictor.keyed()) append_varint(predictor.slot_bits, part);
    }
  }
  for (const std::uint32_t id : order) {
    const TemplateBlock::Template& line = block.templates[id];
    append_varint(line.columns.size(), part);
    for (std::size_t i = 0; i < line.columns.size(); ++i) {
      append_text(raw, line.literals[i], part);
      append_varint(line.columns[i], part);
    }
    append_text(raw, line.ending, part);
  }
  return part;
}

FilterBytes encode_ids(const TemplateBlock& block, std::span<const std::uint32_t> rank) {
  FilterBytes part;
  TemplatePredictor predictor;
  block.sequence.for_each([&](std::uint32_t id) {
    append_varint(predictor.guess() == rank[id] ? 0 : rank[id] + 1, part);
    predictor.learn(rank[id]);
  });
  return part;
}

// By all values of a short sequence, by those of every fourth stretch of a long one, or of one of long rows.
FilterVector<ColumnPlan> plan_columns(const TemplateBlock& block, ByteView raw) {
  ReferencePlanner planner(raw, block.column_is_text.size());
  const std::size_t rows = block.sequence.size();
  const std::size_t planned = rows >= kLongSequence ? kPlannedStretch : std::max(kLeastStretch, rows / kStretchesOfShort);
  const std::size_t unplanned = rows >= kLongSequence || block.values.size() >= kManyValues ? 3 * planned : 0;
  std::size_t next = 0, number = 0;
  block.sequence.for_each([&](std::uint32_t id) {
    const auto& columns = block.templates[id].columns;
    if (number++ % (planned + unplanned) >= planned) {
      next += columns.size();
      return;
    }
    for (const std::uint16_t column : columns) planner.add({column, block.values[next++]});
  });
  FilterVector<ColumnPlan> plans = planner.plans();
  // Text is for matching, not for reference.
  for (std::size_t i = 0; i < plans.size(); ++i) {
    if (block.column_is_text[i]) plans[i] = {};
  }
  return plans;
}

WrittenColumns write_columns(TemplateBlock& block, ByteView raw, const FilterVector<ColumnPlan>& plans) {
  ReferenceWriter writer(raw, plans);
  std::size_t next = 0;
  block.sequence.for_each([&](std::uint32_t id) {
    for (const std::uint16_t column : block.templates[id].columns) writer.add({column, block.values[next++]});
    block.values.release_before(next);
  });
  return writer.take();
}

FilterVector<Place> take_stored(WrittenColumn& column) {
  FilterVector<Place> places;
  places.reserve(column.stored.size());
  column.stored.for_each([&](Place place) { places.push_back(place); });
  column.stored.clear();
  return places;
}

FilterBytes encode_values(ByteView raw, const FilterVector<Place>& places, bool text) {
  const FieldValues values(raw, places);
  if (!text) return encode_field_column(values);
  std::size_t bytes = 0;
  for (const ByteView value : values) bytes += value.size();
  FilterBytes part;
  part.reserve(bytes);
  for (const ByteView value : values) append_bytes(value, part);
  return part;
}

// The parts of a column.
struct EncodedColumn {
  FilterBytes operations, values;
};

EncodedColumn encode_column(ByteView raw, WrittenColumn& column, bool text) {
  return {std::move(column.operations), encode_values(raw, take_stored(column), text)};
}

// `part` of `whole` of the bytes, if that is less.
ByteView middle_of(ByteView bytes, std::size_t part, std::size_t whole) {
  if (part >= whole) return bytes;
  const auto size = static_cast<std::size_t>(std::uint64_t{bytes.size()} * part / whole);
  return bytes.subspan((bytes.size() - size) / 2, size);
}

// Of a column written in both ways: what compresses better. `plan` becomes its plan.
EncodedColumn encode_better(ByteView raw, WrittenColumns& columns, std::size_t number, ColumnPlan& plan) {
  EncodedColumn planned = encode_column(raw, columns.of_plans[number], false), plain = encode_column(raw, columns.plain[number], false);
  const std::size_t most = std::max(planned.values.size(), plain.values.size());
  const auto compressed = [&](CompressedCost& cost, const EncodedColumn& column) {
    return cost.of(middle_of(column.operations, kMostCompared, most)) + cost.of(middle_of(column.values, kMostCompared, most));
  };
  // A part of a column tells less than all that keys give.
  const std::size_t allowed = plan.fronts ? 32 : 33;
  const auto is_better_planned = [&](CompressedCost& cost) { return compressed(cost, planned) < compressed(cost, plain) * allowed / 32; };
  EncoderMemory* const memory = EncoderMemory::current();
  CompressedCost own;
  if (is_better_planned(memory == nullptr ? own : memory->cost())) return planned;
  plan = plan.plain();
  return plain;
}

bool within_limits(const TemplateBlock& block, std::size_t raw_length) {
  std::size_t slots = 0;
  for (const TemplateBlock::Template& line : block.templates) slots += line.columns.size();
  return block.templates.size() <= kMaxTemplates && block.column_is_text.size() <= kMaxTemplateColumns && slots <= kMaxTemplateSlots &&
         block.values.size() <= raw_length;
}

}  // namespace

std::optional<std::size_t> write_templates(TemplateBlock& block, ByteView raw, MutableBytes out) {
  if (!within_limits(block, raw.size())) return std::nullopt;
  FilterVector<std::uint32_t> order;
  const FilterVector<std::uint32_t> rank = rank_templates(block, order);
  FilterVector<FilterBytes> parts(kTemplateParts);
  parts[kIdsPart] = encode_ids(block, rank);
  append_bytes(block.tail, parts[kTailPart]);
  FilterVector<ColumnPlan> plans = plan_columns(block, raw);
  WrittenColumns columns = write_columns(block, raw, plans);
  block.sequence.clear();
  block.values.clear();
  std::uint64_t memory = 0;
  for (std::size_t i = 0; i < plans.size(); ++i) {
    const bool text = block.column_is_text[i];
    EncodedColumn column = plans[i].is_tried() ? encode_better(raw, columns, i, plans[i]) : encode_column(raw, columns.of_plans[i], text);
    memory += text ? 0 : column_memory(column.values.size());
    if (!plans[i].predictors.empty()) parts.push_back(std::move(column.operations));
    parts.push_back(std::move(column.values));
  }
  parts[kDictionaryPart] = encode_dictionary(block, raw, order, plans);
  if (!columns_fit(memory, raw.size())) return std::nullopt;
  return join_parts(parts, out);
}

}  // namespace npk::codec
