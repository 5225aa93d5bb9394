// Bit packing: integers of 0 to 64 bits one behind another, the lowest bit first.
#pragma once

#include <cstdint>
#include <span>

#include "npk/bytes.h"

namespace npk::format::bits {

// Bytes that `count` integers of `width` bits take, the last byte padded. width <= 64.
[[nodiscard]] constexpr std::size_t packed_size(std::size_t count, unsigned width) noexcept {
  return count / 8 * width + (count % 8 * width + 7) / 8;
}

// Appends value - base for each value, in `width` bits each: the caller knows that every difference fits.
void pack(std::span<const std::uint64_t> values, std::uint64_t base, unsigned width, Bytes& out);

// out[i] = base + packed integer i, modulo 2^64. packed.size() must be packed_size(out.size(), width).
void unpack(ByteView packed, unsigned width, std::uint64_t base, std::span<std::uint64_t> out);

// Whether the bits after the last integer are zero.
[[nodiscard]] bool padding_is_zero(ByteView packed, std::size_t count, unsigned width) noexcept;

}  // namespace npk::format::bits
