#include "chunk/kernels.h"

namespace npk::chunk {
namespace {

bool always() { return true; }

#if defined(__x86_64__)
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }
// Sapphire Rapids and later. Gathers are microcoded on AMD, and slowed by the mitigation of Downfall on older Intel.
bool gathers_fast() {
  return has_avx512() && __builtin_cpu_is("intel") != 0 && __builtin_cpu_supports("avx512fp16") != 0;
}
#endif

constexpr ScanKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, gathers_fast, scan_avx512},
#endif
    {"scalar", always, always, scan_scalar},
};

}  // namespace

std::span<const ScanKernel> scan_kernels() noexcept { return kKernels; }

}  // namespace npk::chunk
