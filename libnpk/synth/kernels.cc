#include "synth/kernels.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <cstring>
#include <string>

namespace npk::synth::internal {
namespace {

bool always() { return true; }

#if defined(__x86_64__)
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512dq") != 0; }
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
#endif

constexpr Kernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, fill_avx512},
    {"avx2", has_avx2, fill_avx2},
#endif
    {"scalar", always, fill_scalar},
};

}  // namespace

std::span<const Kernel> kernels() noexcept { return kKernels; }

KernelLines& lines_made() noexcept {
  thread_local KernelLines lines;
  return lines;
}

Result<const Kernel*> kernel_named(std::string_view name) {
  const auto fits = [&](const Kernel& kernel) { return name.empty() ? kernel.available() : kernel.name == name; };
  const auto found = std::ranges::find_if(kKernels, fits);
  if (found == std::end(kKernels)) return fail(Errc::unsupported, "NPK_SYNTH_KERNEL: there is no kernel '" + std::string(name) + "'");
  if (!found->available()) return fail(Errc::unsupported, "NPK_SYNTH_KERNEL: this processor can't run the kernel '" + std::string(name) + "'");
  return &*found;
}

Result<const Kernel*> chosen_kernel() {
  const char* forced = std::getenv("NPK_SYNTH_KERNEL");
  return kernel_named(forced == nullptr ? std::string_view() : forced);
}

void fill_scalar(const RandomKey& key, std::uint64_t first_line, std::uint8_t* out, std::size_t lines) {
  lines_made().scalar += lines;
  std::uint64_t state = key.base + first_line * kLineWords * kGamma;
  for (std::size_t i = 0; i < lines * kLineWords; ++i, state += kGamma) {
    const std::uint64_t word = twisted_mix(state, key.twist);
    if constexpr (std::endian::native == std::endian::little) {
      std::memcpy(out + 8 * i, &word, 8);
    } else {
      store_le(out + 8 * i, word);
    }
  }
}

}  // namespace npk::synth::internal
