#include "accel/offload_lane.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "accel/operation_rules.h"

namespace npk::accel {
namespace {

constexpr std::uint64_t laid_out_bytes(std::uint64_t bytes) noexcept { return (bytes + 7) / 8 * 8; }

// As many items from `first` on as fit a group, at least one.
std::size_t end_of_group(const OffloadTask& task, std::size_t first) noexcept {
  std::uint64_t bytes = 0;
  std::size_t end = first;
  for (; end < task.count() && end - first < kMostItems; ++end) {
    bytes += laid_out_bytes(task.input(end).size());
    if (end != first && bytes > OffloadLane::kGroupBytes) break;
  }
  return end;
}

Result<void> reserve(Engine& engine, std::unique_ptr<HostBuffer>& buffer, std::uint64_t bytes) {
  if (buffer != nullptr && buffer->bytes().size() >= bytes) return {};
  buffer.reset();
  NPK_ASSIGN(buffer, engine.allocate(std::max(bytes, std::min(OffloadLane::kGroupBytes, 2 * bytes))));
  return {};
}

}  // namespace

Result<std::unique_ptr<OffloadLane>> OffloadLane::open(Engine& engine) {
  auto lane = std::make_unique<OffloadLane>();
  lane->engine_ = &engine;
  for (Slot& slot : lane->slots_) {
    NPK_ASSIGN(slot.queue, engine.open_queue());
  }
  return lane;
}

BatchTimes OffloadLane::take_times() noexcept { return std::exchange(times_, {}); }

Result<void> OffloadLane::run(OffloadTask& task) {
  std::size_t turn = 0;
  for (std::size_t first = 0; first < task.count();) {
    const std::size_t end = end_of_group(task, first);
    Slot& slot = slots_[turn++ % slots_.size()];
    NPK_TRY(finish(slot, task));
    NPK_TRY(begin(slot, task, first, end));
    first = end;
  }
  for (Slot& slot : slots_) NPK_TRY(finish(slot, task));
  return {};
}

Result<void> OffloadLane::begin(Slot& slot, const OffloadTask& task, std::size_t first, std::size_t end) {
  Batch batch = task.common();
  slot.first = first;
  slot.inputs.clear();
  slot.outputs.clear();
  slot.parameters.clear();
  std::uint64_t in = 0, out = 0;
  for (std::size_t i = first; i < end; ++i) {
    slot.inputs.push_back({in, task.input(i).size()});
    slot.outputs.push_back({out, task.output_room(i)});
    if (rules_of(batch.operation).largest_parameter != 0) slot.parameters.push_back(task.parameter(i));
    in += laid_out_bytes(task.input(i).size());
    out += task.output_room(i);
  }
  slot.outcomes.assign(end - first, {});
  NPK_TRY(reserve(*engine_, slot.input, in));
  NPK_TRY(reserve(*engine_, slot.output, out));
  for (std::size_t i = first; i < end; ++i) {
    const ByteView from = task.input(i);
    if (!from.empty()) std::memcpy(slot.input->bytes().data() + slot.inputs[i - first].offset, from.data(), from.size());
  }
  batch.input = slot.input->bytes();
  batch.output = slot.output->bytes();
  batch.inputs = slot.inputs;
  batch.outputs = slot.outputs;
  batch.outcomes = slot.outcomes;
  batch.parameters = slot.parameters;
  NPK_TRY(slot.queue->submit(batch));
  slot.is_busy = true;
  return {};
}

Result<void> OffloadLane::finish(Slot& slot, OffloadTask& task) {
  if (!std::exchange(slot.is_busy, false)) return {};
  NPK_ASSIGN(const BatchTimes times, slot.queue->wait());
  times_.kernel_nanoseconds += times.kernel_nanoseconds;
  times_.transfer_nanoseconds += times.transfer_nanoseconds;
  for (std::size_t i = 0; i < slot.outcomes.size(); ++i) {
    const Outcome& outcome = slot.outcomes[i];
    const std::uint64_t bytes = outcome.status == ItemStatus::ok ? outcome.bytes : 0;
    NPK_TRY(task.take(slot.first + i, outcome, ByteView(slot.output->bytes()).subspan(slot.outputs[i].offset, bytes)));
  }
  return {};
}

}  // namespace npk::accel
