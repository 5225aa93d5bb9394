// The dictionary part of a template payload.
#pragma once

#include <array>
#include <vector>

#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec {

struct TemplateSlot {
  ByteView literal{};  // What stands before it.
  std::uint16_t column = 0;
};

struct LineTemplate {
  std::uint32_t first_slot = 0;
  std::uint32_t slots = 0;
  ByteView ending{};  // What stands behind the last slot.
};

struct ColumnInfo {
  bool text = false;  // Its values end with a line feed or a quotation mark each, rather than being a field's.
  std::uint8_t predictor_count = 0;
  std::array<ValuePredictor, kMaxPredictors> predictors{};
};

struct TemplateDictionary {
  std::vector<ColumnInfo> columns;
  std::vector<LineTemplate> templates;
  std::vector<TemplateSlot> slots;
  std::uint32_t keyed_slots = 0;  // Of all predictors.

  // Keeps views of `part`. Errc::corrupt if it contradicts itself or is over a limit.
  [[nodiscard]] static Result<TemplateDictionary> read(ByteView part);
};

}  // namespace npk::codec
