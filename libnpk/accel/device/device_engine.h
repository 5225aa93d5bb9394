// What the engines of OpenCL and CUDA have in common: all but how a queue and host memory are had.
#pragma once

#include "accel/device/device_queue.h"

namespace npk::accel {

class DeviceEngine : public Engine {
 public:
  DeviceEngine(AccelDevice device, const GroupSizes& groups) : device_(std::move(device)), groups_(groups) {}

  [[nodiscard]] const AccelDevice& device() const noexcept final { return device_; }
  [[nodiscard]] Result<std::unique_ptr<Queue>> open_queue() final {
    NPK_ASSIGN(auto queue, open_device_queue());
    return make_batch_queue(*this, std::move(queue), groups_, counters_);
  }
  [[nodiscard]] std::uint64_t device_bytes(const Batch& batch) const final { return device_bytes_of(batch); }
  [[nodiscard]] EngineCounters counters() const noexcept final { return read_counters(*counters_); }

 protected:
  [[nodiscard]] virtual Result<std::unique_ptr<DeviceQueue>> open_device_queue() = 0;

 private:
  AccelDevice device_;
  GroupSizes groups_;
  std::shared_ptr<SharedCounters> counters_ = make_counters();
};

}  // namespace npk::accel
