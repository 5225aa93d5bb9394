// Pipelines in children forked whatever the parent's threads were doing.
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <stop_token>
#include <thread>

#include "pool/pipeline.h"

namespace npk::pool {
namespace {

// The threads that had a part in it; none if not all was done.
std::set<std::thread::id> threads_of_a_run(std::chrono::microseconds of_each = {}) {
  std::mutex mutex;
  std::set<std::thread::id> threads;
  std::atomic<std::uint64_t> done = 0;
  const auto result = parallel_for_each_index({.threads = 4}, 100, [&](std::uint64_t) -> Result<void> {
    ++done;
    std::this_thread::sleep_for(of_each);
    const std::lock_guard lock(mutex);
    threads.insert(std::this_thread::get_id());
    return {};
  });
  if (!result || done != 100) threads.clear();
  return threads;
}

int status_of_child(int (*run)()) {
  const pid_t child = ::fork();
  if (child == 0) {
    ::alarm(20);  // a child that hangs dies of it
    ::_exit(run());
  }
  int status = -1;
  return child > 0 && ::waitpid(child, &status, 0) == child ? status : -1;
}

int runs_on_the_caller_alone() { return threads_of_a_run() == std::set{std::this_thread::get_id()} ? 0 : 1; }

// Locks of oneTBB's that a worker held at the fork stay locked in the child.
TEST(PipelineFork, GoesOnInChildrenForkedWhileOthersWork) {
  std::vector<std::jthread> others;
  for (int i = 0; i < 3; ++i) {
    others.emplace_back([](const std::stop_token& stop) {
      while (!stop.stop_requested()) threads_of_a_run();
    });
  }
  ASSERT_FALSE(threads_of_a_run().empty());
  for (int child = 0; child < 200; ++child) ASSERT_EQ(status_of_child(runs_on_the_caller_alone), 0) << child;
}

TEST(PipelineFork, GoesOnInAChildOfAChild) {
  ASSERT_FALSE(threads_of_a_run().empty());
  ASSERT_EQ(status_of_child([] { return status_of_child(runs_on_the_caller_alone); }), 0);
}

// A daemon that forks before it does anything has its workers.
TEST(PipelineFork, AChildOfOneThatRanNoneHasWorkers) {
  constexpr const char* kStartedAnew = "NPK_TEST_STARTED_ANEW";
  if (::getenv(kStartedAnew) == nullptr) {
    const int status = status_of_child([] {
      ::setenv(kStartedAnew, "1", 1);
      return ::execl("/proc/self/exe", "pool_test", "--gtest_filter=PipelineFork.AChildOfOneThatRanNoneHasWorkers", "--gtest_brief=1", nullptr);
    });
    ASSERT_EQ(status, 0);
    return;
  }
  ASSERT_EQ(status_of_child([] {
    for (int attempt = 0; attempt < 1000; ++attempt) {
      if (threads_of_a_run(std::chrono::microseconds(100)).size() > 1) return 0;
    }
    return 1;
  }), 0);
}

}  // namespace
}  // namespace npk::pool
