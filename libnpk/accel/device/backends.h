// One pair of functions a backend; a backend that was not built finds nothing.
#pragma once

#include "accel/engine.h"

namespace npk::accel {

[[nodiscard]] std::unique_ptr<Engine> open_cpu();
[[nodiscard]] AccelDevice cpu_device();

[[nodiscard]] std::vector<AccelDevice> find_opencl(const Drivers& drivers);
[[nodiscard]] Result<std::unique_ptr<Engine>> open_opencl(std::size_t number, const Drivers& drivers);

[[nodiscard]] std::vector<AccelDevice> find_cuda(const Drivers& drivers);
[[nodiscard]] Result<std::unique_ptr<Engine>> open_cuda(std::size_t number, const Drivers& drivers);
// The kernels that nvcc or clang compiled, as the driver takes them; empty where there was neither.
[[nodiscard]] ByteView built_in_cuda_image() noexcept;
// All kernels as one OpenCL C source.
[[nodiscard]] std::string_view opencl_source() noexcept;

}  // namespace npk::accel
