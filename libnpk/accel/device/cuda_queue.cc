#include "accel/device/cuda_queue.h"

namespace npk::accel {
namespace {

class CudaQueue final : public DeviceQueue {
 public:
  explicit CudaQueue(std::shared_ptr<const CudaContext> context) : context_(std::move(context)), driver_(context_->driver()) {}
  ~CudaQueue() override {
    const CurrentContext current(driver_, context_->context());
    if (stream_ != nullptr) driver_.cuStreamSynchronize(stream_);
    for (const Room& room : rooms_)
      if (room.place != 0) driver_.cuMemFree_v2(room.place);
    for (const cuda::Event event : marks_)
      if (event != nullptr) driver_.cuEventDestroy_v2(event);
    if (stream_ != nullptr) driver_.cuStreamDestroy_v2(stream_);
  }

  Result<void> open() {
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    NPK_CU(driver_, cuStreamCreate, &stream_, cuda::kStreamNonBlocking);
    for (cuda::Event& event : marks_) NPK_CU(driver_, cuEventCreate, &event, 0);
    return {};
  }

  Result<void> reserve(const BufferSizes& sizes) override {
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    for (std::size_t i = 0; i < kDeviceBuffers; ++i) {
      Room& room = rooms_[i];
      if (room.bytes >= sizes[i]) continue;
      if (room.place != 0) driver_.cuMemFree_v2(room.place);
      room = {};
      NPK_CU(driver_, cuMemAlloc_v2, &room.place, sizes[i]);
      room.bytes = sizes[i];
    }
    return {};
  }

  Result<void> write(DeviceBuffer buffer, ByteView bytes) override {
    if (bytes.empty()) return {};
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    NPK_TRY(enter(Phase::writing));
    NPK_CU(driver_, cuMemcpyHtoDAsync_v2, place(buffer), bytes.data(), bytes.size(), stream_);
    return {};
  }

  Result<void> launch(const KernelLaunch& launch) override {
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    NPK_TRY(enter(Phase::computing));
    std::array<cuda::DevicePointer, kDeviceBuffers> places{};
    for (std::size_t i = 0; i < kDeviceBuffers; ++i) places[i] = rooms_[i].place;
    std::array<unsigned long long, 3> numbers{launch.count, launch.a, launch.b};
    std::array<void*, kDeviceBuffers + 3> arguments{};
    for (std::size_t i = 0; i < kDeviceBuffers; ++i) arguments[i] = &places[i];
    for (std::size_t i = 0; i < numbers.size(); ++i) arguments[kDeviceBuffers + i] = &numbers[i];
    NPK_CU(driver_, cuLaunchKernel, context_->function(launch.kernel), static_cast<unsigned>(launch.groups), 1, 1, launch.group_size, 1, 1, 0, stream_,
           arguments.data(), nullptr);
    return {};
  }

  Result<void> read(DeviceBuffer buffer, MutableBytes bytes) override {
    if (bytes.empty()) return {};
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    NPK_TRY(enter(Phase::reading));
    NPK_CU(driver_, cuMemcpyDtoHAsync_v2, bytes.data(), place(buffer), bytes.size(), stream_);
    return {};
  }

  Result<BatchTimes> finish() override {
    const CurrentContext current(driver_, context_->context());
    NPK_TRY(current.check());
    const bool complete = phase_ == Phase::reading;
    if (complete) NPK_TRY(enter(Phase::idle));
    phase_ = Phase::idle;
    NPK_CU(driver_, cuStreamSynchronize, stream_);
    BatchTimes times;
    if (!complete) return times;
    times.kernel_nanoseconds = between(Phase::computing, Phase::reading);
    times.transfer_nanoseconds = between(Phase::writing, Phase::computing) + between(Phase::reading, Phase::idle);
    return times;
  }

 private:
  // In the order of a batch; each but `idle` begins with its mark, and `idle`'s is behind the last command. A batch without kernels has
  // its second and third mark at one place.
  enum class Phase : std::uint8_t { writing, computing, reading, idle };
  struct Room {
    cuda::DevicePointer place = 0;
    std::uint64_t bytes = 0;
  };

  [[nodiscard]] cuda::DevicePointer place(DeviceBuffer buffer) const noexcept { return rooms_[static_cast<std::size_t>(buffer)].place; }

  Result<void> enter(Phase phase) {
    if (phase_ == phase) return {};
    const auto from = phase_ == Phase::idle ? 0U : static_cast<unsigned>(phase_) + 1;
    for (unsigned mark = from; mark <= static_cast<unsigned>(phase); ++mark) NPK_CU(driver_, cuEventRecord, marks_[mark], stream_);
    phase_ = phase;
    return {};
  }

  [[nodiscard]] std::uint64_t between(Phase begin, Phase end) const noexcept {
    float milliseconds = 0;
    if (driver_.cuEventElapsedTime(&milliseconds, marks_[static_cast<std::size_t>(begin)], marks_[static_cast<std::size_t>(end)]) != 0) return 0;
    return milliseconds > 0 ? static_cast<std::uint64_t>(static_cast<double>(milliseconds) * 1e6) : 0;
  }

  std::shared_ptr<const CudaContext> context_;
  const CudaDriver& driver_;
  cuda::Stream stream_ = nullptr;
  std::array<cuda::Event, 4> marks_{};
  std::array<Room, kDeviceBuffers> rooms_{};
  Phase phase_ = Phase::idle;
};

class CudaHostBuffer final : public HostBuffer {
 public:
  CudaHostBuffer(std::shared_ptr<const CudaContext> context, void* place, std::size_t bytes) : context_(std::move(context)), place_(place), bytes_(bytes) {}
  CudaHostBuffer(const CudaHostBuffer&) = delete;
  CudaHostBuffer& operator=(const CudaHostBuffer&) = delete;
  ~CudaHostBuffer() override {
    const CurrentContext current(context_->driver(), context_->context());
    context_->driver().cuMemFreeHost(place_);
  }
  MutableBytes bytes() noexcept override { return {static_cast<std::uint8_t*>(place_), bytes_}; }

 private:
  std::shared_ptr<const CudaContext> context_;
  void* place_;
  std::size_t bytes_;
};

}  // namespace

Result<std::unique_ptr<DeviceQueue>> make_cuda_queue(std::shared_ptr<const CudaContext> context) {
  auto queue = std::make_unique<CudaQueue>(std::move(context));
  NPK_TRY(queue->open());
  return queue;
}

Result<std::unique_ptr<HostBuffer>> make_cuda_host_buffer(std::shared_ptr<const CudaContext> context, std::size_t bytes) {
  const CurrentContext current(context->driver(), context->context());
  NPK_TRY(current.check());
  void* place = nullptr;
  NPK_CU(context->driver(), cuMemAllocHost_v2, &place, bytes == 0 ? 1 : bytes);
  return std::make_unique<CudaHostBuffer>(std::move(context), place, bytes);
}

}  // namespace npk::accel
