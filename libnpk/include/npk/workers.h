// Threads that run jobs: the highest priority first and first come, first served within one; each job's result is had
// through its handle.
//
// Threads: all members of WorkerPool and of handles from any thread at once. Lifetime: handles may outlive the pool. What
// a job refers to must live until its result is there. A fork does not copy the threads: the child must not use the pool.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <type_traits>
#include <utility>

#include "npk/result.h"
#include "npk/timeout.h"

namespace npk {

struct JobOptions {
  std::string id = {};        // the caller's name for it, for messages; need not be unique
  int priority = 0;           // higher runs first
  std::stop_token stop = {};  // stops the wait for room and the job: Errc::cancelled
  Timeout timeout = {};       // for room in the queue; 0: refuse a job rather than wait
};

enum class StopMode : std::uint8_t {  // in order of strength
  finish_queued,  // all that was submitted is run
  cancel_queued,  // jobs that have not begun get Errc::cancelled
  cancel_all,     // and those that have begun have their stop token triggered
};

struct WorkerPoolOptions {
  unsigned workers = 0;            // 0: as many as processors; at most 1024
  std::size_t queue_capacity = 0;  // jobs that wait; 0: twice the workers
  std::function<std::chrono::steady_clock::time_point()> clock = {};  // empty: steady_clock::now; any thread calls it
};

// At one moment. submitted == queued + running + done + failed + cancelled.
struct WorkerStatistics {
  unsigned workers = 0;
  std::uint64_t submitted = 0, refused = 0;  // refused: the queue stayed full
  std::uint64_t queued = 0, running = 0;
  std::uint64_t done = 0, failed = 0, cancelled = 0;  // by the job's result: a value, another error, Errc::cancelled
  std::uint64_t most_queued = 0, most_running = 0;
  std::chrono::nanoseconds busy_time{0};  // of all workers together, in jobs that have ended
};

namespace pool {

// A job without its result's type. Run or cancelled by one thread, once; then published.
class JobState {
 public:
  JobState(const JobOptions& options);
  virtual ~JobState() = default;
  JobState(const JobState&) = delete;
  JobState& operator=(const JobState&) = delete;

  [[nodiscard]] const std::string& id() const noexcept { return id_; }
  [[nodiscard]] int priority() const noexcept { return priority_; }
  void request_stop() noexcept { stop_.request_stop(); }

  // Settles the result and lets go of the work. None: it succeeded.
  [[nodiscard]] std::optional<Errc> run();
  void cancel();
  // From here on the handle sees the result.
  void publish();
  [[nodiscard]] bool wait(const Timeout& timeout, const std::stop_token& stop);
  [[nodiscard]] bool is_ready();
  [[nodiscard]] bool claim();  // true once, of a job that is ready

 protected:
  virtual std::optional<Errc> execute(const std::stop_token& stop) = 0;  // may throw
  virtual void settle(Error error) = 0;                                  // instead of what execute found
  virtual void drop_work() noexcept = 0;

 private:
  struct Forward {
    std::stop_source target;
    void operator()() noexcept { target.request_stop(); }
  };
  const std::string id_;
  const int priority_;
  std::stop_source stop_;
  std::stop_callback<Forward> forward_;
  std::mutex mutex_;
  std::condition_variable_any published_;
  bool ready_ = false, claimed_ = false;
};

template <class T>
class TypedJob final : public JobState {
 public:
  using Work = std::move_only_function<Result<T>(const std::stop_token&)>;
  TypedJob(const JobOptions& options, Work work) : JobState(options), work_(std::move(work)) {}

  [[nodiscard]] Result<T> take() {
    if (!claim()) return fail(Errc::misuse, "the result was taken before");
    return std::move(result_);
  }

 protected:
  std::optional<Errc> execute(const std::stop_token& stop) override {
    result_ = work_(stop);
    return result_ ? std::nullopt : std::optional(result_.error().code);
  }
  void settle(Error error) override { result_ = std::unexpected(std::move(error)); }
  void drop_work() noexcept override { work_ = nullptr; }

 private:
  Work work_;
  Result<T> result_ = fail(Errc::internal, "not run");
};

}  // namespace pool

// Of one submitted job; copies are handles of the same job. Destroyed unused it leaves the job alone.
template <class T>
class JobHandle {
 public:
  explicit JobHandle(std::shared_ptr<pool::TypedJob<T>> job) noexcept : job_(std::move(job)) {}

  [[nodiscard]] const std::string& id() const noexcept { return job_->id(); }
  [[nodiscard]] bool is_ready() const { return job_->is_ready(); }
  // False when the time-out passed or stop was requested before the job had ended; the job goes on.
  [[nodiscard]] bool wait(const Timeout& timeout = {}, const std::stop_token& stop = {}) const {
    return job_->wait(timeout, stop);
  }
  // Waits for the result and hands it over, once: Errc::misuse after that. A job that threw has Errc::limit for bad_alloc
  // and Errc::internal for all else.
  [[nodiscard]] Result<T> take() {
    static_cast<void>(job_->wait({}, {}));
    return job_->take();
  }
  // Triggers the job's stop token; if it has not begun it never will, and has Errc::cancelled when its turn comes.
  void cancel() noexcept { job_->request_stop(); }

 private:
  std::shared_ptr<pool::TypedJob<T>> job_;
};

class WorkerPool {
 public:
  // Errc::limit when the system gives no threads.
  [[nodiscard]] static Result<std::unique_ptr<WorkerPool>> start(const WorkerPoolOptions& options = {});
  ~WorkerPool();  // as stop(StopMode::cancel_queued)
  WorkerPool(const WorkerPool&) = delete;
  WorkerPool& operator=(const WorkerPool&) = delete;

  // `work` is called as work(std::stop_token) or work() and returns a Result<T>. On an error it has not been and will not
  // be called: Errc::misuse after or during stop, Errc::limit when the queue stayed full, Errc::cancelled. A job that
  // submits to its own pool should not wait for room: all workers might.
  template <class Work>
  [[nodiscard]] auto submit(const JobOptions& options, Work work) {
    if constexpr (std::is_invocable_v<Work&, const std::stop_token&>) {
      return submit_job<typename std::invoke_result_t<Work&, const std::stop_token&>::value_type>(options, std::move(work));
    } else {
      return submit_job<typename std::invoke_result_t<Work&>::value_type>(
          options, [work = std::move(work)](const std::stop_token&) mutable { return work(); });
    }
  }

  // Takes no more jobs, deals with those it has as `mode` says, and returns when every job has ended and every worker is
  // gone. Again: a stronger mode takes effect, even while another thread is inside; then as the first. Errc::misuse from
  // inside a job.
  Result<void> stop(StopMode mode);

  [[nodiscard]] WorkerStatistics statistics() const;

 private:
  class Impl;
  explicit WorkerPool(std::unique_ptr<Impl> impl) noexcept;

  template <class T>
  [[nodiscard]] Result<JobHandle<T>> submit_job(const JobOptions& options, typename pool::TypedJob<T>::Work work) {
    auto job = std::make_shared<pool::TypedJob<T>>(options, std::move(work));
    NPK_TRY(enqueue(job, options));
    return JobHandle<T>(std::move(job));
  }
  [[nodiscard]] Result<void> enqueue(std::shared_ptr<pool::JobState> job, const JobOptions& options);

  std::unique_ptr<Impl> impl_;
};

}  // namespace npk
