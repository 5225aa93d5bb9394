// The worker pool: results by job, order, stop in its three modes, refusals, statistics.
#include "npk/workers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <latch>
#include <new>
#include <stdexcept>
#include <thread>
#include <vector>

namespace npk {
namespace {

using namespace std::chrono_literals;

std::unique_ptr<WorkerPool> start(unsigned workers, std::size_t queue_capacity = 100) {
  return std::move(*WorkerPool::start({.workers = workers, .queue_capacity = queue_capacity}));
}

// A job that says when it has begun and waits until it is let go.
class Gate {
 public:
  auto job() {
    return [this]() -> Result<int> {
      begun_.count_down();
      open_.wait();
      return 7;
    };
  }
  void wait_until_begun() { begun_.wait(); }
  void open() { open_.count_down(); }

 private:
  std::latch begun_{1}, open_{1};
};

void expect_adds_up(const WorkerStatistics& now) {
  EXPECT_EQ(now.submitted, now.queued + now.running + now.done + now.failed + now.cancelled);
}

TEST(Workers, GiveEachJobItsOwnResult) {
  const auto pool = start(4, 8);
  std::vector<JobHandle<std::unique_ptr<int>>> handles;
  for (int i = 0; i < 500; ++i) {
    auto handle = pool->submit({.id = "job " + std::to_string(i)}, [i]() -> Result<std::unique_ptr<int>> {
      if (i % 7 == 3) return fail(Errc::corrupt, std::to_string(i));
      return std::make_unique<int>(i);
    });
    ASSERT_TRUE(handle);
    handles.push_back(std::move(*handle));
  }
  for (int i = 0; i < 500; ++i) {
    auto& handle = handles[static_cast<std::size_t>(i)];
    EXPECT_EQ(handle.id(), "job " + std::to_string(i));
    const auto result = handle.take();
    if (i % 7 == 3) {
      EXPECT_EQ(result.error().code, Errc::corrupt);
      EXPECT_EQ(result.error().message, std::to_string(i));
    } else {
      EXPECT_EQ(**result, i);
    }
    EXPECT_EQ(handle.take().error().code, Errc::misuse);
  }
  const WorkerStatistics now = pool->statistics();
  EXPECT_EQ(now.workers, 4U);
  EXPECT_EQ(now.failed, 71U);
  EXPECT_EQ(now.done, 429U);
  EXPECT_EQ(now.running + now.queued + now.cancelled + now.refused, 0U);
  EXPECT_LE(now.most_queued, 8U);
  EXPECT_LE(now.most_running, 4U);
  expect_adds_up(now);
}

TEST(Workers, TurnExceptionsIntoErrors) {
  const auto pool = start(1);
  EXPECT_EQ(pool->submit({}, []() -> Result<void> { throw std::bad_alloc(); })->take().error().code, Errc::limit);
  EXPECT_EQ(pool->submit({}, []() -> Result<void> { throw std::runtime_error("odd"); })->take().error().message, "odd");
  EXPECT_EQ(pool->submit({}, []() -> Result<void> { throw 1; })->take().error().code, Errc::internal);
  EXPECT_EQ(pool->statistics().failed, 3U);
}

TEST(Workers, RunTheHighestPriorityFirstAndWithinOneTheFirst) {
  Gate gate;
  std::vector<std::string> order;
  const auto pool = start(1);
  auto gated = pool->submit({}, gate.job());
  gate.wait_until_begun();
  std::vector<JobHandle<void>> handles;
  for (const auto& [id, priority] : {std::pair("low 1", -5), {"none 1", 0}, {"high 1", 9}, {"none 2", 0}, {"low 2", -5}, {"high 2", 9}}) {
    handles.push_back(*pool->submit({.id = id, .priority = priority}, [&order, name = id]() -> Result<void> {
      order.emplace_back(name);
      return {};
    }));
  }
  EXPECT_EQ(pool->statistics().queued, 6U);
  EXPECT_EQ(pool->statistics().running, 1U);
  EXPECT_FALSE(handles[0].is_ready());
  EXPECT_FALSE(handles[0].wait(0ns));
  gate.open();
  EXPECT_TRUE(pool->stop(StopMode::finish_queued));
  EXPECT_THAT(order, testing::ElementsAre("high 1", "high 2", "none 1", "none 2", "low 1", "low 2"));
  EXPECT_EQ(gated->take().value(), 7);
}

TEST(Workers, FinishWhatWasQueuedWhenToldTo) {
  std::atomic<int> ran{0};
  const auto pool = start(3);
  std::vector<JobHandle<void>> handles;
  for (int i = 0; i < 50; ++i) {
    handles.push_back(*pool->submit({}, [&]() -> Result<void> {
      std::this_thread::yield();
      ++ran;
      return {};
    }));
  }
  EXPECT_TRUE(pool->stop(StopMode::finish_queued));
  EXPECT_EQ(ran.load(), 50);  // stop has waited for the running ones too
  for (auto& handle : handles) {
    EXPECT_TRUE(handle.is_ready());
    EXPECT_TRUE(handle.take());
  }
  EXPECT_EQ(pool->submit({}, []() -> Result<void> { return {}; }).error().code, Errc::misuse);
  EXPECT_TRUE(pool->stop(StopMode::cancel_all));
}

TEST(Workers, CancelWhatWasQueuedButWaitForWhatRuns) {
  Gate gate;
  std::atomic<bool> finished{false};
  const auto pool = start(1);
  auto running = pool->submit({}, [&](const std::stop_token& stop) -> Result<void> {
    static_cast<void>(gate.job()());
    EXPECT_FALSE(stop.stop_requested());
    finished = true;
    return {};
  });
  gate.wait_until_begun();
  auto queued = pool->submit({.id = "unlucky"}, []() -> Result<int> { return 1; });
  std::jthread stopper([&] {
    EXPECT_TRUE(pool->stop(StopMode::cancel_queued));
    EXPECT_TRUE(finished.load());
  });
  const auto result = queued->take();  // there before the running one ends
  EXPECT_EQ(result.error().code, Errc::cancelled);
  EXPECT_THAT(result.error().message, testing::HasSubstr("unlucky"));
  EXPECT_FALSE(finished.load());
  gate.open();
  stopper.join();
  EXPECT_TRUE(running->take());
  EXPECT_EQ(pool->statistics().cancelled, 1U);
  EXPECT_EQ(pool->statistics().done, 1U);
}

// A job that ends only when its token says so.
Result<void> until_stopped(const std::stop_token& stop) {
  while (!stop.stop_requested()) std::this_thread::yield();
  return fail(Errc::cancelled, "as asked");
}

TEST(Workers, TellRunningJobsToStopWhenToldTo) {
  const auto pool = start(2);
  auto first = pool->submit({}, until_stopped), second = pool->submit({}, until_stopped), third = pool->submit({}, until_stopped);
  EXPECT_TRUE(pool->stop(StopMode::cancel_all));
  for (auto* handle : {&*first, &*second, &*third}) EXPECT_EQ(handle->take().error().code, Errc::cancelled);
  EXPECT_EQ(pool->statistics().cancelled, 3U);
}

TEST(Workers, AStrongerStopOvertakesAWeakerOne) {
  const auto pool = start(1);
  std::latch begun(1);
  auto job = pool->submit({}, [&](const std::stop_token& stop) -> Result<void> {
    begun.count_down();
    return until_stopped(stop);
  });
  begun.wait();
  std::jthread gentle([&] { EXPECT_TRUE(pool->stop(StopMode::finish_queued)); });
  EXPECT_TRUE(pool->stop(StopMode::cancel_all));
  EXPECT_EQ(job->take().error().code, Errc::cancelled);
}

TEST(Workers, StopOneJobByItsTokenOrItsHandle) {
  Gate gate;
  const auto pool = start(1);
  auto gated = pool->submit({}, gate.job());
  std::stop_source stop;
  auto by_token = pool->submit({.stop = stop.get_token()}, []() -> Result<int> { return 1; });
  auto by_handle = pool->submit({}, []() -> Result<int> { return 1; });
  auto untouched = pool->submit({}, []() -> Result<int> { return 1; });
  stop.request_stop();
  by_handle->cancel();
  EXPECT_EQ(pool->submit({.stop = stop.get_token()}, []() -> Result<int> { return 1; }).error().code, Errc::cancelled);
  gate.open();
  EXPECT_EQ(by_token->take().error().code, Errc::cancelled);
  EXPECT_EQ(by_handle->take().error().code, Errc::cancelled);
  EXPECT_EQ(untouched->take().value(), 1);
  auto running = pool->submit({}, until_stopped);
  running->cancel();
  EXPECT_EQ(running->take().error().code, Errc::cancelled);
  EXPECT_EQ(gated->take().value(), 7);
}

TEST(Workers, RefuseOrWaitWhenTheQueueIsFull) {
  Gate gate;
  const auto pool = start(1, 1);
  const auto nothing = []() -> Result<int> { return 1; };
  auto gated = pool->submit({}, gate.job());
  gate.wait_until_begun();
  auto queued = pool->submit({}, nothing);
  ASSERT_TRUE(queued);
  EXPECT_EQ(pool->submit({.timeout = 0ns}, nothing).error().code, Errc::limit);
  EXPECT_EQ(pool->submit({.timeout = 5ms}, nothing).error().code, Errc::limit);
  EXPECT_EQ(pool->statistics().refused, 2U);
  std::stop_source stop;
  std::jthread stopped([&] { EXPECT_EQ(pool->submit({.stop = stop.get_token()}, nothing).error().code, Errc::cancelled); });
  stop.request_stop();
  stopped.join();
  std::jthread waiting([&] { EXPECT_EQ(pool->submit({}, nothing)->take().value(), 1); });
  gate.open();
  waiting.join();
  EXPECT_EQ(pool->statistics().submitted, 3U);
  expect_adds_up(pool->statistics());
}

TEST(Workers, StopLetsWaitingSubmittersGo) {
  Gate gate;
  const auto pool = start(1, 1);
  auto gated = pool->submit({}, gate.job());
  gate.wait_until_begun();
  auto queued = pool->submit({}, []() -> Result<int> { return 1; });
  std::latch ready(1);
  std::jthread submitter([&] {
    ready.count_down();
    // Waiting already or not yet: the queue is full until the workers have been stopped.
    EXPECT_EQ(pool->submit({.priority = 1}, []() -> Result<int> { return 1; }).error().code, Errc::misuse);
    gate.open();
  });
  ready.wait();
  EXPECT_TRUE(pool->stop(StopMode::finish_queued));
  EXPECT_EQ(queued->take().value(), 1);
}

TEST(Workers, CantBeStoppedByTheirOwnJob) {
  const auto pool = start(1);
  EXPECT_EQ(pool->submit({}, [&] { return pool->stop(StopMode::finish_queued); })->take().error().code, Errc::misuse);
  EXPECT_EQ(pool->submit({}, []() -> Result<int> { return 1; })->take().value(), 1);
}

TEST(Workers, MeasureBusyTimeByTheInjectedClock) {
  auto ticks = std::make_shared<std::atomic<int>>(0);  // each reading is one millisecond later
  const auto clock = [ticks] { return std::chrono::steady_clock::time_point(std::chrono::milliseconds(ticks->fetch_add(1))); };
  const auto pool = std::move(*WorkerPool::start({.workers = 1, .clock = clock}));
  for (int i = 0; i < 5; ++i) EXPECT_TRUE(pool->submit({}, []() -> Result<void> { return {}; })->take());
  EXPECT_EQ(pool->statistics().busy_time, 5ms);
}

// The destructor cancels, and handles live on.
TEST(Workers, HandlesOutliveThePool) {
  Gate gate;
  auto pool = start(1);
  auto gated = pool->submit({}, gate.job());
  gate.wait_until_begun();
  auto queued = pool->submit({}, []() -> Result<int> { return 1; });
  gate.open();
  pool.reset();
  EXPECT_EQ(gated->take().value(), 7);
  EXPECT_TRUE(queued->is_ready());
}

TEST(Workers, LoseNoJobUnderStress) {
  const auto pool = start(8, 4);
  std::atomic<std::uint64_t> ran{0}, accepted{0}, values{0}, cancelled{0};
  {
    std::vector<std::jthread> submitters;
    for (unsigned thread = 0; thread < 8; ++thread) {
      submitters.emplace_back([&, thread] {
        for (unsigned i = 0; i < 400; ++i) {
          auto handle = pool->submit({.priority = static_cast<int>(i % 5), .timeout = i % 3 == 0 ? Timeout(0ns) : Timeout()},
                                     [&]() -> Result<void> {
                                       ++ran;
                                       return {};
                                     });
          if (!handle) continue;
          ++accepted;
          if (i % 16 == thread) handle->cancel();
          ++(handle->take() ? values : cancelled);
          if (i % 64 == 0) expect_adds_up(pool->statistics());
        }
      });
    }
  }
  EXPECT_TRUE(pool->stop(StopMode::finish_queued));
  const WorkerStatistics now = pool->statistics();
  EXPECT_EQ(now.submitted, accepted.load());
  EXPECT_EQ(now.submitted + now.refused, 8U * 400U);
  EXPECT_EQ(now.done, values.load());
  EXPECT_EQ(now.cancelled, cancelled.load());
  EXPECT_EQ(ran.load(), values.load());
  EXPECT_LE(now.most_running, 8U);
  EXPECT_LE(now.most_queued, 4U);
}

}  // namespace
}  // namespace npk
