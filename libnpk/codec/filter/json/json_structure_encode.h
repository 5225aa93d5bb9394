// Writes the order of a block's tokens as what a Predictor does not foresee.
#pragma once

#include "codec/filter/encoder_memory.h"
#include "codec/filter/json/json_predictor.h"
#include "npk/bytes.h"

namespace npk::codec::json {

class StructureWriter {
 public:
  void add(std::uint16_t token);
  void finish();

  [[nodiscard]] const FilterBytes& structure() const { return structure_; }
  [[nodiscard]] const FilterBytes& ids() const { return ids_; }

 private:
  Predictor predictor_;
  std::uint64_t foreseen_ = 0;
  std::uint32_t known_ = 0;
  FilterBytes structure_;
  FilterBytes ids_;
};

}  // namespace npk::codec::json
