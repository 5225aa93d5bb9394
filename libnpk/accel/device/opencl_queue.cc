#include "accel/device/opencl_queue.h"

#include <vector>

namespace npk::accel {
namespace {

class OpenClQueue final : public DeviceQueue {
 public:
  OpenClQueue(std::shared_ptr<const OpenClContext> context, std::uint64_t largest_allocation)
      : context_(std::move(context)), cl_(context_->driver()), largest_allocation_(largest_allocation) {}
  ~OpenClQueue() override {
    if (queue_ != nullptr) cl_.clFinish(queue_);
    release_events();
    for (const cl_kernel kernel : kernels_)
      if (kernel != nullptr) cl_.clReleaseKernel(kernel);
    for (const Room& room : rooms_)
      if (room.memory != nullptr) cl_.clReleaseMemObject(room.memory);
    if (queue_ != nullptr) cl_.clReleaseCommandQueue(queue_);
  }

  Result<void> open() {
    cl_int code = CL_SUCCESS;
    queue_ = cl_.clCreateCommandQueue(context_->context(), context_->device(), CL_QUEUE_PROFILING_ENABLE, &code);
    NPK_CL("clCreateCommandQueue", code);
    return {};
  }

  Result<void> reserve(const BufferSizes& sizes) override {
    for (std::size_t i = 0; i < kDeviceBuffers; ++i) {
      Room& room = rooms_[i];
      if (room.bytes >= sizes[i]) continue;
      if (sizes[i] > largest_allocation_) return fail(Errc::limit, "the batch needs more memory than the device has in one piece");
      if (room.memory != nullptr) cl_.clReleaseMemObject(room.memory);
      room = {};
      cl_int code = CL_SUCCESS;
      room.memory = cl_.clCreateBuffer(context_->context(), CL_MEM_READ_WRITE, sizes[i], nullptr, &code);
      NPK_CL("clCreateBuffer", code);
      room.bytes = sizes[i];
    }
    return {};
  }

  Result<void> write(DeviceBuffer buffer, ByteView bytes) override {
    if (bytes.empty()) return {};
    NPK_CL("clEnqueueWriteBuffer", cl_.clEnqueueWriteBuffer(queue_, memory(buffer), CL_FALSE, 0, bytes.size(), bytes.data(), 0, nullptr, event(false)));
    return {};
  }

  Result<void> launch(const KernelLaunch& launch) override {
    NPK_ASSIGN(const cl_kernel kernel, kernel_of(launch.kernel));
    for (cl_uint i = 0; i < kDeviceBuffers; ++i) {
      const cl_mem place = rooms_[i].memory;
      NPK_CL("clSetKernelArg", cl_.clSetKernelArg(kernel, i, sizeof place, &place));
    }
    const std::array<cl_ulong, 3> numbers{launch.count, launch.a, launch.b};
    for (cl_uint i = 0; i < numbers.size(); ++i)
      NPK_CL("clSetKernelArg", cl_.clSetKernelArg(kernel, static_cast<cl_uint>(kDeviceBuffers) + i, sizeof(cl_ulong), &numbers[i]));
    const std::size_t local = launch.group_size;
    const std::size_t global = launch.groups * local;
    NPK_CL("clEnqueueNDRangeKernel", cl_.clEnqueueNDRangeKernel(queue_, kernel, 1, nullptr, &global, &local, 0, nullptr, event(true)));
    return {};
  }

  // Flushed, so that the work begins now and not when somebody waits for it.
  Result<void> read(DeviceBuffer buffer, MutableBytes bytes) override {
    if (bytes.empty()) return {};
    NPK_CL("clEnqueueReadBuffer", cl_.clEnqueueReadBuffer(queue_, memory(buffer), CL_FALSE, 0, bytes.size(), bytes.data(), 0, nullptr, event(false)));
    NPK_CL("clFlush", cl_.clFlush(queue_));
    return {};
  }

  Result<BatchTimes> finish() override {
    const cl_int code = cl_.clFinish(queue_);
    BatchTimes times;
    for (const Timed& timed : events_) {
      if (timed.event == nullptr || code != CL_SUCCESS) continue;
      cl_ulong begin = 0, end = 0;
      if (cl_.clGetEventProfilingInfo(timed.event, CL_PROFILING_COMMAND_START, sizeof begin, &begin, nullptr) != CL_SUCCESS) continue;
      if (cl_.clGetEventProfilingInfo(timed.event, CL_PROFILING_COMMAND_END, sizeof end, &end, nullptr) != CL_SUCCESS || end < begin) continue;
      (timed.is_kernel ? times.kernel_nanoseconds : times.transfer_nanoseconds) += end - begin;
    }
    release_events();
    NPK_CL("clFinish", code);
    return times;
  }

 private:
  struct Room {
    cl_mem memory = nullptr;
    std::uint64_t bytes = 0;
  };
  struct Timed {
    cl_event event = nullptr;
    bool is_kernel = false;
  };

  [[nodiscard]] cl_mem memory(DeviceBuffer buffer) const noexcept { return rooms_[static_cast<std::size_t>(buffer)].memory; }
  // Where a command is to leave its event.
  cl_event* event(bool is_kernel) {
    events_.push_back({nullptr, is_kernel});
    return &events_.back().event;
  }
  void release_events() noexcept {
    for (const Timed& timed : events_)
      if (timed.event != nullptr) cl_.clReleaseEvent(timed.event);
    events_.clear();
  }
  // Kernels hold their arguments, so each queue has its own.
  Result<cl_kernel> kernel_of(Kernel kernel) {
    cl_kernel& place = kernels_[static_cast<std::size_t>(kernel)];
    if (place != nullptr) return place;
    cl_int code = CL_SUCCESS;
    place = cl_.clCreateKernel(context_->program(), kKernelNames[static_cast<std::size_t>(kernel)], &code);
    NPK_CL("clCreateKernel", code);
    return place;
  }

  std::shared_ptr<const OpenClContext> context_;
  const OpenClDriver& cl_;
  std::uint64_t largest_allocation_;
  cl_command_queue queue_ = nullptr;
  std::array<Room, kDeviceBuffers> rooms_{};
  std::array<cl_kernel, kKernelNames.size()> kernels_{};
  std::vector<Timed> events_;
};

}  // namespace

Result<std::unique_ptr<DeviceQueue>> make_opencl_queue(std::shared_ptr<const OpenClContext> context, std::uint64_t largest_allocation) {
  auto queue = std::make_unique<OpenClQueue>(std::move(context), largest_allocation);
  NPK_TRY(queue->open());
  return queue;
}

}  // namespace npk::accel
