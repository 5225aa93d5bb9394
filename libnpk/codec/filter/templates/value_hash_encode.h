// A hash of short byte strings for the encoder's tables: quick, and the same everywhere.
#pragma once

#include <cstdint>

#include "codec/filter/short_bytes_encode.h"
#include "npk/bytes.h"

namespace npk::codec {

inline std::uint64_t mix_hash(std::uint64_t hash, std::uint64_t value) noexcept {
  const std::uint64_t product = (hash ^ value) * 0x9FB21C651E98DF25ULL;
  return product ^ (product >> 32U);
}

inline std::uint64_t hash_bytes(ByteView bytes, std::uint64_t seed = 0) noexcept {
  std::uint64_t hash = mix_hash(seed + 0x2545F4914F6CDD1DULL, bytes.size());
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 8; left -= 8, at += 8) hash = mix_hash(hash, load_word(at, 8));
  return left > 0 ? mix_hash(hash, load_word(at, left)) : hash;
}

// Another hash, quicker for more than a few: two words at a time, neither waiting for the other.
inline std::uint64_t hash_long(ByteView bytes, std::uint64_t seed) noexcept {
  std::uint64_t even = seed + 0x2545F4914F6CDD1DULL, odd = mix_hash(seed, bytes.size());
  const std::uint8_t* at = bytes.data();
  std::size_t left = bytes.size();
  for (; left >= 16; left -= 16, at += 16) {
    even = mix_hash(even, load_word(at, 8));
    odd = mix_hash(odd, load_word(at + 8, 8));
  }
  if (left >= 8) {
    even = mix_hash(even, load_word(at, 8));
    at += 8, left -= 8;
  }
  return mix_hash(even + (odd << 32U | odd >> 32U), load_word(at, left));
}

// hash_bytes of bytes of a block, which mostly has some behind them: then how few they are takes no branches.
inline std::uint64_t hash_within(ByteView block, std::size_t offset, std::size_t length, std::uint64_t seed = 0) noexcept {
  if (length > 8 || length == 0 || block.size() - offset < 8) return hash_bytes(block.subspan(offset, length), seed);
  const std::uint64_t word = load_word(block.data() + offset, 8) & (~std::uint64_t{0} >> (64 - 8 * length));
  return mix_hash(mix_hash(seed + 0x2545F4914F6CDD1DULL, length), word);
}

}  // namespace npk::codec
