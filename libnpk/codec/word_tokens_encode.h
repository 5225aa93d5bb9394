// Private to npk_codec_encode: where the tokens of a block begin, as bits, and words as keys that are compared at once.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>

#include "npk/bytes.h"

namespace npk::codec::words {

// A run of word bytes and a run of others are tokens, by turns. Reusable; not thread-safe while it is filled.
class TokenMasks {
 public:
  static constexpr std::size_t kMostBytes = (64U << 10) + (1U << 10);

  // Of at most kMostBytes; a token begins with them.
  void fill(ByteView bytes);

  // Bit i: of the byte at + i, for 64 of them. Behind the last byte tokens begin everywhere, and nothing else is set.
  [[nodiscard]] std::uint64_t starts(std::size_t at) const noexcept { return bits(starts_, at); }
  // Within or before a word the first of one or more underscores; between words where white space begins or ends.
  [[nodiscard]] std::uint64_t part_starts(std::size_t at) const noexcept { return bits(part_starts_, at); }
  // What may be a code: the upper half and control bytes other than white space.
  [[nodiscard]] std::uint64_t unusual(std::size_t at) const noexcept { return bits(unusual_, at); }
  // Where the token at `at` ends, perhaps with the last byte only.
  [[nodiscard]] std::size_t token_end(std::size_t at) const noexcept;

 private:
  using Mask = std::array<std::uint64_t, kMostBytes / 64 + 3>;

  [[nodiscard]] static std::uint64_t bits(const Mask& mask, std::size_t at) noexcept {
    const std::uint64_t* word = &mask[at / 64];
    return word[0] >> at % 64 | word[1] << 1 << (63 - at % 64);
  }

  Mask starts_, part_starts_, unusual_;
};

// Words of up to so many bytes are compared as two numbers.
inline constexpr std::size_t kKeyBytes = 16;

struct Key {
  std::uint64_t low = 0, high = 0;

  friend bool operator==(const Key&, const Key&) = default;
  // A bit of it depends on the bits of both numbers up to its own: the highest are the best.
  [[nodiscard]] std::uint64_t hash() const noexcept { return (low ^ high * 0x9E3779B97F4A7C15ULL) * 0xD6E8FEB86659FD93ULL; }
};

// Those of 16 bytes that belong to a word of `length`, as key_of takes them.
inline constexpr auto kKeyMasks = [] {
  std::array<Key, kKeyBytes + 1> masks{};
  for (std::size_t length = 0; length < masks.size(); ++length) {
    masks[length].low = length >= 8 ? UINT64_MAX : (std::uint64_t{1} << 8 * length) - 1;
    masks[length].high = length >= 16 ? UINT64_MAX : length <= 8 ? 0 : (std::uint64_t{1} << 8 * (length - 8)) - 1;
  }
  return masks;
}();

// Of `length` bytes, 1 to kKeyBytes, where kKeyBytes may be read.
[[nodiscard]] inline Key key_of(const std::uint8_t* from, std::size_t length) noexcept {
  return {load_le<std::uint64_t>(from) & kKeyMasks[length].low, load_le<std::uint64_t>(from + 8) & kKeyMasks[length].high};
}

// Of any such word, or of the first of a longer one.
[[nodiscard]] inline Key key_of(ByteView word) noexcept {
  if (word.size() >= kKeyBytes) return key_of(word.data(), kKeyBytes);
  std::array<std::uint8_t, kKeyBytes> bytes{};
  std::memcpy(bytes.data(), word.data(), word.size());
  return key_of(bytes.data(), word.size());
}

// Of a word longer than a key: by its length, its first and its last bytes.
[[nodiscard]] inline std::uint64_t long_hash_of(ByteView word) noexcept {
  const std::uint64_t first = key_of(word.data(), kKeyBytes).hash(), last = key_of(word.last(kKeyBytes).data(), kKeyBytes).hash();
  return (first ^ std::rotl(last, 32) ^ word.size()) * 0x9E3779B97F4A7C15ULL;
}

}  // namespace npk::codec::words
