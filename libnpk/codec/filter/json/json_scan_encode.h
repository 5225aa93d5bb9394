// Takes JSON text apart into tokens: what stands between two values, and the value behind it.
#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>

#include "codec/filter/place.h"
#include "codec/filter/record_list_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

using Piece = Place;  // of the block

// Of a value in an array: from 0 in a short one of numbers, from kFirstRowPlace in a row, which is an array in an array.
inline constexpr std::uint8_t kFirstRowPlace = 4;
inline constexpr std::uint8_t kPlaces = kFirstRowPlace + 32;  // further values share the last

// What tokens of the same text for the same field have in common.
struct Shape {
  std::uint16_t skeleton = 0;
  std::uint8_t place = 0;
  std::uint32_t key = 0;     // that the skeleton has a kKey for; 0: none
  std::uint32_t field = 0;   // number of the key that the value belongs to
  std::uint32_t parent = 0;  // and of the key above
  std::uint32_t count = 0;
};

// In a word, as there may be one for every three bytes of a block.
class Occurrence {
 public:
  static constexpr unsigned kOffsetBits = 24, kShapeBits = 22, kLengthBits = 64 - kOffsetBits - kShapeBits;
  static constexpr std::uint32_t kMostShapes = 1U << kShapeBits;
  static constexpr std::uint32_t kLongLength = (1U << kLengthBits) - 1;  // it, or a longer one

  Occurrence(std::uint32_t shape, const Piece& value) noexcept
      : word_(std::uint64_t{value.offset} << (kShapeBits + kLengthBits) | std::uint64_t{shape} << kLengthBits | std::min(value.length, kLongLength)) {}

  [[nodiscard]] std::uint32_t shape() const noexcept { return static_cast<std::uint32_t>(word_ >> kLengthBits) & (kMostShapes - 1); }
  [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(word_ >> (kShapeBits + kLengthBits)); }
  [[nodiscard]] std::uint32_t length() const noexcept { return static_cast<std::uint32_t>(word_) & kLongLength; }

 private:
  std::uint64_t word_;
};

struct Scan {
  FilterVector<FilterBytes> skeletons;
  FilterVector<Piece> keys;  // the first is none
  FilterVector<Shape> shapes;
  RecordList<Occurrence> occurrences;
  FilterVector<Piece> long_values;  // of at least kLongLength, in order
  FilterBytes styles;
  bool has_rows = false;

  [[nodiscard]] Piece value_of(const Occurrence& occurrence) const {
    if (occurrence.length() < Occurrence::kLongLength) [[likely]] return {occurrence.offset(), occurrence.length()};
    return *std::ranges::lower_bound(long_values, occurrence.offset(), {}, &Piece::offset);
  }
};

// Numbers of keys that are none.
inline constexpr std::uint32_t kNoKey = 0;
inline constexpr std::uint32_t kLiteralField = 0xFFFFFF;  // what does not parse

// Nothing if `raw` does not look like JSON. raw is at most 16 MiB.
[[nodiscard]] std::optional<Scan> scan(ByteView raw);

}  // namespace npk::codec::json
