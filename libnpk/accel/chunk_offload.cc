#include "accel/chunk_offload.h"

#include <algorithm>
#include <cstdlib>

#include "accel/offload_tasks.h"

namespace npk::accel {
namespace {

Result<AccelMode> mode_of(std::optional<AccelMode> asked) {
  if (asked) return *asked;
  const char* const forced = std::getenv("NPK_ACCEL");
  if (forced == nullptr || *forced == '\0' || std::string_view(forced) == "cpu") return AccelMode::off;
  const auto mode = accel_mode_of(forced);
  if (!mode) return fail(Errc::misuse, "NPK_ACCEL is '" + std::string(forced) + "', and none of cpu, off, auto, opencl and cuda");
  return *mode;
}

}  // namespace

ChunkOffload::ChunkOffload(AccelUse use) : use_(std::move(use)) {}
ChunkOffload::~ChunkOffload() = default;

Result<std::unique_ptr<ChunkOffload>> ChunkOffload::make(const OffloadOptions& options) {
  NPK_ASSIGN(const AccelMode mode, mode_of(options.asked));
  std::unique_ptr<ChunkOffload> offload(new ChunkOffload(AccelUse{.asked = mode}));
  if (mode == AccelMode::opencl) NPK_TRY(offload->open(AccelBackend::opencl, options.drivers));
  if (mode == AccelMode::cuda) NPK_TRY(offload->open(AccelBackend::cuda, options.drivers));
  if (mode == AccelMode::automatic) offload->choose(options);
  return offload;
}

Result<void> ChunkOffload::open(AccelBackend backend, const Drivers& drivers) {
  auto engine = open_engine(backend, 0, drivers);
  if (!engine && engine.error().code == Errc::unsupported) return fail(Errc::misuse, engine.error().message);
  NPK_ASSIGN(engine_, std::move(engine));
  use_.device = engine_->device();
  use_.reason = "asked for";
  return {};
}

Result<std::unique_ptr<OffloadLane>> ChunkOffload::take_lane() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto lane = std::move(idle_.back());
      idle_.pop_back();
      return lane;
    }
  }
  return OffloadLane::open(*engine_);
}

// A lane whose device failed is not used again.
Result<void> ChunkOffload::run(OffloadTask& task, std::uint64_t AccelUse::*counter) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < task.count(); ++i) bytes += task.input(i).size() - task.parameter(i);
  NPK_ASSIGN(auto lane, take_lane());
  NPK_TRY(lane->run(task));
  const BatchTimes times = lane->take_times();
  const std::lock_guard lock(mutex_);
  use_.kernel_nanoseconds += times.kernel_nanoseconds;
  use_.transfer_nanoseconds += times.transfer_nanoseconds;
  use_.*counter += bytes;
  idle_.push_back(std::move(lane));
  return {};
}

// Only where nobody asked for the device by its name.
bool ChunkOffload::goes_on_without(const Error& error) {
  if (use_.asked != AccelMode::automatic) return false;
  has_failed_ = true;
  const std::lock_guard lock(mutex_);
  use_.reason = "the device failed, and the processor went on: " + error.message;
  return true;
}

Result<void> ChunkOffload::hash(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
  if (engine_ == nullptr || digests.size() != extents.size()) return fail(Errc::misuse, "no device, or not as many digests as chunks");
  for (const Extent& extent : extents) {
    if (!lies_within(extent, bytes.size())) return fail(Errc::misuse, "a chunk does not lie within");
  }
  HashTask task(bytes, extents, digests);
  auto hashed = run(task, &AccelUse::hashed_bytes);
  if (!hashed && goes_on_without(hashed.error())) return task.run_here(), Result<void>();
  return hashed;
}

Result<void> ChunkOffload::find_cuts(const chunk::CandidateScanner& scanner, ByteView bytes, std::span<const CutSlice> slices) {
  if (engine_ == nullptr) return fail(Errc::misuse, "no device");
  for (const CutSlice& slice : slices) {
    if (!lies_within(slice.extent, bytes.size()) || slice.before > slice.extent.offset || slice.extent.bytes > chunk::CandidateScanner::kLargestSlice ||
        slice.found == nullptr)
      return fail(Errc::misuse, "a slice does not lie within, or has nowhere for its candidates");
  }
  CutTask task(scanner, bytes, slices);
  auto found = run(task, &AccelUse::cut_bytes);
  if (!found && goes_on_without(found.error())) return task.run_here();
  return found;
}

AccelUse ChunkOffload::use() const {
  const std::lock_guard lock(mutex_);
  AccelUse use = use_;
  if (engine_ == nullptr) return use;
  const EngineCounters counters = engine_->counters();
  use.batches = counters.batches - use.batches;
  use.kernels = counters.kernels - use.kernels;
  return use;
}

}  // namespace npk::accel
