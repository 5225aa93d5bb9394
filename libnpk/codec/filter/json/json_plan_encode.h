// Decides, for a scanned block, which tokens its dictionary has and which column each value goes to.
#pragma once

#include <cstdint>
#include <optional>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/json/json_scan_encode.h"

namespace npk::codec::json {

inline constexpr std::uint16_t kNoColumn = 0xFFFF;

struct Token {
  std::uint16_t skeleton = 0;
  std::uint16_t column = kNoColumn;
  std::uint32_t key = kNoKey;
};

// What tokens take of the dictionary's limits.
struct Budget {
  std::size_t tokens = 0;
  std::size_t text = 0;
  std::size_t pieces = 0;

  void add(const Scan& scanned, const Token& token);
  // Whether it is no more than this many quarters of the limits.
  [[nodiscard]] bool is_within(std::size_t quarters) const;
};

inline constexpr std::size_t kPlannedQuarters = 3;  // the rest is for tokens that copy
inline constexpr std::uint16_t kNoToken = 0xFFFF;

// What the occurrences of a shape become: `whole`, or, where its key is a value, a token for what stands before that, and perhaps another.
struct Choice {
  std::uint16_t head = kNoToken;   // its value is the key
  std::uint16_t whole = kNoToken;  // or what follows the key
};

enum class Grouping : std::uint8_t {
  by_key,   // records: a column has the values of a key
  by_place, // and of a place in a row of a table
  by_kind,  // documents that resemble one another: values stay in their order, strings apart from numbers
};

struct Plan {
  FilterVector<Token> tokens;  // in the order in which they first occur
  FilterVector<Choice> choices;  // by shape
  std::size_t columns = 0;
  Grouping grouping = Grouping::by_key;
};

// Adds the skeletons of split tokens to `scanned`. Nothing if there would be too many tokens.
[[nodiscard]] std::optional<Plan> plan(Scan& scanned, Grouping grouping);

}  // namespace npk::codec::json
