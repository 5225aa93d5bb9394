#include "codec/filter/numeric/plane_kernels.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdlib>

#include "codec/filter/numeric/plane_vectors.h"

namespace npk::codec::numeric {
namespace {

std::size_t join_nothing(const std::uint8_t* const*, std::size_t, std::size_t, std::uint8_t*) { return 0; }
std::size_t join_no_bits(const std::uint8_t* const*, std::size_t, std::uint8_t*) { return 0; }
bool always() { return true; }

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512() { return __builtin_cpu_supports("avx512vbmi") != 0 && __builtin_cpu_supports("avx512bw") != 0; }

[[gnu::target("avx2")]] std::size_t join_avx2(const std::uint8_t* const* planes, std::size_t count, std::size_t records, std::uint8_t* out) {
  if (count == 2) return PlaneVectors<32>::join_all<2, false>(planes, records, out);
  if (count == 4) return PlaneVectors<32>::join_all<4, false>(planes, records, out);
  return PlaneVectors<32>::join_all<8, false>(planes, records, out);
}
[[gnu::target("avx2")]] std::size_t join_bits_avx2(const std::uint8_t* const* planes, std::size_t plane_bytes, std::uint8_t* out) {
  return PlaneVectors<32>::join_all<8, true>(planes, plane_bytes, out);
}
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] std::size_t join_avx512(const std::uint8_t* const* planes, std::size_t count, std::size_t records,
                                                                       std::uint8_t* out) {
  if (count == 2) return PlaneVectors<64>::join_all<2, false>(planes, records, out);
  if (count == 4) return PlaneVectors<64>::join_all<4, false>(planes, records, out);
  return PlaneVectors<64>::join_all<8, false>(planes, records, out);
}
[[gnu::target("avx512f,avx512bw,avx512vbmi")]] std::size_t join_bits_avx512(const std::uint8_t* const* planes, std::size_t plane_bytes, std::uint8_t* out) {
  return PlaneVectors<64>::join_all<8, true>(planes, plane_bytes, out);
}
#endif

constexpr PlaneKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, join_avx512, join_bits_avx512},
    {"avx2", has_avx2, join_avx2, join_bits_avx2},
#endif
    {"plain", always, join_nothing, join_no_bits},
};

const PlaneKernel& choose_kernel() noexcept {
  const char* forced = std::getenv("NPK_NUMERIC_KERNEL");
  for (const PlaneKernel& kernel : kKernels) {
    if (kernel.available() && (forced == nullptr || kernel.name == forced)) return kernel;
  }
  return *std::ranges::find_if(kKernels, [](const PlaneKernel& kernel) { return kernel.available(); });
}

// Any period, in steps whose records stay in the first cache.
void join_plainly(ByteView planes, std::size_t plane_bytes, std::size_t period, std::size_t from, std::size_t end, std::uint8_t* out) {
  const std::size_t step = std::max<std::size_t>(16, 16384 / period);
  for (std::size_t first = from; first < end; first += step) {
    const std::size_t last = std::min(end, first + step);
    for (std::size_t plane = 0; plane < period; ++plane) {
      const std::uint8_t* in = planes.data() + plane * plane_bytes;
      for (std::size_t i = first; i < last; ++i) out[i * period + plane] = in[i];
    }
  }
}

// Byte `byte` of the elements, whose 8 planes begin at `planes`, for plane bytes `from` on: to every width-th byte of `out`.
void join_bits_plainly(const std::uint8_t* const* planes, std::size_t from, std::size_t end, std::uint8_t* out) {
  for (std::size_t i = from; i < end; ++i) {
    for (unsigned element = 0; element < 8; ++element) {
      unsigned byte = 0;
      for (unsigned bit = 0; bit < 8; ++bit) byte |= (planes[bit][i] >> element & 1U) << bit;
      out[8 * i + element] = static_cast<std::uint8_t>(byte);
    }
  }
}

}  // namespace

std::span<const PlaneKernel> plane_kernels() noexcept { return kKernels; }

const PlaneKernel& plane_kernel() noexcept {
  // No guarded static: a child forked while another thread made one would wait for it for ever.
  static std::atomic<const PlaneKernel*> chosen = nullptr;
  if (const PlaneKernel* known = chosen.load(std::memory_order_relaxed)) return *known;
  const PlaneKernel& kernel = choose_kernel();
  chosen.store(&kernel, std::memory_order_relaxed);
  return kernel;
}

void join_planes(const PlaneKernel& kernel, ByteView planes, std::size_t period, MutableBytes out) {
  const std::size_t records = out.size() / period;
  if (records > 0) {
    std::size_t done = 0;
    if (period == 2 || period == 4 || period == 8) {
      std::array<const std::uint8_t*, 8> starts{};
      for (std::size_t i = 0; i < period; ++i) starts[i] = planes.data() + i * records;
      done = kernel.join(starts.data(), period, records, out.data());
    }
    join_plainly(planes, records, period, done, records, out.data());
  }
  std::ranges::copy(planes.subspan(records * period), out.begin() + static_cast<std::ptrdiff_t>(records * period));
}

void join_bit_planes(const PlaneKernel& kernel, ByteView planes, std::size_t width, MutableBytes out) {
  constexpr std::size_t kStep = 512;  // bytes of a plane at a time
  const std::size_t plane_bytes = out.size() / width / 8;
  std::array<std::array<std::uint8_t, 8 * kStep>, 8> bytes;
  for (std::size_t from = 0; from < plane_bytes; from += kStep) {
    const std::size_t step = std::min(kStep, plane_bytes - from);
    std::array<const std::uint8_t*, 8> starts{};
    for (std::size_t byte = 0; byte < width; ++byte) {
      std::array<const std::uint8_t*, 8> bits;
      for (std::size_t bit = 0; bit < 8; ++bit) bits[bit] = planes.data() + (8 * byte + 7 - bit) * plane_bytes + from;
      join_bits_plainly(bits.data(), kernel.join_bits(bits.data(), step, bytes[byte].data()), step, bytes[byte].data());
      starts[byte] = bytes[byte].data();
    }
    std::uint8_t* to = out.data() + 8 * from * width;
    std::size_t done = width == 2 || width == 4 || width == 8 ? kernel.join(starts.data(), width, 8 * step, to) : 0;
    for (; done < 8 * step; ++done) {
      for (std::size_t byte = 0; byte < width; ++byte) to[done * width + byte] = bytes[byte][done];
    }
  }
  std::ranges::copy(planes.subspan(8 * plane_bytes * width), out.begin() + static_cast<std::ptrdiff_t>(8 * plane_bytes * width));
}

}  // namespace npk::codec::numeric
