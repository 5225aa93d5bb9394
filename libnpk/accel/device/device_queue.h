// A device's stream, as OpenCL and CUDA both have one. What runs batches over it is common to both.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "accel/device/plan.h"
#include "accel/engine.h"

namespace npk::accel {

enum class DeviceBuffer : std::uint8_t { input, output, table, items, tiles, outcomes, scratch };
inline constexpr std::size_t kDeviceBuffers = 7;
using BufferSizes = std::array<std::uint64_t, kDeviceBuffers>;  // in bytes

struct KernelLaunch {
  Kernel kernel{};
  std::uint64_t groups = 0;
  std::uint32_t group_size = 1;
  std::uint64_t count = 0, a = 0, b = 0;
};

// Commands in order; those that begin something return at once. One thread at a time.
class DeviceQueue {
 public:
  virtual ~DeviceQueue() = default;
  // Each buffer has at least that many bytes afterwards; what was in one that had to grow is lost. Nothing may be under way. Errc::limit.
  [[nodiscard]] virtual Result<void> reserve(const BufferSizes& sizes) = 0;
  // The bytes must stay until finish().
  [[nodiscard]] virtual Result<void> write(DeviceBuffer buffer, ByteView bytes) = 0;
  [[nodiscard]] virtual Result<void> launch(const KernelLaunch& launch) = 0;
  [[nodiscard]] virtual Result<void> read(DeviceBuffer buffer, MutableBytes bytes) = 0;
  // Waits for all; also where it failed, nothing is under way afterwards.
  [[nodiscard]] virtual Result<BatchTimes> finish() = 0;
};

// Work items of a group, by what a device is.
struct GroupSizes {
  std::uint32_t tile_items = 128;  // where each work item has a tile of its own
  std::uint32_t tile_group = 128;  // where a group shares one
  std::uint32_t item_group = 32;   // where a group shares an item
};
[[nodiscard]] GroupSizes group_sizes(bool is_processor, std::uint32_t forced) noexcept;

// Counted by all queues of an engine.
class SharedCounters;
[[nodiscard]] std::shared_ptr<SharedCounters> make_counters();
[[nodiscard]] EngineCounters read_counters(const SharedCounters& counters) noexcept;

[[nodiscard]] std::uint64_t device_bytes_of(const Batch& batch);
// What goes to the device and comes from it besides the caller's bytes lies in memory of engine.allocate(): copies from and to other memory
// may wait for the kernels, and nothing would overlap.
[[nodiscard]] std::unique_ptr<Queue> make_batch_queue(Engine& engine, std::unique_ptr<DeviceQueue> device, const GroupSizes& groups,
                                                      std::shared_ptr<SharedCounters> counters);

}  // namespace npk::accel
