// State with locks in it that a forked child makes anew: a thread that held one of the parent's locks, or was about to
// finish what others wait for, is not in the child.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>

#include "io/fork_generation.h"

namespace npk::reader {

// here() is thread-safe and costs two loads. What the parent had is left untouched in the child, never destroyed: it
// may be locked, or half changed.
template <class State>
class PerProcess {
 public:
  explicit PerProcess(std::function<std::unique_ptr<State>()> make) : make_(std::move(make)), held_(made(nullptr)) {}
  PerProcess(const PerProcess&) = delete;
  PerProcess& operator=(const PerProcess&) = delete;
  ~PerProcess() {
    const Held* held = held_.load(std::memory_order_acquire);
    if (held->generation == io::fork_generation()) delete held;
  }

  [[nodiscard]] State& here() const {
    Held* held = held_.load(std::memory_order_acquire);
    if (held->generation != io::fork_generation()) [[unlikely]]
      held = renew(held);
    return *held->state;
  }

 private:
  struct Held {
    std::uint32_t generation;
    std::unique_ptr<State> state;
    const Held* parents;  // keeps what was left reachable
  };

  [[nodiscard]] Held* made(const Held* parents) const { return new Held{io::fork_generation(), make_(), parents}; }

  // Of threads that find it out at once one wins.
  [[nodiscard]] Held* renew(Held* parents) const {
    std::unique_ptr<Held> fresh(made(parents));
    Held* current = parents;
    if (!held_.compare_exchange_strong(current, fresh.get(), std::memory_order_acq_rel)) return current;
    return fresh.release();
  }

  std::function<std::unique_ptr<State>()> make_;
  mutable std::atomic<Held*> held_;
};

}  // namespace npk::reader
