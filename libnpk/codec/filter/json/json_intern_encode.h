// Numbers for things that were seen before: open addressing over hashes, the things themselves kept by the caller.
#pragma once

#include <cstdint>
#include <cstring>

#include "codec/filter/encoder_memory.h"
#include "codec/filter/short_bytes_encode.h"
#include "npk/bytes.h"

namespace npk::codec::json {

[[nodiscard]] inline std::uint64_t mix(std::uint64_t value) noexcept {
  value *= 0x9E3779B97F4A7C15ULL;
  return value ^ (value >> 29U);
}

[[nodiscard]] inline std::uint64_t hash_bytes(ByteView bytes) noexcept {
  std::uint64_t hash = bytes.size();
  while (bytes.size() >= 8) {
    std::uint64_t word;
    std::memcpy(&word, bytes.data(), 8);
    hash = mix(hash ^ word);
    bytes = bytes.subspan(8);
  }
  return mix(mix(hash ^ load_word(bytes.data(), bytes.size())));
}

class Numbering {
 public:
  Numbering() : slots_(1024) {}

  // The number that `same` accepts among those with this hash, or `next`, which is noted then.
  template <class Same>
  [[nodiscard]] std::uint32_t find_or_add(std::uint64_t hash, std::uint32_t next, const Same& same) {
    const auto tag = static_cast<std::uint32_t>(hash >> 32U);
    std::size_t at = tag & (slots_.size() - 1);
    for (; slots_[at].number != 0; at = (at + 1) & (slots_.size() - 1)) {
      if (slots_[at].tag == tag && same(slots_[at].number - 1)) return slots_[at].number - 1;
    }
    slots_[at] = {tag, next + 1};
    if (2 * ++used_ > slots_.size()) grow();
    return next;
  }

 private:
  struct Slot {
    std::uint32_t tag = 0;     // half of the hash
    std::uint32_t number = 0;  // + 1; 0: free
  };

  void grow() {
    FilterVector<Slot> old(slots_.size() * 2);
    old.swap(slots_);
    for (const Slot& slot : old) {
      if (slot.number == 0) continue;
      std::size_t at = slot.tag & (slots_.size() - 1);
      while (slots_[at].number != 0) at = (at + 1) & (slots_.size() - 1);
      slots_[at] = slot;
    }
  }

  FilterVector<Slot> slots_;
  std::size_t used_ = 0;
};

}  // namespace npk::codec::json
