// Counterpart of ../plane_kernels.h: records to planes.
#pragma once

#include "codec/filter/numeric/plane_kernels.h"

namespace npk::codec::numeric {

using SplitPlanes = std::size_t (*)(const std::uint8_t* in, std::size_t count, std::size_t records, std::uint8_t* const* planes);
using SplitBits = std::size_t (*)(const std::uint8_t* in, std::size_t plane_bytes, std::uint8_t* const* planes);

struct SplitKernel {
  std::string_view name;
  bool (*available)();
  SplitPlanes split;
  SplitBits split_bits;
};

// As plane_kernels() and plane_kernel().
[[nodiscard]] std::span<const SplitKernel> split_kernels() noexcept;
[[nodiscard]] const SplitKernel& split_kernel() noexcept;

void split_planes(const SplitKernel& kernel, ByteView records, std::size_t period, MutableBytes planes);
void split_bit_planes(const SplitKernel& kernel, ByteView elements, std::size_t width, MutableBytes planes);

}  // namespace npk::codec::numeric
