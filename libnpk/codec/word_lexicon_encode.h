// Private to npk_codec_encode: the words chosen for a block and their codes.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "codec/filter/encoder_memory.h"
#include "codec/word_choice_encode.h"
#include "codec/word_tokens_encode.h"

namespace npk::codec::words {

struct CodedWord {
  Key key;                   // of a long one: 0
  std::uint32_t offset = 0;  // of its spelling
  std::uint8_t length = 0;
  std::uint8_t code_length = 0;
  std::array<std::uint8_t, 2> code{};
  std::uint8_t opens = 0, closes = 0;  // 0 or 1

  // Whether a key of so many bytes is its own: zeros at the end of a key are none of it.
  [[nodiscard]] bool is(Key other, std::size_t other_length) const noexcept { return length == other_length && key == other; }
};

// Immutable once made; thread-safe then. Takes less than 5 MiB.
class Lexicon {
 public:
  // A word that many others share their place with may be left without a code: one in a thousand.
  Lexicon(ByteView block, const Choice& choice);

  // Null if it has no code. Of a word of `length` bytes, no longer than a key.
  [[nodiscard]] const CodedWord* find(Key key, std::size_t length) const noexcept;
  // The same of any word, long or short.
  [[nodiscard]] const CodedWord* find(ByteView word) const noexcept { return word.size() <= kKeyBytes ? find(key_of(word), word.size()) : find_long(word); }
  [[nodiscard]] bool is_code(std::uint8_t byte) const noexcept { return is_code_[byte]; }
  // Header and dictionary.
  [[nodiscard]] FilterBytes head() const;

 private:
  static constexpr std::size_t kWays = 4;
  // Of each word of a place a number that tells most words apart, and its index + 1; 0: none.
  struct Place {
    std::array<std::uint16_t, kWays> tags{};
    std::array<std::uint16_t, kWays> words{};
  };

  // Behind the bits that are its place's number.
  [[nodiscard]] std::uint16_t tag_of(std::uint64_t hash) const noexcept { return static_cast<std::uint16_t>(hash >> (shift_ - 16)); }
  [[nodiscard]] std::size_t long_slot(std::uint64_t hash) const noexcept { return hash >> 32 & (long_slots_.size() - 1); }
  [[nodiscard]] const CodedWord* find_long(ByteView word) const noexcept;
  void add(ByteView spelling, std::array<std::uint8_t, 2> code, std::uint8_t code_length);
  void add_place(const CodedWord& word);

  std::size_t leads_;
  std::size_t one_byte_words_;
  unsigned shift_;  // of a hash, to the number of its place
  FilterBytes text_;
  FilterVector<CodedWord> words_;  // in the order of the dictionary
  FilterVector<Place> places_;
  FilterVector<std::uint32_t> long_slots_;  // indices + 1 of words longer than a key, by hash; empty: none are
  std::array<bool, 256> is_code_{};
};

inline const CodedWord* Lexicon::find(Key key, std::size_t length) const noexcept {
  const std::uint64_t hash = key.hash();
  const Place& place = places_[hash >> shift_];
  std::uint64_t tags;
  std::memcpy(&tags, place.tags.data(), sizeof tags);
  const std::uint64_t differs = tags ^ tag_of(hash) * 0x0001000100010001ULL;
  // Bit 15 of the lowest that is equal; of one above it perhaps too, which the comparison sorts out.
  std::uint64_t equal = (differs - 0x0001000100010001ULL) & ~differs & 0x8000800080008000ULL;
  for (; equal != 0; equal &= equal - 1) {
    const auto way = static_cast<unsigned>(std::countr_zero(equal)) / 16;
    const std::uint16_t index = place.words[std::endian::native == std::endian::little ? way : kWays - 1 - way];
    if (index != 0 && words_[index - 1U].is(key, length)) return &words_[index - 1U];
  }
  return nullptr;
}

}  // namespace npk::codec::words
