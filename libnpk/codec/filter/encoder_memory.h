// Memory of the structural filters' encoders. What they keep is in containers that count it: an encoder that would pass its bound gives up the
// block, so that the bound holds for any block, and whether one is given up depends on the block alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "npk/bytes.h"

namespace npk::codec {

class CompressedCost;

// Thrown by a FilterAllocator, caught before an encoder returns.
struct FilterMemoryExceeded {};

// Of one call of an encoder: counts what FilterAllocators of this thread hold while it lives, and keeps what is made once a call.
class EncoderMemory {
 public:
  // `most_bytes`: that may be held at a time.
  explicit EncoderMemory(std::uint64_t most_bytes) noexcept;
  ~EncoderMemory();
  EncoderMemory(const EncoderMemory&) = delete;
  EncoderMemory& operator=(const EncoderMemory&) = delete;

  // Null outside of any encoder: then nothing is counted.
  [[nodiscard]] static EncoderMemory* current() noexcept;
  [[nodiscard]] std::uint64_t peak_bytes() const noexcept { return peak_bytes_; }
  // Made with the first call: it takes longer than a small column.
  [[nodiscard]] CompressedCost& cost();

  [[nodiscard]] static void* allocate(std::size_t bytes);
  static void release(void* memory, std::size_t bytes) noexcept;

 private:
  void count(std::uint64_t bytes);

  std::uint64_t most_bytes_;
  std::uint64_t held_bytes_ = 0;
  std::uint64_t peak_bytes_ = 0;
  std::unique_ptr<CompressedCost> cost_;
};

template <class T>
struct FilterAllocator {
  using value_type = T;
  FilterAllocator() = default;
  template <class U>
  FilterAllocator(const FilterAllocator<U>&) noexcept {}  // NOLINT: as allocators convert

  [[nodiscard]] T* allocate(std::size_t count) { return static_cast<T*>(EncoderMemory::allocate(count * sizeof(T))); }
  void deallocate(T* memory, std::size_t count) noexcept { EncoderMemory::release(memory, count * sizeof(T)); }
  friend bool operator==(const FilterAllocator&, const FilterAllocator&) noexcept { return true; }
};

template <class T>
using FilterVector = std::vector<T, FilterAllocator<T>>;
using FilterBytes = FilterVector<std::uint8_t>;

// Beside what is counted: zstd's contexts for trials, tables of fixed size.
inline constexpr std::uint64_t kUncountedFilterBytes = 4U << 20;

// What `encode` returns, or nothing if it would pass the bound, of which kUncountedFilterBytes are not counted.
template <class Encode>
std::optional<std::size_t> encode_within(std::uint64_t bound, const Encode& encode) {
  EncoderMemory memory(bound - kUncountedFilterBytes);
  try {
    return encode();
  } catch (const FilterMemoryExceeded&) {
    return std::nullopt;
  }
}

}  // namespace npk::codec
