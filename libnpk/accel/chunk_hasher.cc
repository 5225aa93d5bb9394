#include "accel/chunk_hasher.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdlib>
#include <cstring>

#include "accel/cpu/operations.h"
#include "accel/device/backends.h"


namespace npk::accel {
namespace {

constexpr std::uint64_t kPlaceBytes = 64;  // chunks are laid out at multiples of it

constexpr std::uint64_t laid_out_bytes(std::uint64_t bytes) noexcept { return (bytes + kPlaceBytes - 1) / kPlaceBytes * kPlaceBytes; }

Result<AccelMode> mode_of(std::optional<AccelMode> asked) {
  if (asked) return *asked;
  const char* const forced = std::getenv("NPK_ACCEL");
  if (forced == nullptr || *forced == '\0' || std::string_view(forced) == "cpu") return AccelMode::off;
  const auto mode = accel_mode_of(forced);
  if (!mode) return fail(Errc::misuse, "NPK_ACCEL is '" + std::string(forced) + "', and none of cpu, off, auto, opencl and cuda");
  return *mode;
}

// The processor's own.
void hash_here(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
  for (std::size_t i = 0; i < extents.size(); ++i) {
    const Outcome done = cpu::blake3({bytes.subspan(extents[i].offset, extents[i].bytes), digests[i], 0, sizeof(Digest)});
    static_cast<void>(done);  // it can't fail
  }
}

struct Measured {
  double rate = 0;
  Bytes digests;
};

// Bytes a second of a hasher's own work: chunks of 64 KiB, from memory to memory. The second of two runs.
Result<Measured> measure(Engine& engine) {
  constexpr std::uint64_t kChunkBytes = 64U << 10, kChunks = 64;
  NPK_ASSIGN(const auto queue, engine.open_queue());
  NPK_ASSIGN(const auto input, engine.allocate(kChunks * kChunkBytes));
  Bytes output(kChunks * sizeof(Digest));
  for (std::size_t i = 0; i < input->bytes().size(); ++i) input->bytes()[i] = static_cast<std::uint8_t>(i * i >> 7);
  std::vector<Extent> inputs, outputs;
  for (std::uint64_t i = 0; i < kChunks; ++i) {
    inputs.push_back({i * kChunkBytes, kChunkBytes});
    outputs.push_back({i * sizeof(Digest), sizeof(Digest)});
  }
  std::vector<Outcome> outcomes(kChunks);
  std::chrono::duration<double> taken{};
  for (int run = 0; run < 2; ++run) {
    const auto begin = std::chrono::steady_clock::now();
    NPK_TRY(queue->submit({.operation = Operation::blake3, .input = input->bytes(), .inputs = inputs, .output = output, .outputs = outputs, .outcomes = outcomes}));
    NPK_ASSIGN(const BatchTimes times, queue->wait());
    static_cast<void>(times);
    taken = std::chrono::steady_clock::now() - begin;
  }
  return Measured{static_cast<double>(kChunks * kChunkBytes) / std::max(taken.count(), 1e-9), std::move(output)};
}

}  // namespace

// Two slots by turns: while a device works on one, the other is filled.
class ChunkHasher::Lane {
 public:
  static Result<std::unique_ptr<Lane>> open(Engine& engine) {
    auto lane = std::make_unique<Lane>();
    lane->engine_ = &engine;
    for (Slot& slot : lane->slots_) {
      NPK_ASSIGN(slot.queue, engine.open_queue());
    }
    return lane;
  }

  Result<void> hash(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
    std::size_t turn = 0;
    while (!extents.empty()) {
      std::uint64_t room = 0;
      const std::size_t count = group_of(extents, room);
      Slot& slot = slots_[turn++ % slots_.size()];
      NPK_TRY(finish(slot));
      NPK_TRY(reserve(slot, room, count));
      fill(slot, bytes, extents.first(count), digests.first(count));
      NPK_TRY(slot.queue->submit({.operation = Operation::blake3, .input = slot.input->bytes(), .inputs = slot.inputs, .output = slot.output->bytes(),
                                  .outputs = slot.outputs, .outcomes = slot.outcomes}));
      slot.is_busy = true;
      extents = extents.subspan(count);
      digests = digests.subspan(count);
    }
    for (Slot& slot : slots_) NPK_TRY(finish(slot));
    return {};
  }

  [[nodiscard]] BatchTimes take_times() noexcept { return std::exchange(times_, {}); }

 private:
  struct Slot {
    std::unique_ptr<HostBuffer> input, output;
    std::unique_ptr<Queue> queue;  // goes before the buffers that it uses
    std::vector<Extent> inputs, outputs;
    std::vector<Outcome> outcomes;
    std::span<Digest> digests;
    bool is_busy = false;
  };

  // As many as fit a group, at least one.
  static std::size_t group_of(std::span<const Extent> extents, std::uint64_t& room) noexcept {
    std::size_t count = 0;
    while (count < extents.size() && count < kMostItems && (count == 0 || room + laid_out_bytes(extents[count].bytes) <= kGroupBytes)) room += laid_out_bytes(extents[count++].bytes);
    return count;
  }

  Result<void> reserve(Slot& slot, std::uint64_t room, std::size_t count) {
    if (slot.input == nullptr || slot.input->bytes().size() < room) {
      slot.input.reset();
      NPK_ASSIGN(slot.input, engine_->allocate(std::max(room, std::min(kGroupBytes, 2 * room))));
    }
    if (slot.output == nullptr || slot.output->bytes().size() < count * sizeof(Digest)) {
      slot.output.reset();
      NPK_ASSIGN(slot.output, engine_->allocate(2 * count * sizeof(Digest)));
    }
    return {};
  }

  static void fill(Slot& slot, ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
    slot.inputs.clear();
    slot.outputs.clear();
    slot.outcomes.assign(extents.size(), {});
    slot.digests = digests;
    std::uint64_t at = 0;
    for (const Extent& extent : extents) {
      if (extent.bytes != 0) std::memcpy(slot.input->bytes().data() + at, bytes.subspan(extent.offset, extent.bytes).data(), extent.bytes);
      slot.inputs.push_back({at, extent.bytes});
      slot.outputs.push_back({slot.outputs.size() * sizeof(Digest), sizeof(Digest)});
      at += laid_out_bytes(extent.bytes);
    }
  }

  Result<void> finish(Slot& slot) {
    if (!std::exchange(slot.is_busy, false)) return {};
    NPK_ASSIGN(const BatchTimes times, slot.queue->wait());
    times_.kernel_nanoseconds += times.kernel_nanoseconds;
    times_.transfer_nanoseconds += times.transfer_nanoseconds;
    for (std::size_t i = 0; i < slot.digests.size(); ++i) {
      if (slot.outcomes[i] != Outcome{sizeof(Digest), ItemStatus::ok}) return fail(Errc::io, "the device gave back no digest");
      std::memcpy(slot.digests[i].data(), slot.output->bytes().data() + i * sizeof(Digest), sizeof(Digest));
    }
    return {};
  }

  Engine* engine_ = nullptr;
  std::array<Slot, 2> slots_;
  BatchTimes times_;
};

ChunkHasher::ChunkHasher(AccelUse use) : use_(std::move(use)) {}
ChunkHasher::~ChunkHasher() = default;

Result<std::unique_ptr<ChunkHasher>> ChunkHasher::make(std::optional<AccelMode> asked, const Drivers& drivers) {
  NPK_ASSIGN(const AccelMode mode, mode_of(asked));
  std::unique_ptr<ChunkHasher> hasher(new ChunkHasher(AccelUse{.asked = mode}));
  if (mode == AccelMode::opencl) NPK_TRY(hasher->open(AccelBackend::opencl, drivers));
  if (mode == AccelMode::cuda) NPK_TRY(hasher->open(AccelBackend::cuda, drivers));
  if (mode != AccelMode::automatic) return hasher;
  hasher->use_.reason = "there is no device but the processor";
  for (const AccelDevice& device : find_devices(drivers)) {
    if (device.is_processor || hasher->engine_ != nullptr) continue;
    auto engine = open_engine(device.backend, device.number, drivers);
    if (!engine) continue;
    const auto measured = measure(**engine);
    const auto own = measure(*open_cpu());
    if (!measured || !own) continue;
    const bool is_faster = measured->rate > own->rate || drivers.take_slower;
    hasher->use_.device_rate = measured->rate;
    hasher->use_.processor_rate = own->rate;
    hasher->use_.reason = is_faster ? "measured to be faster than a core" : "no device was measured to be faster than a core";
    if (measured->digests != own->digests) hasher->use_.reason = "the device gives other digests than the processor";
    if (!is_faster || measured->digests != own->digests) continue;
    hasher->use_.device = device;
    hasher->engine_ = *std::move(engine);
  }
  return hasher;
}

Result<void> ChunkHasher::open(AccelBackend backend, const Drivers& drivers) {
  auto engine = open_engine(backend, 0, drivers);
  if (!engine && engine.error().code == Errc::unsupported) return fail(Errc::misuse, engine.error().message);
  NPK_ASSIGN(engine_, std::move(engine));
  use_.device = engine_->device();
  use_.reason = "asked for";
  return {};
}

Result<std::unique_ptr<ChunkHasher::Lane>> ChunkHasher::take_lane() {
  {
    const std::lock_guard lock(mutex_);
    if (!idle_.empty()) {
      auto lane = std::move(idle_.back());
      idle_.pop_back();
      return lane;
    }
  }
  return Lane::open(*engine_);
}

void ChunkHasher::give_back(std::unique_ptr<Lane> lane, std::uint64_t bytes) {
  const std::lock_guard lock(mutex_);
  const BatchTimes times = lane->take_times();
  use_.kernel_nanoseconds += times.kernel_nanoseconds;
  use_.transfer_nanoseconds += times.transfer_nanoseconds;
  use_.bytes += bytes;
  idle_.push_back(std::move(lane));
}

Result<void> ChunkHasher::hash(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
  if (engine_ == nullptr || digests.size() != extents.size()) return fail(Errc::misuse, "no device, or not as many digests as chunks");
  for (const Extent& extent : extents) {
    if (extent.bytes > kMostItemBytes || extent.offset > bytes.size() || extent.bytes > bytes.size() - extent.offset) return fail(Errc::misuse, "a chunk does not lie within");
  }
  auto hashed = hash_on_device(bytes, extents, digests);
  if (hashed || use_.asked != AccelMode::automatic) return hashed;
  has_failed_ = true;
  {
    const std::lock_guard lock(mutex_);
    use_.reason = "the device failed, and the processor went on: " + hashed.error().message;
  }
  hash_here(bytes, extents, digests);
  return {};
}

// A lane whose device failed is not used again.
Result<void> ChunkHasher::hash_on_device(ByteView bytes, std::span<const Extent> extents, std::span<Digest> digests) {
  std::uint64_t all = 0;
  for (const Extent& extent : extents) all += extent.bytes;
  NPK_ASSIGN(auto lane, take_lane());
  NPK_TRY(lane->hash(bytes, extents, digests));
  give_back(std::move(lane), all);
  return {};
}

AccelUse ChunkHasher::use() const {
  const std::lock_guard lock(mutex_);
  AccelUse use = use_;
  if (engine_ == nullptr) return use;
  const EngineCounters counters = engine_->counters();
  use.batches = counters.batches;
  use.kernels = counters.kernels;
  return use;
}

}  // namespace npk::accel
