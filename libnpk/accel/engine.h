// Where batches run: one interface over the processor, OpenCL devices and CUDA devices. Which there are is found at run time; a program
// built with all of them runs where no driver is.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "accel/batch.h"
#include "npk/accel.h"

namespace npk::accel {

// Where to look. Tests name other libraries here, or none at all.
struct Drivers {
  std::string opencl = "libOpenCL.so.1";
  std::string cuda = "libcuda.so.1";
  ByteView cuda_image = {};      // kernels, as the driver takes them; empty: those built in, if any
  bool take_slower = false;      // of tests: `automatic` takes a device though it is slower than a core
  std::uint32_t group_size = 0;  // work items of a group, 1 to 256, a power of two; 0: what suits the device
};

// Of one batch.
struct BatchTimes {
  std::uint64_t kernel_nanoseconds = 0;    // of all kernels, by the device's clock; of the CPU backend: all
  std::uint64_t transfer_nanoseconds = 0;  // of copies to and from, likewise
};

// Of all queues of an engine since it was opened.
struct EngineCounters {
  std::uint64_t batches = 0;
  std::uint64_t kernels = 0;  // launched; of the CPU backend: one a batch
  std::uint64_t bytes_to_device = 0;
  std::uint64_t bytes_from_device = 0;
};

// Memory that a device copies from and to by itself, while kernels run; of the CPU backend: plain. Batches in other memory give the same, but
// submit() may then wait for the copies, and for the kernels before them. Freed with its engine still there.
class HostBuffer {
 public:
  virtual ~HostBuffer() = default;
  [[nodiscard]] virtual MutableBytes bytes() noexcept = 0;
};

// Batches one after another. Two queues copy and compute at once. A queue is used by one thread at a time.
class Queue {
 public:
  virtual ~Queue() = default;
  // Checks the batch and begins it: after the one before, which this waits for. What the batch names must stay until wait(). Errc::misuse as
  // check_batch() says, Errc::limit: more than the device holds at once; Errc::io: the device or its driver failed (then the batch has not run).
  [[nodiscard]] virtual Result<void> submit(const Batch& batch) = 0;
  // Until the last batch is done: its outputs and outcomes are set. An item's failure is no error of the batch. Nothing submitted: no time.
  [[nodiscard]] virtual Result<BatchTimes> wait() = 0;
};

// Any thread. Queues and buffers are of an engine that must outlive them.
class Engine {
 public:
  virtual ~Engine() = default;
  [[nodiscard]] virtual const AccelDevice& device() const noexcept = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Queue>> open_queue() = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<HostBuffer>> allocate(std::size_t bytes) = 0;
  // Bytes of device memory that the batch takes while it runs: workspace, input and output. It must have passed check_batch().
  [[nodiscard]] virtual std::uint64_t device_bytes(const Batch& batch) const = 0;
  [[nodiscard]] virtual EngineCounters counters() const noexcept = 0;
};

// Those that can be used now, CUDA's first, the processor last and always.
[[nodiscard]] std::vector<AccelDevice> find_devices(const Drivers& drivers = {});

// The `number`th device of the backend. Errc::unsupported, saying why, where there is none.
[[nodiscard]] Result<std::unique_ptr<Engine>> open_engine(AccelBackend backend, std::size_t number = 0, const Drivers& drivers = {});

}  // namespace npk::accel
