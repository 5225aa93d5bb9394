// What the decoder and the encoder of template payloads (spec/filters/lines.md) must agree on.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

#include "codec/filter/place.h"
#include "npk/bytes.h"

namespace npk::codec {

// With these limits, and with that of columns_fit, a decoder takes at most raw_length + 11 MiB.
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
inline bool columns_fit(std::uint64_t memory, std::uint64_t raw_length) noexcept { return memory <= raw_length + (8U << 20); }
inline std::uint64_t template_decoder_memory(std::uint64_t raw_length) noexcept { return raw_length + (11U << 20); }

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

// Guesses a column's next value from those of another column (or of its own): its latest, the one behind what was guessed last, or what the column
// had when that was the source's latest before.
enum class PredictorKind : std::uint8_t { latest, follows, keyed };
inline constexpr std::uint32_t kPredictorKinds = 3;

struct ValuePredictor {
  std::uint16_t source = 0;
  PredictorKind kind = PredictorKind::latest;
  std::uint32_t next = 0;  // Index in the source, if it follows; if keyed, the slot of the source's latest.
  std::uint32_t first_slot = 0;  // If keyed: it has 2^slot_bits from there.
  std::uint8_t slot_bits = 0;
  [[nodiscard]] bool follows() const noexcept { return kind == PredictorKind::follows; }
  [[nodiscard]] bool keyed() const noexcept { return kind == PredictorKind::keyed; }
};

// What keyed predictors remember, of all columns: of values of raw data of at most 16 MiB those of up to 255 bytes, of others an empty one.
inline constexpr std::size_t kKeyedSlots = 1U << 16;
inline constexpr unsigned kMaxSlotBits = 16;  // from 1 on
inline constexpr std::size_t kMostKeyedBytes = 255;  // of a key, too: else one long value could be hashed for each of millions of short ones

class KeyedValue {
 public:
  KeyedValue() = default;
  explicit KeyedValue(Place place) noexcept : packed_(place.length > kMostKeyedBytes ? 0 : place.offset << 8 | place.length) {}
  [[nodiscard]] Place place() const noexcept { return {packed_ >> 8, packed_ & 0xFF}; }

 private:
  std::uint32_t packed_ = 0;
};

// A longer key counts as an empty one.
inline std::uint32_t keyed_slot(const ValuePredictor& predictor, ByteView key) noexcept {
  if (key.size() > kMostKeyedBytes) key = {};
  constexpr std::uint64_t kFactor = 0x9FB21C651E98DF25ULL;
  const auto mix = [](std::uint64_t hash, std::uint64_t word) { return ((hash ^ hash >> 32) ^ word) * kFactor; };
  std::uint64_t hash = key.size() * kFactor;
  const std::uint8_t* at = key.data();
  std::size_t left = key.size();
  for (; left >= 8; left -= 8, at += 8) hash = mix(hash, load_le<std::uint64_t>(at));
  std::uint64_t last = 0;
  for (std::size_t i = 0; i < left; ++i) last |= std::uint64_t{at[i]} << (8 * i);
  return predictor.first_slot + static_cast<std::uint32_t>(mix(hash, last) >> (64 - predictor.slot_bits));
}

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

// Not of one that is keyed.
[[nodiscard]] inline Place predicted(const ValuePredictor& predictor, const ColumnPast& source) noexcept {
  if (!predictor.follows() || !source.holds(predictor.next)) return source.last;
  return (*source.history)[predictor.next % kColumnHistory];
}

// Once per value of the predictor's column, before the value joins its own past.
inline void advance(ValuePredictor& predictor, const ColumnPast& source) noexcept {
  if (predictor.follows()) predictor.next = std::min(predictor.next + 1, source.count);
}

}  // namespace npk::codec
