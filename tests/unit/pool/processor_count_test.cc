// How many processors there are, also in children forked while other threads ask for the first time.
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>
#include <atomic>
#include <cstdlib>
#include <thread>
#include <vector>

#include "pool/pipeline.h"

namespace npk::pool {
namespace {

TEST(ProcessorCount, IsOfThoseAllowed) {
  cpu_set_t allowed;
  ASSERT_EQ(::sched_getaffinity(0, sizeof allowed, &allowed), 0);
  EXPECT_EQ(processor_count(), static_cast<unsigned>(CPU_COUNT(&allowed)));
}

int exit_status_of(pid_t child) {
  int status = -1;
  return child > 0 && ::waitpid(child, &status, 0) == child ? status : -1;
}

// In a process that has not asked yet: 0 if every child of its had the answer.
int ask_and_fork() {
  std::atomic<bool> go = false;
  std::vector<std::jthread> askers;
  for (int i = 0; i < 3; ++i) {
    askers.emplace_back([&go] {
      while (!go) std::this_thread::yield();
      static_cast<void>(processor_count());
    });
  }
  go = true;
  for (int i = 0; i < 20; ++i) {
    const pid_t child = ::fork();
    if (child == 0) {
      ::alarm(20);  // a child that hangs dies of it
      ::_exit(processor_count() >= 1 ? 0 : 1);
    }
    if (exit_status_of(child) != 0) return 1;
  }
  return 0;
}

// Each time from this program started anew, as nothing is known there yet.
TEST(ProcessorCount, IsKnownInChildrenForkedWhileOthersAsk) {
  constexpr const char* kStartedAnew = "NPK_TEST_STARTED_ANEW";
  if (::getenv(kStartedAnew) != nullptr) {
    ASSERT_EQ(ask_and_fork(), 0);
    return;
  }
  for (int round = 0; round < 20; ++round) {
    const pid_t program = ::fork();
    if (program == 0) {
      ::setenv(kStartedAnew, "1", 1);
      ::execl("/proc/self/exe", "pool_test", "--gtest_filter=ProcessorCount.IsKnownInChildrenForkedWhileOthersAsk", "--gtest_brief=1", nullptr);
      ::_exit(2);
    }
    ASSERT_EQ(exit_status_of(program), 0) << round;
  }
}

}  // namespace
}  // namespace npk::pool
