#include "codec/filter/numeric/encoder/split_kernels.h"

#include <algorithm>
#include <array>

#include "codec/filter/numeric/plane_vectors.h"

namespace npk::codec::numeric {
namespace {

std::size_t split_nothing(const std::uint8_t*, std::size_t, std::size_t, std::uint8_t* const*) { return 0; }
std::size_t split_no_bits(const std::uint8_t*, std::size_t, std::uint8_t* const*) { return 0; }
bool always() { return true; }

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512() { return __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512bw") != 0; }

[[gnu::target("avx2")]] std::size_t split_avx2(const std::uint8_t* in, std::size_t count, std::size_t records, std::uint8_t* const* planes) {
  if (count == 2) return PlaneVectors<32>::split_all<2, false>(in, records, planes);
  if (count == 4) return PlaneVectors<32>::split_all<4, false>(in, records, planes);
  return PlaneVectors<32>::split_all<8, false>(in, records, planes);
}
[[gnu::target("avx2")]] std::size_t split_bits_avx2(const std::uint8_t* in, std::size_t plane_bytes, std::uint8_t* const* planes) {
  return PlaneVectors<32>::split_all<8, true>(in, plane_bytes, planes);
}
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] std::size_t split_avx512(const std::uint8_t* in, std::size_t count, std::size_t records,
                                                                        std::uint8_t* const* planes) {
  if (count == 2) return PlaneVectors<64>::split_all<2, false>(in, records, planes);
  if (count == 4) return PlaneVectors<64>::split_all<4, false>(in, records, planes);
  return PlaneVectors<64>::split_all<8, false>(in, records, planes);
}
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] std::size_t split_bits_avx512(const std::uint8_t* in, std::size_t plane_bytes, std::uint8_t* const* planes) {
  return PlaneVectors<64>::split_all<8, true>(in, plane_bytes, planes);
}
#endif

constexpr SplitKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, split_avx512, split_bits_avx512},
    {"avx2", has_avx2, split_avx2, split_bits_avx2},
#endif
    {"plain", always, split_nothing, split_no_bits},
};

void split_plainly(ByteView records, std::size_t plane_bytes, std::size_t period, std::size_t from, std::uint8_t* planes) {
  const std::size_t step = std::max<std::size_t>(16, 16384 / period);
  for (std::size_t first = from; first < plane_bytes; first += step) {
    const std::size_t last = std::min(plane_bytes, first + step);
    for (std::size_t plane = 0; plane < period; ++plane) {
      std::uint8_t* out = planes + plane * plane_bytes;
      for (std::size_t i = first; i < last; ++i) out[i] = records[i * period + plane];
    }
  }
}

void split_bits_plainly(const std::uint8_t* in, std::size_t from, std::size_t end, std::uint8_t* const* planes) {
  for (std::size_t i = from; i < end; ++i) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      unsigned byte = 0;
      for (unsigned element = 0; element < 8; ++element) byte |= (in[8 * i + element] >> bit & 1U) << element;
      planes[bit][i] = static_cast<std::uint8_t>(byte);
    }
  }
}

}  // namespace

std::span<const SplitKernel> split_kernels() noexcept { return kKernels; }

const SplitKernel& split_kernel() noexcept {
  return *std::ranges::find(kKernels, plane_kernel().name, &SplitKernel::name);
}

void split_planes(const SplitKernel& kernel, ByteView records, std::size_t period, MutableBytes planes) {
  const std::size_t count = records.size() / period;
  if (count > 0) {
    std::size_t done = 0;
    if (period == 2 || period == 4 || period == 8) {
      std::array<std::uint8_t*, 8> starts{};
      for (std::size_t i = 0; i < period; ++i) starts[i] = planes.data() + i * count;
      done = kernel.split(records.data(), period, count, starts.data());
    }
    split_plainly(records, count, period, done, planes.data());
  }
  std::ranges::copy(records.subspan(count * period), planes.begin() + static_cast<std::ptrdiff_t>(count * period));
}

void split_bit_planes(const SplitKernel& kernel, ByteView elements, std::size_t width, MutableBytes planes) {
  constexpr std::size_t kStep = 512;  // bytes of a plane at a time
  const std::size_t plane_bytes = elements.size() / width / 8;
  std::array<std::uint8_t, 8 * 8 * kStep> bytes;
  for (std::size_t from = 0; from < plane_bytes; from += kStep) {
    const std::size_t step = std::min(kStep, plane_bytes - from);
    split_planes(kernel, elements.subspan(8 * from * width, 8 * step * width), width, bytes);
    for (std::size_t byte = 0; byte < width; ++byte) {
      const std::uint8_t* in = bytes.data() + byte * 8 * step;
      std::array<std::uint8_t*, 8> bits;
      for (std::size_t bit = 0; bit < 8; ++bit) bits[bit] = planes.data() + (8 * byte + 7 - bit) * plane_bytes + from;
      split_bits_plainly(in, kernel.split_bits(in, step, bits.data()), step, bits.data());
    }
  }
  std::ranges::copy(elements.subspan(8 * plane_bytes * width), planes.begin() + static_cast<std::ptrdiff_t>(8 * plane_bytes * width));
}

}  // namespace npk::codec::numeric
