// Takes text apart into units (lines, and quoted strings in them) and those into tokens.
#pragma once

#include <algorithm>
#include <cstdint>

#include "codec/filter/place.h"
#include "codec/filter/record_list_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

// In a word, as there may be one for every three bytes of a block.
class LineToken {
 public:
  static constexpr unsigned kOffsetBits = 24, kLengthBits = 14, kHashBits = 24;
  static constexpr std::uint32_t kLongLength = (1U << kLengthBits) - 1;  // it, or a longer one

  struct Looks {
    bool word;  // Of letters only: likely a part of the text's shape.
    bool after_space;
  };

  LineToken(Place place, std::uint32_t hash, Looks looks) noexcept
      : word_(std::uint64_t{place.offset} << (64 - kOffsetBits) | std::uint64_t{std::min(place.length, kLongLength)} << (kHashBits + 2) |
              std::uint64_t{hash >> (32 - kHashBits)} << 2 | (looks.word ? 2U : 0U) | (looks.after_space ? 1U : 0U)) {}

  [[nodiscard]] std::uint32_t offset() const noexcept { return static_cast<std::uint32_t>(word_ >> (64 - kOffsetBits)); }
  [[nodiscard]] std::uint32_t length() const noexcept { return static_cast<std::uint32_t>(word_ >> (kHashBits + 2)) & kLongLength; }
  [[nodiscard]] std::uint32_t hash() const noexcept { return static_cast<std::uint32_t>(word_ >> 2) & ((1U << kHashBits) - 1); }
  [[nodiscard]] bool is_word() const noexcept { return (word_ & 2) != 0; }
  [[nodiscard]] bool is_after_space() const noexcept { return (word_ & 1) != 0; }

 private:
  std::uint64_t word_;
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
  FilterVector<Place> long_tokens;  // Of at least kLongLength, in order.
  std::size_t length = 0;  // What follows the last unit has no line feed.

  [[nodiscard]] Place place_of(const LineToken& token) const {
    if (token.length() < LineToken::kLongLength) [[likely]] return {token.offset(), token.length()};
    return *std::ranges::lower_bound(long_tokens, token.offset(), {}, &Place::offset);
  }
};

inline constexpr std::size_t kMostUnitTokens = 48;

// With `with_lists`, lines with lists of numbers (number_lists_encode.h) are split behind each of them; afterwards it says whether any was found.
[[nodiscard]] LineUnits split_lines(ByteView raw, bool& with_lists);

}  // namespace npk::codec
