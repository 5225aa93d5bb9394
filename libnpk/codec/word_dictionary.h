// Private to npk_codec_decode: the dictionary of a words payload and the codes behind it (spec section 5.1), for the words filter, for the texts of
// markup and for columns.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "codec/word_filter_format.h"
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
  // What a token stands for. Of a word longer than its first bytes the text has all.
  struct Entry {
    std::array<std::uint8_t, 16> first{};
    std::uint32_t offset = 0;
    std::uint8_t length = 0;  // 0: no word
    std::uint8_t opens = 0, closes = 0;  // 0 or 1
    std::uint8_t unused = 0;
  };

  // A byte that is followed by a second one of its token has all bits of the mask.
  struct ByteMeaning {
    std::uint16_t first_entry = 0;
    std::uint16_t second_mask = 0;
  };

  enum class Step : std::uint8_t { whole, incomplete, unknown };

  void assign_bytes(std::size_t one_byte_words, std::size_t leads);
  Result<void> parse_words(ByteView coded, std::size_t count, std::size_t most_text);
  // Of 64 bytes: which are codes, and of those which have a second byte, wherever each begins a token.
  struct CodeMasks {
    std::uint64_t codes = 0, pairs = 0;
  };

  [[nodiscard]] bool decode_masked(ByteView coded, MutableBytes out, Progress& at) const;
  [[nodiscard]] CodeMasks code_masks(const std::uint8_t* coded) const noexcept;
  [[nodiscard]] bool decode_until(ByteView coded, MutableBytes out, Progress& at, std::uint8_t end) const;
  [[nodiscard]] Step step(ByteView coded, MutableBytes out, Progress& at) const;
  [[nodiscard]] const Entry& entry_of(ByteMeaning meaning, std::uint8_t second) const noexcept {
    return entries_[meaning.first_entry + std::size_t{static_cast<std::uint8_t>(second & meaning.second_mask)}];
  }

  std::array<ByteMeaning, 256> meanings_;
  std::vector<Entry> entries_;  // each byte as a literal, words, and places that codes have and words have not
  std::uint8_t first_lead_ = kEscape, last_code_ = kEscape;
  bool are_ranges_ = false;  // leads are neighbours in the upper half, and codes all bytes up to the last of them that can be some
  std::size_t longest_word_ = 0;
  Bytes text_;
  std::size_t bytes_ = 0;
};

}  // namespace npk::codec::words
