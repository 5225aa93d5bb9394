#include "ops/read/frame_map.h"

#include <algorithm>
#include <utility>

namespace npk::ops {
namespace {

constexpr std::size_t kMostKinds = 64;  // a hostile package may have any number of chains

void join(MapCell& cell, const MapCell& next) {
  if (next.bytes > cell.bytes) cell.kind = next.kind;
  cell.bytes += next.bytes;
  cell.frames += next.frames;
  cell.raw_bytes += next.raw_bytes;
  cell.stored_bytes += next.stored_bytes;
}

}  // namespace

FrameMap::FrameMap(std::size_t most_cells) : most_cells_(std::max<std::size_t>(most_cells, 2)), kinds_{"index", "parity", "other"} {}

std::size_t FrameMap::kind_number(const std::string& kind) {
  const auto found = std::ranges::find(kinds_, kind);
  if (found != kinds_.end()) return static_cast<std::size_t>(found - kinds_.begin());
  if (kinds_.size() == kMostKinds) return 2;
  kinds_.push_back(kind);
  return kinds_.size() - 1;
}

void FrameMap::add(const MapCell& piece, const std::string& kind) {
  MapCell one = piece;
  one.kind = kind_number(kind);
  if (pieces_++ % pieces_per_cell_ != 0) {
    // The kind of most bytes is known only among two: a piece outweighs what is there only if it is longer than all of that.
    join(cells_.back(), one);
    return;
  }
  if (cells_.size() == 2 * most_cells_) halve();
  if ((pieces_ - 1) % pieces_per_cell_ != 0) join(cells_.back(), one);
  else cells_.push_back(one);
}

void FrameMap::halve() {
  for (std::size_t i = 0; 2 * i < cells_.size(); ++i) {
    cells_[i] = cells_[2 * i];
    if (2 * i + 1 < cells_.size()) join(cells_[i], cells_[2 * i + 1]);
  }
  cells_.resize((cells_.size() + 1) / 2);
  pieces_per_cell_ *= 2;
}

void FrameMap::finish(SurveyReport& report) {
  if (cells_.size() > most_cells_) halve();
  for (const MapCell& cell : cells_) report.frames += cell.frames;
  report.kinds = std::move(kinds_);
  report.cells = std::move(cells_);
}

}  // namespace npk::ops
