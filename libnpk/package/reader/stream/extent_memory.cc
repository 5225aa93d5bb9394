#include "package/reader/stream/extent_memory.h"

#include <algorithm>
#include <bit>

namespace npk::reader {
namespace {

constexpr unsigned kLeastGranuleBits = 18;
constexpr unsigned kMostSlotsBits = 9;

unsigned granule_bits_for(std::uint64_t content_bytes) {
  const auto bits = static_cast<unsigned>(std::bit_width(content_bytes));
  return std::max(kLeastGranuleBits, bits > kMostSlotsBits ? bits - kMostSlotsBits : 0);
}

}  // namespace

ExtentMemory::ExtentMemory(std::uint64_t content_bytes)
    : granule_bits_(granule_bits_for(content_bytes)),
      slots_(std::make_unique<Slot[]>(static_cast<std::size_t>(content_bytes >> granule_bits_) + 1)) {}

// Loads that acquire keep their order, so a field that is newer than the first look at the version shows in the second.
std::optional<Extent> ExtentMemory::find(std::uint64_t offset) const noexcept {
  const Slot& slot = slot_of(offset);
  const std::uint64_t version = slot.version.load(std::memory_order_acquire);
  const Extent extent{slot.begin.load(std::memory_order_acquire), slot.end.load(std::memory_order_acquire),
                      slot.unit.load(std::memory_order_acquire), slot.offset_in_unit.load(std::memory_order_acquire)};
  if (version % 2 != 0 || slot.version.load(std::memory_order_relaxed) != version) return std::nullopt;
  if (!extent.holds(offset)) return std::nullopt;
  return extent;
}

void ExtentMemory::keep(std::uint64_t offset, const Extent& extent) noexcept {
  Slot& slot = slot_of(offset);
  std::uint64_t version = slot.version.load(std::memory_order_relaxed);
  if (version % 2 != 0) return;
  if (!slot.version.compare_exchange_strong(version, version + 1, std::memory_order_acq_rel)) return;
  slot.begin.store(extent.begin, std::memory_order_release);
  slot.end.store(extent.end, std::memory_order_release);
  slot.unit.store(extent.unit, std::memory_order_release);
  slot.offset_in_unit.store(extent.offset_in_unit, std::memory_order_release);
  slot.version.store(version + 2, std::memory_order_release);
}

}  // namespace npk::reader
