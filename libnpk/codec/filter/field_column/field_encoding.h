// How the values of a field are written: the first byte of a part says which of these it is (spec/filters/field-column.md).
#pragma once

#include <cstddef>
#include <cstdint>

namespace npk::codec {

enum class FieldEncoding : std::uint8_t {
  lengths = 0,     // varint length and bytes of each value
  text = 1,        // a terminator that no value has, then each value and a terminator
  constant = 2,    // one value for all
  dictionary = 3,  // different values, and an index for each value
  numbers = 4,     // spellings of 64-bit numbers of one form
  shared = 5,      // how many bytes each value shares with the one before, and the rest as text
  shaped = 6,      // fixed pieces of text with columns between them
  patched = 7,     // a column of most values, and the others with their positions
  hex_bytes = 8,   // hexadecimal digits of one length and punctuation, as bytes
  floats = 9,      // decimal exponents, and mantissas as 64-bit numbers
  words = 10,      // text with codes for its frequent words
  padded = 11,     // values filled with spaces to one width
};

// Every encoding from dictionary on takes parts of this size or more only. So what a reader keeps for one is in proportion to its part.
inline constexpr std::size_t kMinimumTypedBytes = 256;
inline constexpr std::size_t kMaxFieldEntries = 65'535;   // of a dictionary
inline constexpr std::size_t kBytesPerFieldEntry = 8;     // a part with a dictionary has at least so many for each entry
inline constexpr std::size_t kMaxComposedBytes = 256;     // of a value that is put together: shared and shaped
inline constexpr std::size_t kMaxShapeColumns = 16;
inline constexpr std::size_t kBytesPerShapeColumn = 64;   // a part with a shape has at least so many for each column
// Of a part of `bytes` that has words: how many, how many bytes these have together, and how long a value is.
inline constexpr std::size_t kLeastWordPartBytes = 4096;
[[nodiscard]] constexpr std::size_t most_words_of_part(std::size_t bytes) noexcept { return bytes / 32 + 256; }
[[nodiscard]] constexpr std::size_t most_word_text_of_part(std::size_t bytes) noexcept { return bytes / 8 + 4096; }
[[nodiscard]] constexpr std::size_t most_value_of_word_part(std::size_t bytes) noexcept { return bytes / 8; }
inline constexpr std::uint8_t kWordValueEnd = 0;
inline constexpr std::size_t kMaxPaddedBytes = 200;
inline constexpr unsigned kMaxShapeDepth = 1;             // columns around one that is shaped
inline constexpr unsigned kMaxFieldDepth = 3;             // patched or padded, shaped, patched and one of the others

}  // namespace npk::codec
