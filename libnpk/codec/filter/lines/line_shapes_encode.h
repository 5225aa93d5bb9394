// Counts the shapes of units, to tell which are worth a template.
#pragma once

#include <cstdint>

#include "codec/filter/lines/line_units_encode.h"
#include "codec/filter/lines/repeat_counts_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

struct LineShape {
  std::uint32_t count = 0;
  std::uint32_t example = 0;         // The first unit of it.
  std::uint32_t finer = 0;           // How many finer shapes it has.
  // Of coarse ones, how many bits the masks have, and how many of the words are behind a space in the example.
  std::uint8_t slots = 0, word_slots = 0, spaced_words = 0;
  std::uint64_t varying = 0;         // Tokens that are not always the same, a bit each.
  std::uint64_t varying_words = 0;   // Of them, those that are words in the example.
};

// A unit's shapes, as indices: what it belongs to; what stands between its tokens, besides; its words, besides; every byte.
struct UnitShapes {
  std::uint32_t field;
  std::uint32_t coarse;
  std::uint32_t fine;
  std::uint32_t exact;  // If it may_repeat.
};

struct LineShapes {
  RecordList<LineShape> fields, coarse, fine;
  RepeatCounts exact;  // Of units that may_repeat alone, as each costs a cache miss or two.
  RecordList<UnitShapes> of_units;
};

[[nodiscard]] LineShapes count_shapes(ByteView raw, const LineUnits& lines);

}  // namespace npk::codec
