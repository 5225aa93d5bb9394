// links: npk_accel
// Batches of 16 MiB, each operation on each device: bytes of input per second, from memory to memory (`host`, the time measured) and of the
// kernels alone by the device's clock (`kernel`).
#include <benchmark/benchmark.h>

#include <algorithm>

#include "accel/engine.h"
#include "accel/measure_data.h"

namespace {

using namespace npk::accel;

void run(benchmark::State& state, const npk::AccelDevice& device, Operation operation) {
  const MadeWork work = make_work(operation, 16U << 20);
  const auto engine = open_engine(device.backend, device.number);
  if (!engine) return state.SkipWithError(engine.error().to_string().c_str());
  const auto queue = *(*engine)->open_queue();
  const auto input = *(*engine)->allocate(work.input.size());
  const auto output = *(*engine)->allocate(work.output_bytes);
  std::ranges::copy(work.input, input->bytes().begin());
  std::vector<Outcome> outcomes(work.inputs.size());
  std::uint64_t kernel_nanoseconds = 0, bytes = 0;
  for (const Extent& extent : work.inputs) bytes += extent.bytes;
  for (auto _ : state) {
    if (!queue->submit(work.batch(input->bytes(), output->bytes(), outcomes))) return state.SkipWithError("submit failed");
    const auto times = queue->wait();
    if (!times) return state.SkipWithError(times.error().to_string().c_str());
    kernel_nanoseconds += times->kernel_nanoseconds;
  }
  const double all = static_cast<double>(bytes) * static_cast<double>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(all));
  state.counters["kernel"] =
      benchmark::Counter(all / std::max(static_cast<double>(kernel_nanoseconds) / 1e9, 1e-9), benchmark::Counter::kDefaults, benchmark::Counter::kIs1000);
}

[[maybe_unused]] const bool registered = [] {
  for (std::size_t i = 0; i < kOperations; ++i) {
    const auto operation = static_cast<Operation>(i);
    for (const npk::AccelDevice& device : find_devices()) {
      const std::string name = std::string(name_of(operation)) + "/" + std::string(npk::name_of(device.backend)) + "/" + std::to_string(device.number);
      benchmark::RegisterBenchmark(name.c_str(), [device, operation](benchmark::State& state) { run(state, device, operation); })
          ->UseRealTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  return true;
}();

}  // namespace
