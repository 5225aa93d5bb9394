#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>

#include "accel/cpu/operations.h"
#include "accel/device/backends.h"
#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

Outcome run_item(const Batch& batch, const cpu::NeedleSet* needles, std::size_t item) {
  const Expectation expected = expect(batch, item);
  if (expected.status == ItemStatus::no_room) return {expected.bytes, expected.status};
  if (expected.status != ItemStatus::ok) return {0, expected.status};
  const Extent& from = batch.inputs[item];
  const Extent& to = batch.outputs[item];
  const cpu::Work work{batch.input.subspan(from.offset, from.bytes), batch.output.subspan(to.offset, to.bytes), expected.parameter, expected.bytes};
  switch (batch.operation) {
    case Operation::varint_encode: return cpu::varint_encode(work);
    case Operation::varint_decode: return cpu::varint_decode(work);
    case Operation::zigzag_encode: return cpu::zigzag_encode(work);
    case Operation::zigzag_decode: return cpu::zigzag_decode(work);
    case Operation::delta_encode: return cpu::delta_encode(work);
    case Operation::delta_decode: return cpu::delta_decode(work);
    case Operation::bit_pack: return cpu::bit_pack(work);
    case Operation::bit_unpack: return cpu::bit_unpack(work);
    case Operation::frame_encode: return cpu::frame_encode(work);
    case Operation::frame_decode: return cpu::frame_decode(work);
    case Operation::dictionary: return cpu::dictionary(work, batch.table);
    case Operation::histogram: return cpu::histogram(work);
    case Operation::pattern_match: return needles->match(work);
    case Operation::cut_points: return cpu::cut_points(work, batch.table, batch.cuts);
    case Operation::blake3: return cpu::blake3(work);
    case Operation::lz4_decode: return cpu::lz4_decode(work);
  }
  return {0, ItemStatus::corrupt};
}

using Counters = std::array<std::atomic<std::uint64_t>, 4>;

// Batches are done when submit() returns.
class CpuQueue final : public Queue {
 public:
  explicit CpuQueue(std::shared_ptr<Counters> counters) : counters_(std::move(counters)) {}

  Result<void> submit(const Batch& batch) override {
    NPK_TRY(check_batch(batch));
    if (batch.inputs.empty()) return {};
    const auto begin = std::chrono::steady_clock::now();
    std::optional<cpu::NeedleSet> needles;
    if (batch.operation == Operation::pattern_match) needles.emplace(batch.needles);
    for (std::size_t item = 0; item < batch.inputs.size(); ++item) batch.outcomes[item] = run_item(batch, needles ? &*needles : nullptr, item);
    const auto taken = std::chrono::duration_cast<std::chrono::nanoseconds>(std::chrono::steady_clock::now() - begin);
    times_.kernel_nanoseconds += static_cast<std::uint64_t>(taken.count());
    (*counters_)[0] += 1;
    (*counters_)[1] += 1;
    return {};
  }
  Result<BatchTimes> wait() override { return std::exchange(times_, {}); }

 private:
  std::shared_ptr<Counters> counters_;
  BatchTimes times_;
};

class CpuHostBuffer final : public HostBuffer {
 public:
  explicit CpuHostBuffer(std::size_t bytes) : bytes_(bytes) {}
  MutableBytes bytes() noexcept override { return bytes_; }

 private:
  Bytes bytes_;
};

class CpuEngine final : public Engine {
 public:
  const AccelDevice& device() const noexcept override { return device_; }
  Result<std::unique_ptr<Queue>> open_queue() override { return std::make_unique<CpuQueue>(counters_); }
  Result<std::unique_ptr<HostBuffer>> allocate(std::size_t bytes) override { return std::make_unique<CpuHostBuffer>(bytes); }
  std::uint64_t device_bytes(const Batch&) const override { return 0; }
  EngineCounters counters() const noexcept override { return {.batches = (*counters_)[0], .kernels = (*counters_)[1]}; }

 private:
  AccelDevice device_ = cpu_device();
  std::shared_ptr<Counters> counters_ = std::make_shared<Counters>();
};

std::string processor_name() {
  std::ifstream lines("/proc/cpuinfo");
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("model name")) continue;
    const std::size_t colon = line.find(": ");
    if (colon != std::string::npos) return line.substr(colon + 2);
  }
  utsname names{};
  return ::uname(&names) == 0 ? names.machine : "processor";
}

}  // namespace

AccelDevice cpu_device() {
  const long processors = ::sysconf(_SC_NPROCESSORS_ONLN);
  const long pages = ::sysconf(_SC_PHYS_PAGES), page = ::sysconf(_SC_PAGESIZE);
  const std::uint64_t memory = pages > 0 && page > 0 ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(page) : 0;
  return {.backend = AccelBackend::cpu, .name = processor_name(), .driver = "reference, one core", .memory_bytes = memory, .largest_allocation_bytes = memory,
          .units = static_cast<std::uint32_t>(std::max(processors, 1L)), .is_processor = true};
}

std::unique_ptr<Engine> open_cpu() { return std::make_unique<CpuEngine>(); }

}  // namespace npk::accel
