// Takes JSON text apart into tokens: what stands between two values, and the value behind it.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/filter/place.h"
#include "codec/filter/record_list_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

using Piece = Place;  // of the block

// What tokens of the same text for the same field have in common.
struct Shape {
  std::uint16_t skeleton = 0;
  std::uint8_t place = 0;    // of the value in a short array of numbers
  std::uint32_t key = 0;     // that the skeleton has a kKey for; 0: none
  std::uint32_t field = 0;   // number of the key that the value belongs to
  std::uint32_t parent = 0;  // and of the key above
  std::uint32_t count = 0;
};

struct Occurrence {
  std::uint32_t shape = 0;
  Piece value;
};

struct Scan {
  FilterVector<FilterBytes> skeletons;
  FilterVector<Piece> keys;  // the first is none
  FilterVector<Shape> shapes;
  RecordList<Occurrence> occurrences;
  FilterBytes styles;
};

// Numbers of keys that are none.
inline constexpr std::uint32_t kNoKey = 0;
inline constexpr std::uint32_t kLiteralField = 0xFFFFFF;  // what does not parse

// Nothing if `raw` does not look like JSON. raw is at most 16 MiB.
[[nodiscard]] std::optional<Scan> scan(ByteView raw);

}  // namespace npk::codec::json
