// Extents a stream has looked up, so that reading there again costs no descent through the chunk tree.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>

#include "package/reader/stream/stream_content.h"

namespace npk::reader {

// One extent for each granule of the content: a power of two of bytes, at least 256 KiB, such that there are at most
// 512 granules. Thread-safe without locks: a slot is read between two looks at its version (odd: being written).
class ExtentMemory {
 public:
  explicit ExtentMemory(std::uint64_t content_bytes);

  [[nodiscard]] std::optional<Extent> find(std::uint64_t offset) const noexcept;
  // In the place of what was known for the granule of `offset`, which lies in the extent.
  void keep(std::uint64_t offset, const Extent& extent) noexcept;

 private:
  struct Slot {
    std::atomic<std::uint64_t> version = 0;
    std::atomic<std::uint64_t> begin = 0, end = 0, unit = 0, offset_in_unit = 0;
  };
  [[nodiscard]] Slot& slot_of(std::uint64_t offset) const noexcept { return slots_[offset >> granule_bits_]; }

  unsigned granule_bits_;
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace npk::reader
