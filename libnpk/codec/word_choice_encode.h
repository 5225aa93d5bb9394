// Private to npk_codec_encode: the dictionary of a block for the words filter.
#pragma once

#include <cstdint>

#include "codec/word_counter_encode.h"
#include "npk/bytes.h"

namespace npk::codec::words {

// The token at `at`: a run of word bytes, a run of white space, or one other byte; no longer than kLongestWord.
[[nodiscard]] std::size_t token_end(ByteView block, std::size_t at) noexcept;
// The part at `at` of a word token that ends at `end`: underscores and what follows them up to the next one.
[[nodiscard]] std::size_t part_end(ByteView block, std::size_t at, std::size_t end) noexcept;

struct Choice {
  FilterVector<Piece> one_byte;  // the words of both in the order of their codes
  FilterVector<Piece> two_byte;
};

struct ChoiceLimits {
  unsigned tokens_log2 = 0;  // slots of tables of pieces, 16 bytes each
  unsigned parts_log2 = 0;
  std::size_t text_bytes = 0;  // of all words together
  std::size_t words = SIZE_MAX;
};

// Deterministic. Takes twice its tables and less than 16 MiB besides.
[[nodiscard]] Choice choose_words(ByteView block, ChoiceLimits limits);

}  // namespace npk::codec::words
