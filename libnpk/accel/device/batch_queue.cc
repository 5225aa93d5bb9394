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
  BatchQueue(std::unique_ptr<DeviceQueue> device, const GroupSizes& groups, std::shared_ptr<SharedCounters> counters)
      : device_(std::move(device)), groups_(groups), counters_(std::move(counters)) {}
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
    NPK_TRY(device_->write(DeviceBuffer::table, bytes_of(table)));
    NPK_TRY(device_->write(DeviceBuffer::items, bytes_of(plan_.items)));
    NPK_TRY(device_->write(DeviceBuffer::tiles, bytes_of(plan_.tiles)));
    NPK_TRY(device_->write(DeviceBuffer::outcomes, bytes_of(plan_.outcomes)));
    std::uint64_t kernels = 0;
    for (const Launch& launch : plan_.launches) NPK_TRY(run(launch, kernels));
    NPK_TRY(read_back(batch));
    counters_->add_batch(kernels, input.size(), plan_.output.bytes);
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
    if (!plan_.output_is_whole) staged_.resize(plan_.output.bytes);
    const MutableBytes to = plan_.output_is_whole ? batch.output.subspan(plan_.output.offset, plan_.output.bytes) : MutableBytes(staged_);
    NPK_TRY(device_->read(DeviceBuffer::output, to));
    return device_->read(DeviceBuffer::outcomes, {reinterpret_cast<std::uint8_t*>(plan_.outcomes.data()), plan_.outcomes.size() * sizeof(OutcomeRecord)});
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
    const OutcomeRecord& record = plan_.outcomes[item];
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

  std::unique_ptr<DeviceQueue> device_;
  GroupSizes groups_;
  std::shared_ptr<SharedCounters> counters_;
  Plan plan_;
  Batch batch_;  // under way; without items: none
  Bytes staged_;
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

std::unique_ptr<Queue> make_batch_queue(std::unique_ptr<DeviceQueue> device, const GroupSizes& groups, std::shared_ptr<SharedCounters> counters) {
  return std::make_unique<BatchQueue>(std::move(device), groups, std::move(counters));
}

}  // namespace npk::accel
