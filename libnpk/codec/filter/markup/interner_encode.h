// Byte strings to numbers, in order of first appearance.
#pragma once

#include <cstring>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/short_bytes_encode.h"
#include "npk/bytes.h"

namespace npk::codec::markup {

[[nodiscard]] inline std::uint64_t hash_bytes(ByteView bytes, std::uint64_t salt) noexcept {
  constexpr std::uint64_t kFactor = 0x9E3779B97F4A7C15ULL;
  std::uint64_t hash = (salt + 1) * kFactor ^ bytes.size();
  const std::uint8_t* from = bytes.data();
  std::size_t left = bytes.size();
  for (; left > 8; left -= 8, from += 8) {
    std::uint64_t word = 0;
    std::memcpy(&word, from, 8);
    hash = (hash ^ word) * kFactor;
    hash ^= hash >> 29U;
  }
  hash = (hash ^ load_word(from, left)) * kFactor;
  return hash ^ hash >> 32U;
}

class Interner {
 public:
  // A power of two of slots to begin with.
  explicit Interner(std::size_t slots) : slots_(slots) {}

  // The number of `bytes` under `salt`; count() grows when they are new.
  std::uint32_t add(ByteView bytes, std::uint64_t salt = 0) {
    const std::uint64_t hash = hash_bytes(bytes, salt);
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    std::size_t at = hash & (slots_.size() - 1);
    for (; slots_[at].number != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].tag != tag) continue;
      const Entry& entry = entries_[slots_[at].number - 1];
      if (entry.salt == salt && entry.length == bytes.size() && same_bytes(&text_[entry.offset], bytes.data(), bytes.size())) return slots_[at].number - 1;
    }
    entries_.push_back({hash, salt, static_cast<std::uint32_t>(text_.size()), static_cast<std::uint32_t>(bytes.size())});
    text_.insert(text_.end(), bytes.begin(), bytes.end());
    text_.push_back(0);  // so that every entry has a place
    slots_[at] = {static_cast<std::uint32_t>(entries_.size()), tag};
    if (entries_.size() * 2 > slots_.size()) grow();
    return static_cast<std::uint32_t>(entries_.size() - 1);
  }

  [[nodiscard]] std::size_t count() const noexcept { return entries_.size(); }
  [[nodiscard]] ByteView operator[](std::size_t index) const noexcept { return ByteView(text_).subspan(entries_[index].offset, entries_[index].length); }

 private:
  struct Slot {
    std::uint32_t number = 0;  // + 1; 0: free
    std::uint32_t tag = 0;
  };
  struct Entry {
    std::uint64_t hash;
    std::uint64_t salt;
    std::uint32_t offset;
    std::uint32_t length;
  };

  void grow() {
    slots_.assign(slots_.size() * 2, {});
    for (std::size_t i = 0; i < entries_.size(); ++i) {
      std::size_t at = entries_[i].hash & (slots_.size() - 1);
      while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = {static_cast<std::uint32_t>(i + 1), static_cast<std::uint32_t>(entries_[i].hash >> 32U)};
    }
  }

  FilterVector<Slot> slots_;
  FilterVector<Entry> entries_;
  FilterBytes text_;
};

}  // namespace npk::codec::markup
