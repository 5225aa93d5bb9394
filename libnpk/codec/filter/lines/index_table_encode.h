// Numbers distinct hashes in order of appearance.
#pragma once

#include <cstdint>
#include <utility>

#include "codec/filter/encoder_memory.h"

namespace npk::codec {

class IndexTable {
 public:
  IndexTable() : slots_(1U << 12) {}

  // The number of `hash`; size() before the call if it is new.
  std::uint32_t index_of(std::uint64_t hash) {
    if (4 * (count_ + std::uint64_t{1}) > 3 * slots_.size()) grow();
    Slot& slot = find(hash);
    if (slot.number == 0) slot = {static_cast<std::uint32_t>(hash), static_cast<std::uint32_t>(hash >> 32U), ++count_};
    return slot.number - 1;
  }
  [[nodiscard]] bool contains(std::uint64_t hash) const { return find(hash).number != 0; }
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }
  // A hint that index_of(hash) will be called soon. Inline, as g++ 12 leaves out calls of functions that only prefetch.
  [[gnu::always_inline]] void prefetch(std::uint64_t hash) const noexcept { __builtin_prefetch(&slots_[place_of(hash)]); }

 private:
  struct Slot {
    std::uint32_t low = 0, high = 0;  // of the hash
    std::uint32_t number = 0;

    [[nodiscard]] std::uint64_t hash() const noexcept { return std::uint64_t{high} << 32U | low; }
  };
  [[nodiscard]] std::size_t place_of(std::uint64_t hash) const noexcept { return (hash ^ hash >> 29U) & (slots_.size() - 1); }
  Slot& find(std::uint64_t hash) { return const_cast<Slot&>(std::as_const(*this).find(hash)); }
  [[nodiscard]] const Slot& find(std::uint64_t hash) const {
    std::size_t at = place_of(hash);
    while (slots_[at].number != 0 && slots_[at].hash() != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    FilterVector<Slot> before(2 * slots_.size());
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.number != 0) find(slot.hash()) = slot;
    }
  }

  FilterVector<Slot> slots_;
  std::uint32_t count_ = 0;
};

}  // namespace npk::codec
