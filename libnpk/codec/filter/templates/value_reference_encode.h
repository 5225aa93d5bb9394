// Finds which columns of a template payload repeat values of others, and writes columns accordingly.
#pragma once

#include <span>
#include <vector>

#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

struct ColumnValue {
  std::uint16_t column;
  Place place;
};

struct ColumnPlan {
  std::vector<ValuePredictor> predictors;
};

struct WrittenColumn {
  Bytes operations;
  std::vector<ByteView> stored;
};

// What each column is best predicted from, by its values in order.
[[nodiscard]] std::vector<ColumnPlan> plan_references(ByteView raw, std::span<const ColumnValue> values, std::size_t columns);
[[nodiscard]] std::vector<WrittenColumn> write_references(ByteView raw, std::span<const ColumnValue> values, std::vector<ColumnPlan> plans);

}  // namespace npk::codec
