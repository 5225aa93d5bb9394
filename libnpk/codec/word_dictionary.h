// Private to npk_codec_decode: the dictionary of a words payload and the codes behind it (spec section 5.1), for the words filter, for the texts of
// markup and for columns.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::codec::words {

struct Progress {
  std::size_t read = 0;
  std::size_t written = 0;
  bool closed = false;   // the last token was the code of a word that closes
  bool cut = false;      // the last token had more bytes than there was room for
  bool stopped = false;  // at the end of a text
};

// Reusable; not thread-safe while it is parsed. Takes less than kWordRestorerMemory.
class Dictionary {
 public:
  // Whether all of it lies in `filtered`; corrupt if it cannot be one.
  // most_text: bytes of all words together, which is what is allocated for them.
  Result<bool> parse(ByteView filtered, std::uint64_t filtered_length, std::size_t most_text);
  // Of header and dictionary.
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

  // Tokens from at.read on, up to the end of either; the last may be cut. False at a code that has no word.
  [[nodiscard]] bool decode(ByteView coded, MutableBytes out, Progress& at) const;
  // The same, up to and without the first `end` that is no part of a code: it is read, and at.stopped then. `end`: a byte that is never a code.
  [[nodiscard]] bool decode_text(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const;

 private:
  enum class ByteKind : std::uint8_t { literal, word, lead, escape };

  struct Word {
    std::uint32_t offset = 0;
    std::uint8_t length = 0;
    bool opens = false;
    bool closes = false;
  };

  struct ByteMeaning {
    ByteKind kind = ByteKind::literal;
    std::uint16_t first_word = 0;
  };

  enum class Step : std::uint8_t { whole, incomplete, unknown };

  void assign_bytes(std::size_t one_byte_words, std::size_t leads);
  Result<void> parse_words(ByteView coded, std::size_t count, std::size_t most_text);
  template <bool kStops>
  [[nodiscard]] bool decode_fast(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end = 0) const;
  [[nodiscard]] Step step(ByteView coded, MutableBytes out, Progress& at) const;
  [[nodiscard]] const Word* find(ByteMeaning meaning, std::uint8_t second) const noexcept;

  std::array<ByteMeaning, 256> meanings_;
  std::vector<Word> words_;
  Bytes text_;
  std::size_t bytes_ = 0;
};

}  // namespace npk::codec::words
