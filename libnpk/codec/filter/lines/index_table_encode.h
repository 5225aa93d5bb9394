// Numbers distinct hashes in order of appearance.
#pragma once

#include <cstdint>
#include <vector>

namespace npk::codec {

class IndexTable {
 public:
  IndexTable() : slots_(1U << 12) {}

  // The number of `hash`; size() before the call if it is new.
  std::uint32_t index_of(std::uint64_t hash) {
    if (2 * count_ >= slots_.size()) grow();
    Slot& slot = find(hash);
    if (slot.number == 0) slot = {hash, ++count_};
    return slot.number - 1;
  }
  [[nodiscard]] std::uint32_t size() const noexcept { return count_; }

 private:
  struct Slot {
    std::uint64_t hash = 0;
    std::uint32_t number = 0;
  };
  Slot& find(std::uint64_t hash) {
    std::size_t at = (hash ^ hash >> 29U) & (slots_.size() - 1);
    while (slots_[at].number != 0 && slots_[at].hash != hash) at = (at + 1) & (slots_.size() - 1);
    return slots_[at];
  }
  void grow() {
    std::vector<Slot> before(4 * slots_.size());
    before.swap(slots_);
    for (const Slot& slot : before) {
      if (slot.number != 0) find(slot.hash) = slot;
    }
  }

  std::vector<Slot> slots_;
  std::uint32_t count_ = 0;
};

}  // namespace npk::codec
