#include <algorithm>
#include <atomic>
#include <cstring>

#include "accel/device/device_queue.h"

namespace npk::accel {

class SharedCounters {
 public:
  void add_batch(std::uint64_t kernels, std::uint64_t to_device, std::uint64_t from_device) noexcept {
    batches_.fetch_add(1, std::memory_order_relaxed);
    kernels_.fetch_add(kernels, std::memory_order_relaxed);
    to_device_.fetch_add(to_device, std::memory_order_relaxed);
    from_device_.fetch_add(from_device, std::memory_order_relaxed);
  }
  [[nodiscard]] EngineCounters read() const noexcept { return {batches_.load(), kernels_.load(), to_device_.load(), from_device_.load()}; }

 private:
  std::atomic<std::uint64_t> batches_{0}, kernels_{0}, to_device_{0}, from_device_{0};
};

std::shared_ptr<SharedCounters> make_counters() { return std::make_shared<SharedCounters>(); }
EngineCounters read_counters(const SharedCounters& counters) noexcept { return counters.read(); }

GroupSizes group_sizes(bool is_processor, std::uint32_t forced) noexcept {
  if (forced != 0) return {forced, forced, forced};
  // A processor's work items are steps of a loop: in groups of one the loops over a tile are plain loops.
  return is_processor ? GroupSizes{8, 1, 1} : GroupSizes{};
}

namespace {

template <class T>
ByteView bytes_of(std::span<const T> values) noexcept {
  return {reinterpret_cast<const std::uint8_t*>(values.data()), values.size_bytes()};
}
template <class T>
ByteView bytes_of(const std::vector<T>& values) noexcept {
  return bytes_of(std::span<const T>(values));
}

// Memory that a device copies by itself, shared out from its beginning.
class Staging {
 public:
  explicit Staging(Engine& engine) noexcept : engine_(engine) {}

  // So many bytes; what lay there before is gone.
  Result<void> reserve(std::uint64_t bytes) {
    used_ = 0;
    if (buffer_ != nullptr && buffer_->bytes().size() >= bytes) return {};
    buffer_.reset();
    NPK_ASSIGN(buffer_, engine_.allocate(static_cast<std::size_t>(std::max(kLeastBytes, bytes + bytes / 2))));
    return {};
  }
  [[nodiscard]] MutableBytes take(std::uint64_t bytes) noexcept {
    const MutableBytes part = buffer_->bytes().subspan(static_cast<std::size_t>(used_), static_cast<std::size_t>(bytes));
    used_ += laid_out(bytes);
    return part;
  }
  [[nodiscard]] ByteView keep(ByteView bytes) noexcept {
    const MutableBytes part = take(bytes.size());
    std::ranges::copy(bytes, part.begin());
    return part;
  }
  [[nodiscard]] static constexpr std::uint64_t laid_out(std::uint64_t bytes) noexcept { return (bytes + 15) / 16 * 16; }

 private:
  static constexpr std::uint64_t kLeastBytes = 64U << 10;

  Engine& engine_;
  std::unique_ptr<HostBuffer> buffer_;
  std::uint64_t used_ = 0;
};

// Kernels read whole words, the last of which may end behind the bytes.
constexpr std::uint64_t kSlackBytes = 16;

BufferSizes buffer_sizes(const Batch& batch, const PlanSizes& sizes, const Extent& input, const Extent& output, std::uint64_t table_words) noexcept {
  BufferSizes bytes{};
  const auto set = [&bytes](DeviceBuffer buffer, std::uint64_t count) { bytes[static_cast<std::size_t>(buffer)] = count + kSlackBytes; };
  set(DeviceBuffer::input, input.bytes);
  set(DeviceBuffer::output, output.bytes);
  set(DeviceBuffer::table, table_words * 8);
  set(DeviceBuffer::items, batch.inputs.size() * sizeof(ItemRecord));
  set(DeviceBuffer::tiles, sizes.tiles * sizeof(TileRecord));
  set(DeviceBuffer::outcomes, batch.inputs.size() * sizeof(OutcomeRecord));
  set(DeviceBuffer::scratch, sizes.scratch_words * 8);
  return bytes;
}

class BatchQueue final : public Queue {
 public:
  BatchQueue(Engine& engine, std::unique_ptr<DeviceQueue> device, const GroupSizes& groups, std::shared_ptr<SharedCounters> counters)
      : staging_(engine), device_(std::move(device)), groups_(groups), counters_(std::move(counters)) {}
  ~BatchQueue() override {
    if (batch_.inputs.empty()) return;
    const auto done = device_->finish();
    static_cast<void>(done);  // nobody is left to be told
  }

  Result<void> submit(const Batch& batch) override {
    NPK_TRY(check_batch(batch));
    if (!batch_.inputs.empty()) NPK_TRY(complete());
    if (batch.inputs.empty()) return {};
    NPK_ASSIGN(plan_, make_plan(batch));
    if (auto begun = begin(batch); !begun) {
      const auto drained = device_->finish();
      static_cast<void>(drained);  // the first failure is the one to tell
      return begun;
    }
    batch_ = batch;
    return {};
  }

  Result<BatchTimes> wait() override {
    if (!batch_.inputs.empty()) NPK_TRY(complete());
    return std::exchange(times_, {});
  }

 private:
  Result<void> begin(const Batch& batch) {
    const std::span<const std::uint64_t> table = plan_.table.empty() ? batch.table : plan_.table;
    NPK_TRY(device_->reserve(buffer_sizes(batch, {plan_.tiles.size(), plan_.scratch_words}, plan_.input, plan_.output, table.size())));
    const ByteView input = batch.input.subspan(plan_.input.offset, plan_.input.bytes);
    NPK_TRY(device_->write(DeviceBuffer::input, input));
    NPK_TRY(stage(table));
    std::uint64_t kernels = 0;
    for (const Launch& launch : plan_.launches) NPK_TRY(run(launch, kernels));
    NPK_TRY(read_back(batch));
    counters_->add_batch(kernels, input.size(), plan_.output.bytes);
    return {};
  }

  Result<void> stage(std::span<const std::uint64_t> table) {
    const std::array<std::pair<DeviceBuffer, ByteView>, 4> parts = {{{DeviceBuffer::table, bytes_of(table)},
                                                                     {DeviceBuffer::items, bytes_of(plan_.items)},
                                                                     {DeviceBuffer::tiles, bytes_of(plan_.tiles)},
                                                                     {DeviceBuffer::outcomes, bytes_of(plan_.outcomes)}}};
    const std::uint64_t outcome_bytes = parts.back().second.size(), output_bytes = plan_.output_is_whole ? 0 : plan_.output.bytes;
    std::uint64_t all = Staging::laid_out(outcome_bytes) + output_bytes;
    for (const auto& [buffer, bytes] : parts) all += Staging::laid_out(bytes.size());
    NPK_TRY(staging_.reserve(all));
    for (const auto& [buffer, bytes] : parts) NPK_TRY(device_->write(buffer, staging_.keep(bytes)));
    records_ = staging_.take(outcome_bytes);
    staged_ = staging_.take(output_bytes);
    return {};
  }

  Result<void> run(const Launch& launch, std::uint64_t& kernels) {
    const bool by_tile = launch.share == Share::item_a_tile || launch.share == Share::group_a_tile;
    const std::uint64_t count = by_tile ? plan_.tiles.size() : plan_.items.size();
    if (count == 0) return {};
    ++kernels;
    KernelLaunch out{.kernel = launch.kernel, .groups = count, .group_size = groups_.item_group, .count = count, .a = launch.a, .b = launch.b};
    if (launch.share == Share::group_a_tile) out.group_size = groups_.tile_group;
    if (launch.share == Share::item_a_tile || launch.share == Share::item_an_item) {
      out.group_size = groups_.tile_items;
      out.groups = (count + out.group_size - 1) / out.group_size;
    }
    return device_->launch(out);
  }

  Result<void> read_back(const Batch& batch) {
    NPK_TRY(device_->read(DeviceBuffer::output, plan_.output_is_whole ? batch.output.subspan(plan_.output.offset, plan_.output.bytes) : staged_));
    return device_->read(DeviceBuffer::outcomes, records_);
  }

  Result<void> complete() {
    const Batch batch = std::exchange(batch_, {});
    NPK_ASSIGN(const BatchTimes times, device_->finish());
    times_.kernel_nanoseconds += times.kernel_nanoseconds;
    times_.transfer_nanoseconds += times.transfer_nanoseconds;
    for (std::size_t item = 0; item < batch.outcomes.size(); ++item) NPK_TRY(give_back(batch, item));
    return {};
  }

  // A device's word is not taken for what the caller will rely on.
  Result<void> give_back(const Batch& batch, std::size_t item) {
    OutcomeRecord record;
    std::memcpy(&record, records_.data() + item * sizeof record, sizeof record);
    const Extent& room = batch.outputs[item];
    Outcome& outcome = batch.outcomes[item];
    outcome = {record.bytes, static_cast<ItemStatus>(record.status)};
    if (record.status > static_cast<std::uint32_t>(ItemStatus::corrupt) || (outcome.status == ItemStatus::ok && outcome.bytes > room.bytes))
      return fail(Errc::io, "the device gave back an outcome that is none");
    if (outcome.status != ItemStatus::ok && outcome.status != ItemStatus::no_room) outcome.bytes = 0;
    if (!plan_.output_is_whole && outcome.status == ItemStatus::ok && outcome.bytes != 0)
      std::memcpy(batch.output.data() + room.offset, staged_.data() + plan_.items[item].output_offset, outcome.bytes);
    return {};
  }

  Staging staging_;  // goes after the queue that copies from it
  std::unique_ptr<DeviceQueue> device_;
  GroupSizes groups_;
  std::shared_ptr<SharedCounters> counters_;
  Plan plan_;
  Batch batch_;  // under way; without items: none
  MutableBytes records_, staged_;  // in staging_: outcomes, and an output with gaps
  BatchTimes times_;
};

}  // namespace

std::uint64_t device_bytes_of(const Batch& batch) {
  std::uint64_t table_words = batch.table.size();
  if (batch.operation == Operation::pattern_match) {
    table_words = 257;
    for (const ByteView needle : batch.needles) table_words += 2 + needle.size() / 8 + 1;
  }
  const Extent input{0, batch.input.size()}, output{0, batch.output.size()};
  std::uint64_t all = 0;
  for (const std::uint64_t bytes : buffer_sizes(batch, plan_sizes(batch), input, output, table_words)) all += bytes;
  return all;
}

std::unique_ptr<Queue> make_batch_queue(Engine& engine, std::unique_ptr<DeviceQueue> device, const GroupSizes& groups,
                                        std::shared_ptr<SharedCounters> counters) {
  return std::make_unique<BatchQueue>(engine, std::move(device), groups, std::move(counters));
}

}  // namespace npk::accel
