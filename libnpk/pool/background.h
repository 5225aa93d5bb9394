// Work that nobody waits for yet, done by threads of the process: read-ahead.
//
// Fork: pthread_atfork handlers (installed with the first thread) let tasks that run finish before a fork and begin none
// until it is done, so that no lock a task takes is held in the child; a fork therefore takes as long as the longest
// task running. In the child the threads are gone: tasks queued before stay queued until they are taken back, submit()
// refuses, and workers made after the fork are new ones.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <stop_token>

#include "npk/result.h"

namespace npk::pool {

// Runs at most once: by a worker, or not at all, when it was taken back. All members are thread-safe.
class BackgroundTask {
 public:
  // `run` must not throw.
  explicit BackgroundTask(std::function<void()> run) : run_(std::move(run)) {}

  // True: no worker has begun it and none will. Taking back twice is harmless.
  [[nodiscard]] bool take_back();
  [[nodiscard]] bool is_done() const noexcept { return state_.load(std::memory_order_acquire) == State::done; }
  // Until it is done; it must not have been taken back. Errc::cancelled, or Errc::limit past the deadline; the task goes
  // on then.
  [[nodiscard]] Result<void> wait(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline);
  void wait();

 private:
  friend class BackgroundWorkers;
  enum class State : std::uint8_t { queued, running, done, taken_back };
  [[nodiscard]] bool begin();
  void execute();

  std::function<void()> run_;
  std::atomic<State> state_ = State::queued;
  std::mutex mutex_;
  std::condition_variable_any done_;
};

class BackgroundWorkers {
 public:
  // Those of the process: made for whoever asks first, ended (threads joined) when the last holder lets go; so no task
  // may hold them.
  [[nodiscard]] static std::shared_ptr<BackgroundWorkers> of_process();
  ~BackgroundWorkers();
  BackgroundWorkers(const BackgroundWorkers&) = delete;
  BackgroundWorkers& operator=(const BackgroundWorkers&) = delete;

  // In the order submitted, by at most as many threads as there are processors, each started when all others are busy.
  // False, and the task won't run: no thread could be started, or this is the child of a fork.
  [[nodiscard]] bool submit(std::shared_ptr<BackgroundTask> task);

 private:
  struct Core;
  struct Registry;
  BackgroundWorkers();
  std::unique_ptr<Core> core_;
};

}  // namespace npk::pool
