// Private to npk_codec_encode: how often which pieces of a block occur, in bounded memory.
#pragma once

#include <algorithm>
#include <cstdint>
#include <utility>

#include "codec/filter/encoder_memory.h"
#include "npk/bytes.h"

namespace npk::codec::words {

struct Piece {
  std::uint32_t offset = 0;  // of an occurrence in the block
  std::uint32_t length = 0;  // 0: a free slot
  std::uint32_t count = 0;
  std::uint32_t tag = 0;     // the upper half of its hash

  friend bool operator==(const Piece&, const Piece&) = default;
};

[[nodiscard]] inline std::uint64_t mix(std::uint64_t hash) noexcept {
  hash *= 0xFF51AFD7ED558CCDULL;  // MurmurHash3's finaliser
  return hash ^ (hash >> 32);
}

// Of `length` bytes at `offset`. The same on every machine: bytes are read as little-endian.
[[nodiscard]] inline std::uint64_t hash_of(ByteView block, std::size_t offset, std::size_t length) noexcept {
  std::uint64_t hash = length * 0x9E3779B97F4A7C15ULL;
  for (; length >= 8; length -= 8, offset += 8) hash = mix(hash ^ load_le<std::uint64_t>(&block[offset]));
  if (length == 0) return mix(hash);
  std::uint64_t rest = 0;
  if (block.size() - offset >= 8) {
    rest = load_le<std::uint64_t>(&block[offset]) & ((std::uint64_t{1} << (8 * length)) - 1);
  } else {
    for (std::size_t i = 0; i < length; ++i) rest |= std::uint64_t{block[offset + i]} << (8 * i);
  }
  return mix(mix(hash ^ rest));
}

// A hash table that holds at most three quarters of its slots: when it is full, the rarest pieces are taken out and
// handed to `drop`. Pieces are told apart by length and 32 + slot bits of their hashes: a rare mistake costs a count, no more.
template <class Drop>
class PieceCounter {
 public:
  PieceCounter(ByteView block, unsigned slots_log2, Drop drop)
      : block_(block), capacity_(std::size_t{1} << slots_log2), slots_(capacity_), drop_(std::move(drop)) {}

  void add(std::uint32_t offset, std::uint32_t length, std::uint32_t count = 1) {
    const std::uint64_t hash = hash_of(block_, offset, length);
    const auto tag = static_cast<std::uint32_t>(hash >> 32);
    std::size_t at = hash & (capacity_ - 1);
    for (; slots_[at].length != 0; at = (at + 1) & (capacity_ - 1)) {
      if (slots_[at].tag != tag || slots_[at].length != length) continue;
      slots_[at].count += count;
      return;
    }
    slots_[at] = {offset, length, count, tag};
    if (++used_ > capacity_ / 4 * 3) thin_out();
  }

  // What is in the table, in no meaningful order, which is the same on every run. Empties it.
  [[nodiscard]] FilterVector<Piece> take() {
    std::erase_if(slots_, [](const Piece& piece) { return piece.length == 0; });
    used_ = 0;
    return std::exchange(slots_, {});
  }

 private:
  // Drops what occurred least until the table is half empty.
  void thin_out() {
    FilterVector<Piece> kept = take();
    for (std::uint32_t least = 2; kept.size() > capacity_ / 2; least *= 2) {
      const auto rare = [least](const Piece& piece) { return piece.count < least; };
      for (const Piece& piece : kept) {
        if (rare(piece)) drop_(piece);
      }
      std::erase_if(kept, rare);
    }
    rebuild(kept);
  }

  void rebuild(const FilterVector<Piece>& pieces) {
    slots_.assign(capacity_, Piece{});
    used_ = pieces.size();
    for (const Piece& piece : pieces) {
      std::size_t at = hash_of(block_, piece.offset, piece.length) & (capacity_ - 1);
      while (slots_[at].length != 0) at = (at + 1) & (capacity_ - 1);
      slots_[at] = piece;
    }
  }

  ByteView block_;
  std::size_t capacity_;  // a power of two
  FilterVector<Piece> slots_;
  std::size_t used_ = 0;
  Drop drop_;
};

}  // namespace npk::codec::words
