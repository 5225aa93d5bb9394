// Memory of the structural filters' encoders. What they keep is in containers that count it: an encoder that would pass its bound gives up the
// block, so that the bound holds for any block, and whether one is given up depends on the block alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "codec/encoder_pages.h"
#include "npk/bytes.h"

namespace npk::codec {

class CompressedCost;

// Thrown by a FilterAllocator, caught before an encoder returns.
struct FilterMemoryExceeded {};

// Of one call of an encoder: counts what FilterAllocators of this thread hold while it lives, and keeps what is made once a call.
class EncoderMemory {
 public:
  // `most_bytes`: that may be held at a time.
  explicit EncoderMemory(std::uint64_t most_bytes);
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
  std::optional<EncoderPages> own_pages_;  // where the thread has none
  std::optional<EncoderPages::Use> use_;
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

// Empties it and lets its memory go, which assigning {} does not.
template <class T>
void let_go(FilterVector<T>& values) noexcept {
  FilterVector<T>().swap(values);
}

// Bytes that are not initialized, given back when it ends, on a thread that has the same pages. Move-only.
class FilterBuffer {
 public:
  FilterBuffer() = default;
  FilterBuffer(FilterBuffer&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  FilterBuffer& operator=(FilterBuffer&& other) noexcept {
    std::swap(bytes_, other.bytes_);
    return *this;
  }
  ~FilterBuffer() { release(); }

  // `length` bytes; what the longest call gave before is kept.
  [[nodiscard]] MutableBytes take(std::size_t length) {
    if (bytes_.size() < length) {
      release();
      bytes_ = {static_cast<std::uint8_t*>(EncoderMemory::allocate(length)), length};
    }
    return bytes_.first(length);
  }

 private:
  void release() noexcept {
    if (!bytes_.empty()) EncoderMemory::release(bytes_.data(), bytes_.size());
    bytes_ = {};
  }

  MutableBytes bytes_;
};

// Beside what is counted: tables of fixed size; for structural filters, also zstd's contexts for trials.
inline constexpr std::uint64_t kTableBytes = 512U << 10, kTrialContextBytes = 3U << 20;

// What `encode` returns, or nothing if it would pass the bound, of which `uncounted_bytes` are not counted.
template <class Encode>
std::optional<std::size_t> encode_within(std::uint64_t bound, std::uint64_t uncounted_bytes, const Encode& encode) {
  EncoderMemory memory(bound - uncounted_bytes);
  try {
    return encode();
  } catch (const FilterMemoryExceeded&) {
    return std::nullopt;
  }
}

}  // namespace npk::codec
