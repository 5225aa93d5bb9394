#include "accel/device/cuda_driver.h"

namespace npk::accel {

Result<std::shared_ptr<const CudaDriver>> CudaDriver::load(const std::string& name) {
  const SharedLibrary library(name);
  if (!library.is_loaded()) return fail(Errc::unsupported, "there is no CUDA driver '" + name + "'");
  auto driver = std::make_shared<CudaDriver>();
  bool complete = true;
#define NPK_FIND(function) complete = library.find(driver->function, #function) && complete
  NPK_FIND(cuInit), NPK_FIND(cuDriverGetVersion), NPK_FIND(cuGetErrorName), NPK_FIND(cuDeviceGetCount), NPK_FIND(cuDeviceGet);
  NPK_FIND(cuDeviceGetName), NPK_FIND(cuDeviceGetAttribute), NPK_FIND(cuDeviceTotalMem_v2);
  NPK_FIND(cuDevicePrimaryCtxRetain), NPK_FIND(cuDevicePrimaryCtxRelease_v2), NPK_FIND(cuCtxPushCurrent_v2), NPK_FIND(cuCtxPopCurrent_v2);
  NPK_FIND(cuModuleLoadData), NPK_FIND(cuModuleUnload), NPK_FIND(cuModuleGetFunction), NPK_FIND(cuLaunchKernel);
  NPK_FIND(cuMemAlloc_v2), NPK_FIND(cuMemFree_v2), NPK_FIND(cuMemAllocHost_v2), NPK_FIND(cuMemFreeHost);
  NPK_FIND(cuMemcpyHtoDAsync_v2), NPK_FIND(cuMemcpyDtoHAsync_v2);
  NPK_FIND(cuStreamCreate), NPK_FIND(cuStreamDestroy_v2), NPK_FIND(cuStreamSynchronize);
  NPK_FIND(cuEventCreate), NPK_FIND(cuEventDestroy_v2), NPK_FIND(cuEventRecord), NPK_FIND(cuEventElapsedTime);
#undef NPK_FIND
  if (!complete) return fail(Errc::unsupported, "the CUDA driver '" + name + "' is too old");
  if (const cuda::Code code = driver->cuInit(0); code != 0)
    return fail(Errc::unsupported, "the CUDA driver does not work: " + driver->failed("cuInit", code).error().message);
  return driver;
}

std::unexpected<Error> CudaDriver::failed(const char* call, cuda::Code code) const {
  const char* name = nullptr;
  if (cuGetErrorName(code, &name) != 0 || name == nullptr) name = "an unknown code";
  return fail(code == cuda::kOutOfMemory ? Errc::limit : Errc::io, std::string("CUDA: ") + call + " failed with " + name + " (" + std::to_string(code) + ")");
}

}  // namespace npk::accel
