// Private to npk_accel: many small items through a device in groups, while it works on one the next is filled.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "accel/engine.h"

namespace npk::accel {

// Items of one operation; `index` below count().
class OffloadTask {
 public:
  virtual ~OffloadTask() = default;
  [[nodiscard]] virtual std::size_t count() const noexcept = 0;
  // Of the operation, what all items share.
  [[nodiscard]] virtual Batch common() const noexcept = 0;
  [[nodiscard]] virtual ByteView input(std::size_t index) const noexcept = 0;
  // Multiples of 8.
  [[nodiscard]] virtual std::uint64_t output_room(std::size_t index) const noexcept = 0;
  // Of operations that have one.
  [[nodiscard]] virtual std::uint32_t parameter(std::size_t) const noexcept { return 0; }
  // What the device gave back. Errc::io where that can't be.
  [[nodiscard]] virtual Result<void> take(std::size_t index, const Outcome& outcome, ByteView output) = 0;
};

// One thread at a time. Two slots by turns, each with a queue and memory that the device copies by itself.
class OffloadLane {
 public:
  static constexpr std::uint64_t kGroupBytes = 8U << 20;  // of input; a longer item is a group of its own

  [[nodiscard]] static Result<std::unique_ptr<OffloadLane>> open(Engine& engine);
  // After a failure the lane is not used again.
  [[nodiscard]] Result<void> run(OffloadTask& task);
  // Since the last call.
  [[nodiscard]] BatchTimes take_times() noexcept;

 private:
  struct Slot {
    std::unique_ptr<HostBuffer> input, output;
    std::unique_ptr<Queue> queue;  // goes before the buffers that it uses
    std::vector<Extent> inputs, outputs;
    std::vector<Outcome> outcomes;
    std::vector<std::uint32_t> parameters;
    std::size_t first = 0;         // of the task's items
    bool is_busy = false;
  };

  Result<void> begin(Slot& slot, const OffloadTask& task, std::size_t first, std::size_t end);
  Result<void> finish(Slot& slot, OffloadTask& task);

  Engine* engine_ = nullptr;
  std::array<Slot, 2> slots_;
  BatchTimes times_;
};

}  // namespace npk::accel
