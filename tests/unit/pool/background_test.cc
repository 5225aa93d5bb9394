// Background workers: each task runs once or is taken back, waits end as they should, and forks leave no lock held.
#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

#include <semaphore>
#include <thread>
#include <vector>

#include "pool/background.h"
#include "pool/pipeline.h"

namespace npk::pool {
namespace {

constexpr auto kNoDeadline = std::chrono::steady_clock::time_point::max();

TEST(Background, EachTaskRunsOnceOrIsTakenBack) {
  const auto workers = BackgroundWorkers::of_process();
  for (int round = 0; round < 50; ++round) {
    std::atomic<int> ran = 0;
    std::vector<std::shared_ptr<BackgroundTask>> tasks;
    for (int i = 0; i < 20; ++i) {
      tasks.push_back(std::make_shared<BackgroundTask>([&] { ++ran; }));
      ASSERT_TRUE(workers->submit(tasks.back()));
    }
    int taken_back = 0;
    for (const auto& task : tasks) {
      if (task->take_back()) {
        ++taken_back;
        EXPECT_TRUE(task->take_back());
        EXPECT_FALSE(task->is_done());
      } else {
        task->wait();
        EXPECT_TRUE(task->is_done());
        EXPECT_FALSE(task->take_back());
      }
    }
    EXPECT_EQ(ran + taken_back, 20);
  }
}

TEST(Background, RunsOnAsManyThreadsAsProcessorsAndNoMore) {
  const auto workers = BackgroundWorkers::of_process();
  std::counting_semaphore<> begun(0), go_on(0);
  std::vector<std::shared_ptr<BackgroundTask>> tasks;
  for (unsigned i = 0; i < processor_count() + 1; ++i) {
    tasks.push_back(std::make_shared<BackgroundTask>([&] {
      begun.release();
      go_on.acquire();
    }));
    ASSERT_TRUE(workers->submit(tasks.back()));
  }
  for (unsigned i = 0; i < processor_count(); ++i) begun.acquire();  // all at once
  EXPECT_TRUE(tasks.back()->take_back());
  go_on.release(processor_count());
  tasks.pop_back();
  for (const auto& task : tasks) task->wait();
}

TEST(Background, WaitsEndByStopAndByDeadline) {
  const auto workers = BackgroundWorkers::of_process();
  std::binary_semaphore begun(0), go_on(0);
  const auto task = std::make_shared<BackgroundTask>([&] {
    begun.release();
    go_on.acquire();
  });
  ASSERT_TRUE(workers->submit(task));
  begun.acquire();
  EXPECT_FALSE(task->take_back());
  std::stop_source stop;
  EXPECT_EQ(task->wait(stop.get_token(), std::chrono::steady_clock::time_point()).error().code, Errc::limit);
  stop.request_stop();
  EXPECT_EQ(task->wait(stop.get_token(), kNoDeadline).error().code, Errc::cancelled);
  go_on.release();
  EXPECT_TRUE(task->wait({}, kNoDeadline));
}

TEST(Background, AForkWaitsForRunningTasksAndTheChildIsRefused) {
  auto workers = BackgroundWorkers::of_process();
  for (int round = 0; round < 20; ++round) {
    std::vector<std::shared_ptr<BackgroundTask>> tasks;
    std::mutex held_while_running;
    for (int i = 0; i < 8; ++i) {
      tasks.push_back(std::make_shared<BackgroundTask>([&] { const std::scoped_lock lock(held_while_running); }));
      ASSERT_TRUE(workers->submit(tasks.back()));
    }
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      bool right = held_while_running.try_lock();
      for (const auto& task : tasks) right = right && (task->is_done() || task->take_back());
      right = right && !workers->submit(tasks.front());
      workers.reset();
      ::_exit(right ? 0 : 1);
    }
    for (const auto& task : tasks) task->wait();
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0);
  }
}

TEST(Background, OneForTheProcessAsLongAsSomebodyHoldsIt) {
  auto workers = BackgroundWorkers::of_process();
  EXPECT_EQ(workers, BackgroundWorkers::of_process());
  const std::weak_ptr<BackgroundWorkers> watched = workers;
  workers.reset();
  EXPECT_TRUE(watched.expired());
}

}  // namespace
}  // namespace npk::pool
