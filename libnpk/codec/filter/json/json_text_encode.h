// Where the strings, words and runs of white space of JSON text end.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "npk/bytes.h"

namespace npk::codec::json {

inline constexpr std::size_t kNoEnd = static_cast<std::size_t>(-1);

enum class ByteClass : std::uint8_t { word, space, open, close, comma, colon, quote };

inline constexpr auto kByteClasses = [] {
  std::array<ByteClass, 256> table{};
  for (const char byte : {' ', '\t', '\n', '\r'}) table[static_cast<unsigned char>(byte)] = ByteClass::space;
  table['{'] = table['['] = ByteClass::open;
  table['}'] = table[']'] = ByteClass::close;
  table[','] = ByteClass::comma;
  table[':'] = ByteClass::colon;
  table['"'] = ByteClass::quote;
  return table;
}();

// The quote that ends the string whose first byte is text[from]; kNoEnd if a control byte or the end comes first.
[[nodiscard]] std::size_t find_string_end(ByteView text, std::size_t from);
// The first byte at or after `from` that is not `byte`; the end of text if there is none.
[[nodiscard]] std::size_t find_other(ByteView text, std::size_t from, std::uint8_t byte);

[[nodiscard]] std::size_t find_word_end(ByteView text, std::size_t from);
[[nodiscard]] inline std::size_t find_space_end(ByteView text, std::size_t from) {
  while (from < text.size() && kByteClasses[text[from]] == ByteClass::space) ++from;
  return from;
}

// How many numbers the array that opens before `from` has, if there is nothing else in it and they are few (at most kLongestVector); else 0.
inline constexpr std::uint8_t kLongestVector = 4;
[[nodiscard]] std::uint8_t vector_length(ByteView text, std::size_t from);

// Whether text seems to begin within a string: judged by what stands beside its first quotes.
[[nodiscard]] bool begins_in_string(ByteView text);

}  // namespace npk::codec::json
