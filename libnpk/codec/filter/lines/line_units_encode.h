// Takes text apart into units (lines, and quoted strings in them) and those into tokens.
#pragma once

#include <cstdint>

#include "codec/filter/record_list_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

struct LineToken {
  std::uint32_t offset;
  std::uint32_t hash;
  std::uint32_t length : 30;  // A block has at most 16 MiB.
  bool word : 1;              // Of letters only: likely a part of the text's shape.
  bool after_space : 1;
};

// A line or a piece of one, up to a quotation mark or line feed.
struct LineUnit {
  std::uint32_t offset;
  std::uint32_t length;
  std::uint32_t first_token;
  std::uint8_t tokens;
  std::uint8_t head_length;  // Of "Name: ".
  std::uint8_t ending_length;
  bool field : 1;  // Begins with "Name: ".
  bool listed : 1;  // Ends with a number of a list.
  bool may_repeat : 1;  // As a whole, as far as that matters: a field, or ends with a quotation mark.
  std::uint64_t context;  // Hash of what it belongs to: field, place in the line.
};

struct LineUnits {
  RecordList<LineUnit> units;
  RecordList<LineToken> tokens;  // Those of a unit lie one behind another.
  std::size_t length = 0;  // What follows the last unit has no line feed.
};

inline constexpr std::size_t kMostUnitTokens = 48;

// With `with_lists`, lines with lists of numbers (number_lists_encode.h) are split behind each of them; afterwards it says whether any was found.
[[nodiscard]] LineUnits split_lines(ByteView raw, bool& with_lists);

}  // namespace npk::codec
