#include "pool/background.h"

#include <pthread.h>
#include <deque>
#include <new>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "pool/pipeline.h"

namespace npk::pool {

bool BackgroundTask::begin() {
  State expected = State::queued;
  return state_.compare_exchange_strong(expected, State::running, std::memory_order_acq_rel);
}

bool BackgroundTask::take_back() {
  State found = State::queued;
  return state_.compare_exchange_strong(found, State::taken_back, std::memory_order_acq_rel) ||
         found == State::taken_back;
}

void BackgroundTask::execute() {
  run_();
  const std::scoped_lock lock(mutex_);
  state_.store(State::done, std::memory_order_release);
  done_.notify_all();
}

Result<void> BackgroundTask::wait(const std::stop_token& stop, std::chrono::steady_clock::time_point deadline) {
  std::unique_lock lock(mutex_);
  const auto done = [&] { return is_done(); };
  // Without a deadline wait_until would overflow on the way to the system's clock.
  const bool finished = deadline == std::chrono::steady_clock::time_point::max() ? done_.wait(lock, stop, done)
                                                                                 : done_.wait_until(lock, stop, deadline, done);
  if (finished) return {};
  if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  return fail(Errc::limit, "waited for another thread longer than the time-out allows");
}

void BackgroundTask::wait() {
  std::unique_lock lock(mutex_);
  done_.wait(lock, [&] { return is_done(); });
}

namespace {

thread_local bool is_worker = false;

}  // namespace

struct BackgroundWorkers::Core {
  std::mutex mutex;
  std::condition_variable work, quiet;
  std::deque<std::shared_ptr<BackgroundTask>> queue;
  std::vector<std::thread> threads;
  std::size_t running = 0, idle = 0;
  bool pausing = false, ending = false;
  bool orphaned = false;  // its threads are the parent's of a fork

  void serve();
  void add_thread();
  void end();
};

// Which workers a fork has to mind. Its mutex is taken before a core's. Never destroyed: a process may fork while it
// exits.
struct BackgroundWorkers::Registry {
  std::mutex mutex;
  std::weak_ptr<BackgroundWorkers> workers;
  Core* core = nullptr;
  bool minds_forks = false;

  static Registry& of_process() {
    static Registry& made = *new Registry;
    return made;
  }
  static void before_fork();
  static void after_fork_in_parent();
  static void after_fork_in_child();
};

void BackgroundWorkers::Core::serve() {
  is_worker = true;
  std::unique_lock lock(mutex);
  for (;;) {
    ++idle;
    work.wait(lock, [&] { return ending || (!queue.empty() && !pausing); });
    --idle;
    if (ending) return;
    std::shared_ptr<BackgroundTask> task = std::move(queue.front());
    queue.pop_front();
    if (!task->begin()) continue;
    ++running;
    lock.unlock();
    task->execute();
    task.reset();
    lock.lock();
    --running;
    if (pausing) quiet.notify_all();
  }
}

// Where the system has no more threads, those there are must do, which may be none.
void BackgroundWorkers::Core::add_thread() {
  if (idle >= queue.size() || threads.size() >= processor_count()) return;
  try {
    threads.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    return;
  }
}

void BackgroundWorkers::Core::end() {
  {
    const std::scoped_lock lock(mutex);
    ending = true;
    work.notify_all();
  }
  for (std::thread& thread : threads) thread.join();
}

// A source that forks while it is read may do so on a worker: that one can't be waited for.
void BackgroundWorkers::Registry::before_fork() {
  Registry& registry = of_process();
  registry.mutex.lock();
  if (registry.core == nullptr) return;
  std::unique_lock lock(registry.core->mutex);
  registry.core->pausing = true;
  registry.core->quiet.wait(lock, [&] { return registry.core->running <= (is_worker ? 1U : 0U); });
  static_cast<void>(lock.release());  // held over the fork
}

void BackgroundWorkers::Registry::after_fork_in_parent() {
  Registry& registry = of_process();
  if (registry.core != nullptr) {
    registry.core->pausing = false;
    registry.core->work.notify_all();
    registry.core->mutex.unlock();
  }
  registry.mutex.unlock();
}

void BackgroundWorkers::Registry::after_fork_in_child() {
  Registry& registry = of_process();
  if (registry.core != nullptr) {
    registry.core->orphaned = true;
    registry.core->mutex.unlock();
  }
  registry.core = nullptr;
  registry.workers.reset();
  registry.mutex.unlock();
}

BackgroundWorkers::BackgroundWorkers() : core_(std::make_unique<Core>()) {}

std::shared_ptr<BackgroundWorkers> BackgroundWorkers::of_process() {
  Registry& registry = Registry::of_process();
  const std::scoped_lock lock(registry.mutex);
  if (auto found = registry.workers.lock()) return found;
  if (!registry.minds_forks && ::pthread_atfork(Registry::before_fork, Registry::after_fork_in_parent, Registry::after_fork_in_child) != 0)
    throw std::bad_alloc();
  registry.minds_forks = true;
  std::shared_ptr<BackgroundWorkers> made(new BackgroundWorkers);
  registry.workers = made;
  registry.core = made->core_.get();
  return made;
}

// What is the parent's of a fork is left as it is: its threads can't be joined, and its condition variables have waiters.
BackgroundWorkers::~BackgroundWorkers() {
  Registry& registry = Registry::of_process();
  {
    const std::scoped_lock lock(registry.mutex);
    if (registry.core == core_.get()) registry.core = nullptr;
  }
  if (core_->orphaned)
    static_cast<void>(core_.release());
  else
    core_->end();
}

bool BackgroundWorkers::submit(std::shared_ptr<BackgroundTask> task) {
  const std::scoped_lock lock(core_->mutex);
  if (core_->orphaned) return false;
  core_->queue.push_back(std::move(task));
  core_->add_thread();
  if (core_->threads.empty()) {
    core_->queue.pop_back();
    return false;
  }
  core_->work.notify_one();
  return true;
}

}  // namespace npk::pool
