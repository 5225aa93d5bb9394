// Finds which columns of a template payload repeat values of others, and writes columns accordingly.
#pragma once

#include <array>
#include <memory>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/record_list_encode.h"
#include "codec/filter/templates/template_format.h"
#include "npk/bytes.h"

namespace npk::codec {

struct ColumnValue {
  std::uint16_t column;
  Place place;
};

struct ColumnPlan {
  FilterVector<ValuePredictor> predictors;
  bool cuts = true;     // Fronts of what a keyed predictor says are used.
  bool fronts = false;  // Fronts of what the only predictor says are used, however short.

  // Whether it may be worse than the plain one.
  [[nodiscard]] bool is_tried() const { return fronts || std::ranges::any_of(predictors, &ValuePredictor::keyed); }
  [[nodiscard]] ColumnPlan plain() const {
    ColumnPlan plan{.predictors = predictors, .cuts = cuts};
    std::erase_if(plan.predictors, [&](const ValuePredictor& predictor) { return fronts || predictor.keyed(); });
    return plan;
  }
};

struct WrittenColumn {
  FilterBytes operations;
  RecordList<Place> stored;
};

struct WrittenColumns {
  FilterVector<WrittenColumn> of_plans;
  FilterVector<WrittenColumn> plain;  // Of columns whose plan is tried.
};

// What each column is best predicted from, by all values in order.
class ReferencePlanner {
 public:
  ReferencePlanner(ByteView raw, std::size_t columns);
  ~ReferencePlanner();

  void add(const ColumnValue& value);
  [[nodiscard]] FilterVector<ColumnPlan> plans() const;

 private:
  struct State;

  ByteView raw_;
  std::unique_ptr<State> state_;
};

// Writes all values in order, by those plans.
class ReferenceWriter {
 public:
  ReferenceWriter(ByteView raw, FilterVector<ColumnPlan> plans);

  void add(const ColumnValue& value);
  [[nodiscard]] WrittenColumns take() { return std::move(written_); }

 private:
  void write(ColumnPlan& plan, WrittenColumn& column, const ColumnValue& value);
  void refer(ColumnPlan& plan, WrittenColumn& column, const ColumnValue& value);
  [[nodiscard]] Place prediction(const ValuePredictor& predictor) const;
  [[nodiscard]] bool cut(const ColumnPlan& plan, WrittenColumn& column, Place place) const;
  [[nodiscard]] std::uint32_t find_back(const ColumnPast& past, Place place) const;

  ByteView raw_;
  FilterVector<ColumnPlan> plans_;
  FilterVector<ColumnPlan> plain_plans_;  // Of columns whose plan is tried.
  FilterVector<bool> is_tried_;
  WrittenColumns written_;
  FilterVector<ColumnPast> pasts_;
  FilterVector<KeyedValue> keyed_;
  FilterVector<std::uint16_t> followed_;
  FilterVector<std::array<Place, kColumnHistory>> histories_;
};

}  // namespace npk::codec
