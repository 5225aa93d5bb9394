#include "npk/workers.h"

#include <algorithm>
#include <exception>
#include <map>
#include <new>
#include <system_error>
#include <thread>
#include <vector>

#include "pool/pipeline.h"

namespace npk {
namespace pool {
namespace {

Error error_of_current_exception() {
  try {
    throw;
  } catch (const std::bad_alloc&) {
    return {.code = Errc::limit, .message = "out of memory"};
  } catch (const std::exception& exception) {
    return {.code = Errc::internal, .message = exception.what()};
  } catch (...) {
    return {.code = Errc::internal, .message = "an exception of unknown type"};
  }
}

}  // namespace

JobState::JobState(const JobOptions& options)
    : id_(options.id), priority_(options.priority), forward_(options.stop, Forward{stop_}) {}

std::optional<Errc> JobState::run() {
  std::optional<Errc> outcome = Errc::cancelled;
  if (stop_.stop_requested()) {
    cancel();
    return outcome;
  }
  try {
    outcome = execute(stop_.get_token());
  } catch (...) {
    Error error = error_of_current_exception();
    outcome = error.code;
    settle(std::move(error));
  }
  drop_work();
  return outcome;
}

void JobState::cancel() {
  settle({.code = Errc::cancelled, .message = id_.empty() ? "cancelled before it began" : id_ + ": cancelled before it began"});
  drop_work();
}

void JobState::publish() {
  const std::lock_guard lock(mutex_);
  ready_ = true;
  published_.notify_all();  // with the lock: the waiter may end this object's life at once
}

bool JobState::wait(const Timeout& timeout, const std::stop_token& stop) {
  std::unique_lock lock(mutex_);
  return wait_until(published_, lock, timeout, stop, [&] { return ready_; });
}

bool JobState::claim() {
  const std::lock_guard lock(mutex_);
  return ready_ && !std::exchange(claimed_, true);
}

bool JobState::is_ready() {
  const std::lock_guard lock(mutex_);
  return ready_;
}

}  // namespace pool

class WorkerPool::Impl {
 public:
  using Job = std::shared_ptr<pool::JobState>;

  explicit Impl(const WorkerPoolOptions& options)
      : worker_count_(pool::thread_count(options.workers)),
        queue_capacity_(options.queue_capacity != 0 ? options.queue_capacity : std::size_t{2} * worker_count_),
        clock_(options.clock) {
    running_.reserve(worker_count_);
  }

  Result<void> start() {
    try {
      for (unsigned i = 0; i < worker_count_; ++i) threads_.emplace_back([this] { work(); });
    } catch (const std::system_error& error) {
      return fail(Errc::limit, std::string("no thread for a worker: ") + error.what());
    }
    return {};
  }

  Result<void> enqueue(Job job, const JobOptions& options) {
    std::unique_lock lock(mutex_);
    if (options.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const bool in_time = wait_until(room_, lock, options.timeout, options.stop,
                                    [&] { return stopping_ || queue_.size() < queue_capacity_; });
    if (stopping_) return fail(Errc::misuse, "the workers have been stopped");
    if (!in_time) return refuse(options.stop);
    queue_.emplace(Place{-std::int64_t{job->priority()}, now_.submitted++}, std::move(job));
    now_.most_queued = std::max<std::uint64_t>(now_.most_queued, queue_.size());
    lock.unlock();
    work_.notify_one();
    return {};
  }

  Result<void> stop(StopMode mode) {
    if (current_ == this) return fail(Errc::misuse, "a job can't stop its own workers");
    std::vector<Job> dropped, interrupted;
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
      if (mode >= StopMode::cancel_queued) dropped = drop_queued();
      if (mode >= StopMode::cancel_all) interrupted = running_;
    }
    work_.notify_all();
    room_.notify_all();
    for (const Job& job : interrupted) job->request_stop();
    for (const Job& job : dropped) {
      job->cancel();
      job->publish();
    }
    join();
    return {};
  }

  WorkerStatistics statistics() const {
    const std::lock_guard lock(mutex_);
    WorkerStatistics now = now_;
    now.workers = worker_count_;
    now.queued = queue_.size();
    now.running = running_.size();
    return now;
  }

 private:
  using Place = std::pair<std::int64_t, std::uint64_t>;  // the lowest is next: the priority negated, then the order of coming

  [[nodiscard]] std::chrono::steady_clock::time_point time() const {
    return clock_ ? clock_() : std::chrono::steady_clock::now();
  }

  std::unexpected<Error> refuse(const std::stop_token& stop) {
    if (stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    ++now_.refused;
    return fail(Errc::limit, "the workers' queue stayed full for longer than the time-out");
  }

  std::vector<Job> drop_queued() {
    std::vector<Job> dropped;
    dropped.reserve(queue_.size());
    for (auto& [place, job] : queue_) dropped.push_back(std::move(job));
    queue_.clear();
    now_.cancelled += dropped.size();
    return dropped;
  }

  void join() {
    const std::lock_guard lock(join_mutex_);
    for (std::thread& thread : threads_) thread.join();
    threads_.clear();
  }

  void work() {
    current_ = this;
    while (const Job job = next_job()) {
      const auto start = time();
      const std::optional<Errc> outcome = job->run();
      count(job, outcome, time() - start);
      job->publish();  // after it was counted: who has the result finds it in the statistics
    }
  }

  Job next_job() {
    std::unique_lock lock(mutex_);
    work_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
    if (queue_.empty()) return nullptr;
    Job job = std::move(queue_.begin()->second);
    running_.push_back(job);
    queue_.erase(queue_.begin());
    now_.most_running = std::max<std::uint64_t>(now_.most_running, running_.size());
    lock.unlock();
    room_.notify_one();
    return job;
  }

  void count(const Job& job, std::optional<Errc> outcome, std::chrono::nanoseconds busy) {
    const std::lock_guard lock(mutex_);
    std::erase(running_, job);
    ++(!outcome ? now_.done : *outcome == Errc::cancelled ? now_.cancelled : now_.failed);
    now_.busy_time += busy;
  }

  static thread_local const Impl* current_;  // whose worker the thread is

  const unsigned worker_count_;
  const std::size_t queue_capacity_;
  const std::function<std::chrono::steady_clock::time_point()> clock_;
  mutable std::mutex mutex_;
  std::condition_variable_any room_;
  std::condition_variable work_;
  std::map<Place, Job> queue_;
  std::vector<Job> running_;
  WorkerStatistics now_;  // but for what the containers know
  bool stopping_ = false;
  std::mutex join_mutex_;
  std::vector<std::thread> threads_;
};

thread_local const WorkerPool::Impl* WorkerPool::Impl::current_ = nullptr;

WorkerPool::WorkerPool(std::unique_ptr<Impl> impl) noexcept : impl_(std::move(impl)) {}

Result<std::unique_ptr<WorkerPool>> WorkerPool::start(const WorkerPoolOptions& options) {
  std::unique_ptr<WorkerPool> pool(new WorkerPool(std::make_unique<Impl>(options)));
  NPK_TRY(pool->impl_->start());  // those that have started end in the destructor
  return pool;
}

WorkerPool::~WorkerPool() { static_cast<void>(impl_->stop(StopMode::cancel_queued)); }

Result<void> WorkerPool::stop(StopMode mode) { return impl_->stop(mode); }
WorkerStatistics WorkerPool::statistics() const { return impl_->statistics(); }

Result<void> WorkerPool::enqueue(std::shared_ptr<pool::JobState> job, const JobOptions& options) {
  return impl_->enqueue(std::move(job), options);
}

}  // namespace npk
