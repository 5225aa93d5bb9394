// What `automatic` takes: each device is measured at the work that it would do, beside the threads that would do it otherwise.
#include <algorithm>
#include <chrono>
#include <functional>
#include <system_error>
#include <thread>

#include "accel/offload_tasks.h"

namespace npk::accel {
namespace {

constexpr std::array<std::uint64_t, 3> kCallBytes = {ChunkOffload::kLeastBytes, 1U << 20, 4U << 20};
constexpr std::uint64_t kBytesOfAThread = 4U << 20;
constexpr double kWorthwhile = 1.1;  // times as fast
constexpr double kHopeless = 1.0 / 16;  // larger calls do not gain that much
constexpr unsigned kMostThreads = 64;

// A thread's share: calls of so many bytes of chunks of 64 KiB, and what came out of them.
class Sample {
 public:
  Sample(const chunk::CandidateScanner* scanner, ByteView bytes, std::uint64_t call_bytes)
      : scanner_(scanner), bytes_(bytes), digests_(call_bytes / kChunkBytes), found_(1) {
    for (std::uint64_t at = 0; at < call_bytes; at += kChunkBytes) chunks_.push_back({at, kChunkBytes});
    slice_ = {{kBefore, call_bytes - kBefore}, kBefore, found_.data()};
    calls_ = kBytesOfAThread / call_bytes;
  }
  Sample(const Sample&) = delete;
  Sample& operator=(const Sample&) = delete;

  // Without a lane by the processor.
  Result<void> run(OffloadLane* lane) {
    for (std::uint64_t call = 0; call < calls_; ++call) {
      if (scanner_ == nullptr) {
        HashTask task(bytes_, chunks_, digests_);
        if (lane == nullptr) task.run_here();
        else NPK_TRY(lane->run(task));
      } else {
        CutTask task(*scanner_, bytes_, {&slice_, 1});
        NPK_TRY(lane == nullptr ? task.run_here() : lane->run(task));
      }
    }
    return {};
  }
  [[nodiscard]] bool is_same_as(const Sample& other) const { return digests_ == other.digests_ && found_ == other.found_; }

 private:
  static constexpr std::uint64_t kChunkBytes = 64U << 10, kBefore = 63;

  const chunk::CandidateScanner* scanner_;  // null: hashing
  ByteView bytes_;
  std::uint64_t calls_ = 0;
  std::vector<Extent> chunks_;
  std::vector<Digest> digests_;
  std::vector<std::vector<chunk::Candidate>> found_;
  CutSlice slice_;
};

// All of them at once; the first failure. A thread that can't be had does not count against either side: then it is done by this one.
Result<void> run_at_once(std::size_t count, const std::function<Result<void>(std::size_t)>& work) {
  std::vector<Result<void>> results(count);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 1; i < count; ++i) {
      try {
        threads.emplace_back([&, i] { results[i] = work(i); });
      } catch (const std::system_error&) {
        results[i] = work(i);
      }
    }
    results[0] = work(0);
  }
  for (Result<void>& result : results) NPK_TRY(std::move(result));
  return {};
}

// Bytes a second; the quickest of three runs, of which the first also sets up.
Result<double> rate_of(std::vector<std::unique_ptr<Sample>>& samples, const std::vector<std::unique_ptr<OffloadLane>>& lanes) {
  std::chrono::duration<double> quickest{1e9};
  for (int run = 0; run < 3; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    NPK_TRY(run_at_once(samples.size(), [&](std::size_t i) { return samples[i]->run(lanes.empty() ? nullptr : lanes[i].get()); }));
    quickest = std::min<std::chrono::duration<double>>(quickest, std::chrono::steady_clock::now() - begin);
  }
  return static_cast<double>(samples.size() * kBytesOfAThread) / std::max(quickest.count(), 1e-9);
}

struct Verdict {
  std::uint64_t least_bytes = UINT64_MAX;  // of a call for which it is faster; none
  double device_rate = 0, processor_rate = 0;  // at that size, or at the largest
  bool differs = false;
};

std::vector<std::unique_ptr<Sample>> samples_of(std::size_t count, const chunk::CandidateScanner* scanner, ByteView bytes, std::uint64_t call_bytes) {
  std::vector<std::unique_ptr<Sample>> samples;
  for (std::size_t i = 0; i < count; ++i) samples.push_back(std::make_unique<Sample>(scanner, bytes, call_bytes));
  return samples;
}

Result<Verdict> compare(const std::vector<std::unique_ptr<OffloadLane>>& lanes, const chunk::CandidateScanner* scanner, ByteView bytes, bool take_slower) {
  Verdict verdict;
  for (const std::uint64_t call_bytes : kCallBytes) {
    auto on_device = samples_of(lanes.size(), scanner, bytes, call_bytes), here = samples_of(lanes.size(), scanner, bytes, call_bytes);
    NPK_ASSIGN(verdict.device_rate, rate_of(on_device, lanes));
    NPK_ASSIGN(verdict.processor_rate, rate_of(here, {}));
    for (std::size_t i = 0; i < lanes.size(); ++i) verdict.differs = verdict.differs || !on_device[i]->is_same_as(*here[i]);
    if (verdict.differs) return verdict;
    if (verdict.device_rate < kHopeless * verdict.processor_rate && !take_slower) return verdict;
    if (verdict.device_rate < kWorthwhile * verdict.processor_rate && !take_slower) continue;
    verdict.least_bytes = call_bytes;
    return verdict;
  }
  return verdict;
}

}  // namespace

void ChunkOffload::choose(const OffloadOptions& options) {
  use_.reason = "there is no device but the processor";
  for (const AccelDevice& device : find_devices(options.drivers)) {
    if (!device.is_processor && try_device(device, options)) return;
  }
}

// Whether it was taken. One that fails or gives other results is passed by, and use() says why.
bool ChunkOffload::try_device(const AccelDevice& device, const OffloadOptions& options) {
  const unsigned wanted = options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  auto engine = open_engine(device.backend, device.number, options.drivers);
  if (!engine) return false;
  std::vector<std::unique_ptr<OffloadLane>> lanes;
  for (unsigned i = 0; i < std::min(wanted, kMostThreads); ++i) {
    auto lane = OffloadLane::open(**engine);
    if (!lane) return false;
    lanes.push_back(*std::move(lane));
  }
  Bytes bytes(kCallBytes.back());
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(i * i >> 7);
  const auto hashing = compare(lanes, nullptr, bytes, options.drivers.take_slower);
  const auto cutting = options.scanner != nullptr ? compare(lanes, options.scanner, bytes, options.drivers.take_slower) : Result<Verdict>(Verdict());
  if (!hashing || !cutting || hashing->differs || cutting->differs) {
    use_.reason = !hashing || !cutting ? "the device failed when it was measured" : "the device gives other results than the processor";
    return false;
  }
  use_.hash_rates = {hashing->device_rate, hashing->processor_rate};
  use_.cut_rates = {cutting->device_rate, cutting->processor_rate};
  least_hashed_ = hashing->least_bytes;
  least_cut_ = cutting->least_bytes;
  if (std::min(least_hashed_, least_cut_) == UINT64_MAX) {
    use_.reason = "no device was measured to be faster";
    return false;
  }
  use_.reason = least_hashed_ == UINT64_MAX ? "measured to be faster, at cutting only"
                : options.scanner != nullptr && least_cut_ == UINT64_MAX ? "measured to be faster, at hashing only"
                                                                         : "measured to be faster";
  use_.device = device;
  engine_ = *std::move(engine);
  for (auto& lane : lanes) static_cast<void>(lane->take_times());
  idle_ = std::move(lanes);
  const EngineCounters counters = engine_->counters();
  use_.batches = counters.batches;  // so far; use() gives those since
  use_.kernels = counters.kernels;
  return true;
}

}  // namespace npk::accel
