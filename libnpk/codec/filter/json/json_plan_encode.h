// Decides, for a scanned block, which tokens its dictionary has and which column each value goes to.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "codec/filter/json/json_scan_encode.h"

namespace npk::codec::json {

inline constexpr std::uint16_t kNoColumn = 0xFFFF;

struct Token {
  std::uint16_t skeleton = 0;
  std::uint16_t column = kNoColumn;
  std::uint32_t key = kNoKey;
};

inline constexpr std::uint16_t kNoToken = 0xFFFF;

// What the occurrences of a shape become: `whole`, or, where its key is a value, a token for what stands before that, and perhaps another.
struct Choice {
  std::uint16_t head = kNoToken;   // its value is the key
  std::uint16_t whole = kNoToken;  // or what follows the key
};

struct Plan {
  std::vector<Token> tokens;  // in the order in which they first occur
  std::vector<Choice> choices;  // by shape
  std::size_t columns = 0;
};

enum class Grouping : std::uint8_t {
  by_key,   // records: a column has the values of a key
  by_kind,  // documents that resemble one another: values stay in their order, strings apart from numbers
};

// Adds the skeletons of split tokens to `scanned`. Nothing if there would be too many tokens.
[[nodiscard]] std::optional<Plan> plan(Scan& scanned, Grouping grouping);

}  // namespace npk::codec::json
