// The frames of a package as so many cells.
#pragma once

#include <string>
#include <vector>

#include "npk/ops/survey.h"

namespace npk::ops {

// When there are twice as many cells as wanted, each two neighbours become one: any number of pieces in bounded memory.
class FrameMap {
 public:
  explicit FrameMap(std::size_t most_cells);

  // A frame, or several of a kind. In file order.
  void add(const MapCell& piece, const std::string& kind);
  // Once, last.
  void finish(SurveyReport& report);

 private:
  [[nodiscard]] std::size_t kind_number(const std::string& kind);
  void halve();

  std::size_t most_cells_;
  std::uint64_t pieces_per_cell_ = 1;
  std::uint64_t pieces_ = 0;
  std::vector<std::string> kinds_;
  std::vector<MapCell> cells_;
};

}  // namespace npk::ops
