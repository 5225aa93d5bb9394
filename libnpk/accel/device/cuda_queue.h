// CUDA's streams and pinned memory.
#pragma once

#include "accel/device/cuda_driver.h"
#include "accel/device/device_queue.h"

namespace npk::accel {

// A device's context with the kernels loaded. Immutable: any thread.
class CudaContext {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const CudaContext>> open(std::shared_ptr<const CudaDriver> driver, cuda::Device device, ByteView image);
  CudaContext(std::shared_ptr<const CudaDriver> driver, cuda::Device device) : driver_(std::move(driver)), device_(device) {}
  CudaContext(const CudaContext&) = delete;
  CudaContext& operator=(const CudaContext&) = delete;
  ~CudaContext();

  [[nodiscard]] const CudaDriver& driver() const noexcept { return *driver_; }
  [[nodiscard]] cuda::Context context() const noexcept { return context_; }
  [[nodiscard]] cuda::Function function(Kernel kernel) const noexcept { return functions_[static_cast<std::size_t>(kernel)]; }

 private:
  Result<void> load(ByteView image);

  std::shared_ptr<const CudaDriver> driver_;
  cuda::Device device_;
  cuda::Context context_ = nullptr;
  cuda::Module module_ = nullptr;
  std::array<cuda::Function, kKernelNames.size()> functions_{};
};

// The context is the calling thread's for as long as this is there.
class CurrentContext {
 public:
  CurrentContext(const CudaDriver& driver, cuda::Context context) : driver_(driver), code_(driver.cuCtxPushCurrent_v2(context)) {}
  CurrentContext(const CurrentContext&) = delete;
  CurrentContext& operator=(const CurrentContext&) = delete;
  ~CurrentContext() {
    cuda::Context popped = nullptr;
    if (code_ == 0) driver_.cuCtxPopCurrent_v2(&popped);
  }
  [[nodiscard]] Result<void> check() const {
    if (code_ != 0) return driver_.failed("cuCtxPushCurrent", code_);
    return {};
  }

 private:
  const CudaDriver& driver_;
  cuda::Code code_;
};

[[nodiscard]] Result<std::unique_ptr<DeviceQueue>> make_cuda_queue(std::shared_ptr<const CudaContext> context);
[[nodiscard]] Result<std::unique_ptr<HostBuffer>> make_cuda_host_buffer(std::shared_ptr<const CudaContext> context, std::size_t bytes);

}  // namespace npk::accel
