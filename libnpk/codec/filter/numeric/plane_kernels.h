// Planes of bytes back to records, in plain code and vectorised; encoder/split_kernels.h is the way there.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "npk/bytes.h"

namespace npk::codec::numeric {

// Interleaves the first records of `planes` (2, 4 or 8 of `records` bytes each) and says how many it did: what fits its vectors.
using JoinPlanes = std::size_t (*)(const std::uint8_t* const* planes, std::size_t count, std::size_t records, std::uint8_t* out);
// The same for 8 planes of bits, the lowest first: 8 bytes for each byte of a plane.
using JoinBits = std::size_t (*)(const std::uint8_t* const* planes, std::size_t plane_bytes, std::uint8_t* out);

struct PlaneKernel {
  std::string_view name;
  bool (*available)();
  JoinPlanes join;
  JoinBits join_bits;
};

// Fastest first; the last, "plain", is the reference and runs everywhere.
[[nodiscard]] std::span<const PlaneKernel> plane_kernels() noexcept;
// The first that runs here, or that which the environment variable NPK_NUMERIC_KERNEL names, if it does.
[[nodiscard]] const PlaneKernel& plane_kernel() noexcept;

// `planes` holds out.size() / period bytes of each of `period` planes, then what of `out` is no whole record.
void join_planes(const PlaneKernel& kernel, ByteView planes, std::size_t period, MutableBytes out);
// Eight planes for each byte of an element of `width`, the highest bit first, of as many elements as fill whole bytes; then the rest of `out`.
void join_bit_planes(const PlaneKernel& kernel, ByteView planes, std::size_t width, MutableBytes out);

}  // namespace npk::codec::numeric
