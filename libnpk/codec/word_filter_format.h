// What encoder and decoder of the words filter share: which bytes are codes, and which words a space joins.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>

#include "codec/ascii.h"

namespace npk::codec::words {

inline constexpr std::size_t kHeaderBytes = 8;  // u8 one-byte words, u8 leads, u16 two-byte words, u32 dictionary bytes
inline constexpr std::size_t kLongestWord = 255;
inline constexpr std::size_t kWordsPerLead = 256;
inline constexpr std::size_t kMaxDictionaryText = 1U << 20;  // all words, spelt out
inline constexpr std::size_t kMaxInnerDictionaryText = 1U << 19;  // within another filter's payload
inline constexpr std::uint8_t kEscape = 0xFF;

// The bytes that can be codes, in the order they are given out: control bytes that text does not use, then the upper half.
inline constexpr auto kCodeBytes = [] {
  std::array<std::uint8_t, 155> bytes{};
  std::size_t count = 0;
  for (unsigned byte = 0x01; byte < kEscape; ++byte) {
    const bool used_by_text = (byte >= 0x09 && byte <= 0x0D && byte != 0x0B) || (byte >= 0x20 && byte < 0x7F);
    if (!used_by_text) bytes[count++] = static_cast<std::uint8_t>(byte);
  }
  return bytes;
}();
static_assert(kCodeBytes.back() == 0xFE);
// What ends a text of markup and a value of a column: never a code.
static_assert(std::ranges::find(kCodeBytes, '<') == kCodeBytes.end() && std::ranges::find(kCodeBytes, 0) == kCodeBytes.end());

inline constexpr std::size_t kMaxWords = kCodeBytes.size() * kWordsPerLead;

inline constexpr auto kIsWordByte = [] {
  std::array<bool, 256> table{};
  for (unsigned byte = 0; byte < 256; ++byte) {
    table[byte] = (byte >= '0' && byte <= '9') || (byte >= 'A' && byte <= 'Z') || (byte >= 'a' && byte <= 'z') ||
                  byte == '_' || byte >= 0x80;
  }
  return table;
}();

// Between two codes of which the first closes and the second opens, the raw data has a space.
[[nodiscard]] constexpr bool opens(std::uint8_t first) noexcept { return kIsWordByte[first] && first != '_'; }
[[nodiscard]] constexpr bool closes(std::uint8_t last) noexcept { return kIsWordByte[last]; }

}  // namespace npk::codec::words
