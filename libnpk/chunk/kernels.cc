#include "chunk/kernels.h"

namespace npk::chunk {
namespace {

bool always() { return true; }

#if defined(__x86_64__)
bool has_avx2() { return __builtin_cpu_supports("avx2") != 0; }
bool has_avx512() { return __builtin_cpu_supports("avx512f") != 0; }
#endif

constexpr ScanKernel kKernels[] = {
#if defined(__x86_64__)
    {"avx512", has_avx512, scan_avx512},
    {"avx2", has_avx2, scan_avx2},
#endif
    {"scalar", always, scan_scalar},
};

}  // namespace

std::span<const ScanKernel> scan_kernels() noexcept { return kKernels; }

}  // namespace npk::chunk
