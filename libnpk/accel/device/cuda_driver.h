// The functions of the CUDA driver that the backend calls, found in its library at run time. Declared here, so that building needs no toolkit;
// names and types are those of the driver's binary interface, which stays ("_v2" where it once changed).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "accel/device/shared_library.h"
#include "npk/result.h"

namespace npk::accel {

namespace cuda {
using Code = int;  // 0: success
using Device = int;
using DevicePointer = unsigned long long;
using Context = struct ContextRecord*;
using Module = struct ModuleRecord*;
using Function = struct FunctionRecord*;
using Stream = struct StreamRecord*;
using Event = struct EventRecord*;

inline constexpr Code kOutOfMemory = 2;
inline constexpr int kMultiprocessors = 16;        // CU_DEVICE_ATTRIBUTE_MULTIPROCESSOR_COUNT
inline constexpr int kCapabilityMajor = 75;        // CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR
inline constexpr int kCapabilityMinor = 76;
inline constexpr unsigned kStreamNonBlocking = 1;  // CU_STREAM_NON_BLOCKING
}  // namespace cuda

struct CudaDriver {
  cuda::Code (*cuInit)(unsigned flags) = nullptr;
  cuda::Code (*cuDriverGetVersion)(int* version) = nullptr;
  cuda::Code (*cuGetErrorName)(cuda::Code code, const char** name) = nullptr;
  cuda::Code (*cuDeviceGetCount)(int* count) = nullptr;
  cuda::Code (*cuDeviceGet)(cuda::Device* device, int number) = nullptr;
  cuda::Code (*cuDeviceGetName)(char* name, int room, cuda::Device device) = nullptr;
  cuda::Code (*cuDeviceGetAttribute)(int* value, int attribute, cuda::Device device) = nullptr;
  cuda::Code (*cuDeviceTotalMem_v2)(std::size_t* bytes, cuda::Device device) = nullptr;
  cuda::Code (*cuDevicePrimaryCtxRetain)(cuda::Context* context, cuda::Device device) = nullptr;
  cuda::Code (*cuDevicePrimaryCtxRelease_v2)(cuda::Device device) = nullptr;
  cuda::Code (*cuCtxPushCurrent_v2)(cuda::Context context) = nullptr;
  cuda::Code (*cuCtxPopCurrent_v2)(cuda::Context* context) = nullptr;
  cuda::Code (*cuModuleLoadData)(cuda::Module* module, const void* image) = nullptr;
  cuda::Code (*cuModuleUnload)(cuda::Module module) = nullptr;
  cuda::Code (*cuModuleGetFunction)(cuda::Function* function, cuda::Module module, const char* name) = nullptr;
  cuda::Code (*cuLaunchKernel)(cuda::Function function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
                               unsigned block_z, unsigned shared_bytes, cuda::Stream stream, void** arguments, void** extra) = nullptr;
  cuda::Code (*cuMemAlloc_v2)(cuda::DevicePointer* place, std::size_t bytes) = nullptr;
  cuda::Code (*cuMemFree_v2)(cuda::DevicePointer place) = nullptr;
  cuda::Code (*cuMemAllocHost_v2)(void** place, std::size_t bytes) = nullptr;
  cuda::Code (*cuMemFreeHost)(void* place) = nullptr;
  cuda::Code (*cuMemcpyHtoDAsync_v2)(cuda::DevicePointer to, const void* from, std::size_t bytes, cuda::Stream stream) = nullptr;
  cuda::Code (*cuMemcpyDtoHAsync_v2)(void* to, cuda::DevicePointer from, std::size_t bytes, cuda::Stream stream) = nullptr;
  cuda::Code (*cuStreamCreate)(cuda::Stream* stream, unsigned flags) = nullptr;
  cuda::Code (*cuStreamDestroy_v2)(cuda::Stream stream) = nullptr;
  cuda::Code (*cuStreamSynchronize)(cuda::Stream stream) = nullptr;
  cuda::Code (*cuEventCreate)(cuda::Event* event, unsigned flags) = nullptr;
  cuda::Code (*cuEventDestroy_v2)(cuda::Event event) = nullptr;
  cuda::Code (*cuEventRecord)(cuda::Event event, cuda::Stream stream) = nullptr;
  cuda::Code (*cuEventElapsedTime)(float* milliseconds, cuda::Event begin, cuda::Event end) = nullptr;

  // Errc::unsupported where the library, one of the functions or a working driver is not there.
  [[nodiscard]] static Result<std::shared_ptr<const CudaDriver>> load(const std::string& library);
  // Errc::io, but Errc::limit where memory was short.
  [[nodiscard]] std::unexpected<Error> failed(const char* call, cuda::Code code) const;
};

#define NPK_CU(driver, function, ...)                                                                                       \
  do {                                                                                                                      \
    if (const ::npk::accel::cuda::Code npk_code = (driver).function(__VA_ARGS__); npk_code != 0) return (driver).failed(#function, npk_code); \
  } while (false)

}  // namespace npk::accel
