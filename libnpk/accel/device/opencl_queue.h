// OpenCL's streams and pinned memory.
#pragma once

#include "accel/device/device_queue.h"
#include "accel/device/opencl_driver.h"

namespace npk::accel {

// A device with the kernels compiled for it, once for all queues. Immutable: any thread.
class OpenClContext {
 public:
  [[nodiscard]] static Result<std::shared_ptr<const OpenClContext>> open(std::shared_ptr<const OpenClDriver> driver, cl_device_id device);
  explicit OpenClContext(std::shared_ptr<const OpenClDriver> driver, cl_device_id device) : driver_(std::move(driver)), device_(device) {}
  OpenClContext(const OpenClContext&) = delete;
  OpenClContext& operator=(const OpenClContext&) = delete;
  ~OpenClContext();

  [[nodiscard]] const OpenClDriver& driver() const noexcept { return *driver_; }
  [[nodiscard]] cl_device_id device() const noexcept { return device_; }
  [[nodiscard]] cl_context context() const noexcept { return context_; }
  [[nodiscard]] cl_program program() const noexcept { return program_; }

 private:
  Result<void> build();

  std::shared_ptr<const OpenClDriver> driver_;
  cl_device_id device_;
  cl_context context_ = nullptr;
  cl_program program_ = nullptr;
};

[[nodiscard]] Result<std::unique_ptr<DeviceQueue>> make_opencl_queue(std::shared_ptr<const OpenClContext> context, std::uint64_t largest_allocation);
[[nodiscard]] Result<std::unique_ptr<HostBuffer>> make_opencl_host_buffer(std::shared_ptr<const OpenClContext> context, std::size_t bytes);

}  // namespace npk::accel
