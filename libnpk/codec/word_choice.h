// Private to npk_codec_encode: the dictionary of a block for the words filter.
#pragma once

#include <cstdint>
#include <vector>

#include "codec/word_counter.h"
#include "npk/bytes.h"

namespace npk::codec::words {

// The token at `at`: a run of word bytes, a run of white space, or one other byte; no longer than kLongestWord.
[[nodiscard]] std::size_t token_end(ByteView block, std::size_t at) noexcept;
// The part at `at` of a word token that ends at `end`: underscores and what follows them up to the next one.
[[nodiscard]] std::size_t part_end(ByteView block, std::size_t at, std::size_t end) noexcept;

struct Choice {
  std::vector<Piece> one_byte;  // the words of both in the order of their codes
  std::vector<Piece> two_byte;
};

// Deterministic. Takes less than kWordFilterMemory.
[[nodiscard]] Choice choose_words(ByteView block);

}  // namespace npk::codec::words
