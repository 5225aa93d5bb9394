#include "codec/filter/templates/template_dictionary.h"

#include "codec/filter/varint.h"

namespace npk::codec {
namespace {

Result<std::uint32_t> take_below(ByteView& part, std::uint64_t limit) {
  NPK_ASSIGN(const std::uint64_t value, take_varint(part));
  if (value >= limit) return fail_corrupt("a number in the dictionary of a filtered block is too large");
  return static_cast<std::uint32_t>(value);
}

Result<ByteView> take_bytes(ByteView& part) {
  NPK_ASSIGN(const std::uint32_t length, take_below(part, part.size() + 1));
  if (length > part.size()) return fail_corrupt("a text in the dictionary of a filtered block is longer than the dictionary");
  const ByteView bytes = part.first(length);
  part = part.subspan(length);
  return bytes;
}

// Of a keyed predictor: from slot `used` on, which is moved behind them.
Result<void> take_slots(ByteView& part, ValuePredictor& predictor, std::uint32_t& used) {
  NPK_ASSIGN(const std::uint32_t bits, take_below(part, kMaxSlotBits + 1));
  predictor.first_slot = used;
  predictor.slot_bits = static_cast<std::uint8_t>(bits);
  used += 1U << bits;
  if (bits == 0 || used > kKeyedSlots) return fail_corrupt("predictors of a filtered block remember too many values");
  return {};
}

Result<ColumnInfo> take_column(ByteView& part, std::size_t columns, std::uint32_t& slots) {
  ColumnInfo column;
  NPK_ASSIGN(const std::uint32_t kind, take_below(part, 2 * (kMaxPredictors + 1)));
  column.text = kind % 2 != 0;
  column.predictor_count = static_cast<std::uint8_t>(kind / 2);
  for (ValuePredictor& predictor : std::span(column.predictors).first(column.predictor_count)) {
    NPK_ASSIGN(const std::uint32_t source, take_below(part, kPredictorKinds * columns));
    predictor = {.source = static_cast<std::uint16_t>(source / kPredictorKinds), .kind = static_cast<PredictorKind>(source % kPredictorKinds)};
    if (predictor.keyed()) NPK_TRY(take_slots(part, predictor, slots));
  }
  return column;
}

Result<LineTemplate> take_template(ByteView& part, std::size_t columns, std::vector<TemplateSlot>& slots) {
  LineTemplate line{.first_slot = static_cast<std::uint32_t>(slots.size())};
  NPK_ASSIGN(line.slots, take_below(part, kMaxTemplateSlots - slots.size() + 1));
  for (std::uint32_t i = 0; i < line.slots; ++i) {
    NPK_ASSIGN(const ByteView literal, take_bytes(part));
    NPK_ASSIGN(const std::uint32_t column, take_below(part, columns));
    slots.push_back({literal, static_cast<std::uint16_t>(column)});
  }
  NPK_ASSIGN(line.ending, take_bytes(part));
  return line;
}

}  // namespace

Result<TemplateDictionary> TemplateDictionary::read(ByteView part) {
  TemplateDictionary dictionary;
  NPK_ASSIGN(const std::uint32_t columns, take_below(part, kMaxTemplateColumns + 1));
  NPK_ASSIGN(const std::uint32_t templates, take_below(part, kMaxTemplates + 1));
  for (std::uint32_t i = 0; i < columns; ++i) {
    NPK_ASSIGN(const ColumnInfo column, take_column(part, columns, dictionary.keyed_slots));
    dictionary.columns.push_back(column);
  }
  for (std::uint32_t i = 0; i < templates; ++i) {
    NPK_ASSIGN(const LineTemplate line, take_template(part, columns, dictionary.slots));
    dictionary.templates.push_back(line);
  }
  if (!part.empty()) return fail_corrupt("bytes follow the dictionary of a filtered block");
  return dictionary;
}

}  // namespace npk::codec
