// 64-bit little-endian values in bytes that need not be aligned in memory.
#pragma once

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include "npk/bytes.h"

namespace npk::accel::cpu {

class ValueArray {
 public:
  explicit ValueArray(ByteView bytes) noexcept : bytes_(bytes.data()), size_(bytes.size() / 8) {}
  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  [[nodiscard]] std::uint64_t operator[](std::size_t i) const noexcept { return load_le<std::uint64_t>(bytes_ + 8 * i); }

 private:
  const std::uint8_t* bytes_;
  std::size_t size_;
};

// Room for every value that is set has been made sure of.
class MutableValues {
 public:
  explicit MutableValues(MutableBytes bytes) noexcept : bytes_(bytes.data()) {}
  void set(std::size_t i, std::uint64_t value) const noexcept { store_le(bytes_ + 8 * i, value); }

 private:
  std::uint8_t* bytes_;
};

}  // namespace npk::accel::cpu
