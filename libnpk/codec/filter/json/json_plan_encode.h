// Decides, for a scanned block, which tokens its dictionary has and which column each value goes to.
#pragma once

#include <cstdint>
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

// Adds the skeletons of split tokens to `scanned`.
[[nodiscard]] Plan plan(Scan& scanned);

}  // namespace npk::codec::json
