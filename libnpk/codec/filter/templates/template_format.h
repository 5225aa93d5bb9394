// What the decoder and the encoder of template payloads (spec/filters/lines.md) must agree on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/filter/place.h"

namespace npk::codec {

// With these limits, and with that of columns_fit, a decoder takes at most raw_length + 4 MiB.
inline constexpr std::size_t kMaxTemplates = 1U << 13;
inline constexpr std::size_t kMaxTemplateColumns = 1U << 11;
// Slots of all templates together.
inline constexpr std::size_t kMaxTemplateSlots = 1U << 14;
inline constexpr std::size_t kMaxPredictors = 3;
// Values of a column that a predictor can look back on. A power of two.
inline constexpr std::uint32_t kColumnHistory = 64;

// Operations of a column that come after those of its predictors, each with an operand.
inline constexpr unsigned kJump = 1, kCut = 2;

// Parts of the payload before those of the columns.
enum TemplatePart : std::uint8_t { kDictionaryPart, kIdsPart, kTailPart, kTemplateParts };

// What a reader of a field column of this size may take (field_column.h).
inline std::uint64_t column_memory(std::uint64_t part_size) noexcept { return std::min(4 * part_size, part_size / 2 + 10240); }
// Whether the readers of all columns together take what they may.
inline bool columns_fit(std::uint64_t memory, std::uint64_t raw_length) noexcept { return memory <= raw_length + (1U << 20); }

// Guesses the next template of the sequence from the two before it.
class TemplatePredictor {
 public:
  [[nodiscard]] std::uint32_t guess() const noexcept { return guesses_[slot_]; }
  void learn(std::uint32_t id) noexcept {
    guesses_[slot_] = static_cast<std::uint16_t>(id);
    slot_ = (last_ * 0x9E5U + id * 0x3D1U) % kContexts;
    last_ = id;
  }

 private:
  static constexpr std::uint32_t kContexts = 1U << 14;
  std::array<std::uint16_t, kContexts> guesses_{};
  std::uint32_t slot_ = 0;
  std::uint32_t last_ = 0;
};

// Guesses a column's next value from those of another column (or of its own): its latest, or the one behind what was guessed last.
struct ValuePredictor {
  std::uint16_t source = 0;
  bool follows = false;
  std::uint32_t next = 0;  // Index in the source; only if it follows.
};

// The last values of a column.
struct ColumnPast {
  std::uint32_t count = 0;
  Place last;
  std::array<Place, kColumnHistory>* history = nullptr;  // Of columns that some predictor follows.

  void push(Place place) noexcept {
    if (history != nullptr) (*history)[count % kColumnHistory] = place;
    last = place;
    ++count;
  }
  [[nodiscard]] bool holds(std::uint32_t index) const noexcept { return index < count && count - index <= kColumnHistory; }
};

[[nodiscard]] inline Place predicted(const ValuePredictor& predictor, const ColumnPast& source) noexcept {
  if (!predictor.follows || !source.holds(predictor.next)) return source.last;
  return (*source.history)[predictor.next % kColumnHistory];
}

// Once per value of the predictor's column, before the value joins its own past.
inline void advance(ValuePredictor& predictor, const ColumnPast& source) noexcept { predictor.next = std::min(predictor.next + 1, source.count); }

}  // namespace npk::codec
