#include "pool/pipeline.h"

#include <oneapi/tbb/global_control.h>
#include <oneapi/tbb/info.h>
#include <oneapi/tbb/parallel_pipeline.h>
#include <oneapi/tbb/task_arena.h>
#include <sched.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <mutex>
#include <optional>

#include "io/fork_generation.h"
#include "pool/exceptions.h"

namespace npk::pool {
namespace {

constexpr unsigned kMostThreads = 1024;

struct Item {
  std::uint64_t index = 0;
  erased::Token token;
};

// Whether oneTBB may be used: not in a forked child of a process that did, where locks its workers held stay locked.
bool may_have_workers() noexcept {
  static constinit std::atomic<std::int64_t> first_user{-1};
  const std::int64_t here = io::fork_generation();
  std::int64_t user = -1;
  return first_user.compare_exchange_strong(user, here, std::memory_order_relaxed) || user == here;
}

// oneTBB's library orders what it hands from thread to thread, but is not built with the thread sanitizer: it is told
// here, no wider than the contract goes, so that it finds the races of stages.
#if defined(__SANITIZE_THREAD__)
#define NPK_POOL_TSAN 1
#elif defined(__has_feature)
#if __has_feature(thread_sanitizer)
#define NPK_POOL_TSAN 1
#endif
#endif
#ifdef NPK_POOL_TSAN
extern "C" void __tsan_acquire(void* address);
extern "C" void __tsan_release(void* address);
void take_over(const void* from) noexcept {
  __tsan_acquire(const_cast<void*>(from));
}
void hand_over(const void* to) noexcept {
  __tsan_release(const_cast<void*>(to));
}
#else
void take_over(const void* /*from*/) noexcept {}
void hand_over(const void* /*to*/) noexcept {}
#endif
constinit char start_gate = 0;  // its address only: passed before anything of a run is looked at

class Run {
 public:
  Run(const PipelineOptions& options, const std::function<Result<erased::Token>()>& source,
      const std::vector<erased::Stage>& stages)
      : stop_(options.stop), source_(source), stages_(stages) {}

  Result<void> on_caller() {
    while (Item* item = next()) {
      for (std::size_t stage = 0; stage < stages_.size(); ++stage) apply(stage, *item);
      discard(*item);
    }
    return outcome();
  }

  Result<void> in_arena(unsigned threads, std::size_t max_tokens) {
    // oneTBB makes no more workers than processors unless told to; fewer are never asked for here, that would bind
    // other users of it.
    std::optional<tbb::global_control> more;
    if (threads > static_cast<unsigned>(tbb::info::default_concurrency())) more.emplace(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena arena(static_cast<int>(threads), 1);
    const tbb::filter<void, void> filters = chain();
    hand_over(&start_gate);
    arena.execute([&] { tbb::parallel_pipeline(max_tokens, filters); });
    take_over(this);
    return outcome();
  }

 private:
  tbb::filter<void, void> chain() {
    tbb::filter<void, Item*> chain(tbb::filter_mode::serial_in_order, [this](tbb::flow_control& control) {
      take_over(&start_gate);
      take_over(&source_);
      Item* item = next();
      hand_over(&source_);
      hand_over(item != nullptr ? static_cast<const void*>(item) : this);
      if (item == nullptr) control.stop();
      return item;
    });
    for (std::size_t stage = 0; stage < stages_.size(); ++stage) chain = chain & stage_filter(stage);
    return chain & tbb::filter<Item*, void>(tbb::filter_mode::parallel, [this](Item* item) {
             take_over(&start_gate);
             take_over(item);
             discard(*item);
             hand_over(this);
           });
  }

  tbb::filter<Item*, Item*> stage_filter(std::size_t stage) {
    const bool serial = stages_[stage].kind == StageKind::serial_in_order;
    const auto mode = serial ? tbb::filter_mode::serial_in_order : tbb::filter_mode::parallel;
    return {mode, [this, stage, serial](Item* item) {
              take_over(&start_gate);
              take_over(item);
              if (serial) take_over(&stages_[stage]);
              apply(stage, *item);
              if (serial) hand_over(&stages_[stage]);
              hand_over(item);
              return item;
            }};
  }

  // The next token; none at the end, after an error, and when stopped.
  Item* next() {
    if (first_failed_.load(std::memory_order_acquire) <= next_index_) return nullptr;
    Result<Item*> item = without_exceptions([&]() -> Result<Item*> {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      NPK_ASSIGN(erased::Token token, source_());
      if (!token) return nullptr;
      Item* free = free_item();
      *free = {next_index_, std::move(token)};
      return free;
    });
    if (!item) {
      record(next_index_, std::move(item).error());
      return nullptr;
    }
    ++next_index_;
    return *item;
  }

  void apply(std::size_t stage, const Item& item) {
    if (first_failed_.load(std::memory_order_acquire) <= item.index) return;
    Result<void> done = without_exceptions([&]() -> Result<void> {
      if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
      return stages_[stage].run(item.token.get());
    });
    if (!done) record(item.index, std::move(done).error());
  }

  Item* free_item() {
    const std::lock_guard lock(mutex_);
    if (free_.empty()) {
      items_.push_back(std::make_unique<Item>());
      free_.reserve(items_.size());
      return items_.back().get();
    }
    Item* item = free_.back();
    free_.pop_back();
    return item;
  }

  void discard(Item& item) {
    item.token.reset();
    const std::lock_guard lock(mutex_);
    free_.push_back(&item);
  }

  void record(std::uint64_t index, Error error) {
    const std::lock_guard lock(mutex_);
    if (index >= first_failed_.load(std::memory_order_relaxed)) return;
    error_ = std::move(error);
    first_failed_.store(index, std::memory_order_release);
  }

  Result<void> outcome() {
    if (error_) return std::unexpected(*std::move(error_));
    return {};
  }

  const std::stop_token stop_;
  const std::function<Result<erased::Token>()>& source_;
  const std::vector<erased::Stage>& stages_;
  std::uint64_t next_index_ = 0;  // the source's only
  std::atomic<std::uint64_t> first_failed_ = UINT64_MAX;
  std::mutex mutex_;
  std::optional<Error> error_;
  std::vector<std::unique_ptr<Item>> items_;
  std::vector<Item*> free_;
};

}  // namespace

// Neither by oneTBB nor in a static with an initialiser: a child forked while another thread is in that would wait for it for ever.
unsigned processor_count() noexcept {
  static constinit std::atomic<unsigned> counted{0};
  if (const unsigned count = counted.load(std::memory_order_relaxed); count != 0) return count;
  cpu_set_t allowed;
  const bool is_known = ::sched_getaffinity(0, sizeof allowed, &allowed) == 0;  // not where there are more than 1,024
  const auto count = static_cast<unsigned>(std::max(1L, is_known ? CPU_COUNT(&allowed) : ::sysconf(_SC_NPROCESSORS_ONLN)));
  counted.store(count, std::memory_order_relaxed);
  return count;
}

unsigned thread_count(unsigned threads) noexcept {
  return threads != 0 ? std::min(threads, kMostThreads) : processor_count();
}

namespace erased {

Result<void> run_pipeline(const PipelineOptions& options, const std::function<Result<Token>()>& source,
                          const std::vector<Stage>& stages) {
  const unsigned threads = thread_count(options.threads);
  const std::size_t max_tokens = options.max_tokens != 0 ? options.max_tokens : std::size_t{2} * threads;
  return without_exceptions([&]() -> Result<void> {
    Run run(options, source, stages);
    return threads == 1 || !may_have_workers() ? run.on_caller() : run.in_arena(threads, max_tokens);
  });
}

}  // namespace erased

Result<void> parallel_for_each_index(const PipelineOptions& options, std::uint64_t count,
                                     const std::function<Result<void>(std::uint64_t)>& run) {
  std::uint64_t next = 0;
  const TokenSource<std::uint64_t> source = [&]() -> Result<std::unique_ptr<std::uint64_t>> {
    if (next == count) return nullptr;
    return std::make_unique<std::uint64_t>(next++);
  };
  return run_pipeline<std::uint64_t>(options, source,
                                     {{StageKind::parallel, [&](std::uint64_t& index) { return run(index); }}});
}

}  // namespace npk::pool
