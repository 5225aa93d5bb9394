// A process is told from the one it was forked from.
#include "io/fork_generation.h"

#include <gtest/gtest.h>

#include <cstring>
#include <sys/wait.h>
#include <unistd.h>

#include "npk/buffer_pool.h"

namespace npk::io {
namespace {

// Runs `check` in a forked child; whether it held.
template <class Check>
bool holds_in_child(Check check) {
  const pid_t child = ::fork();
  if (child == 0) ::_exit(check() ? 0 : 1);
  int status = 0;
  return ::waitpid(child, &status, 0) == child && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(ForkGeneration, IsAnotherInEachChildAndStaysInTheParent) {
  const std::uint32_t here = fork_generation();
  EXPECT_TRUE(holds_in_child([&] {
    const std::uint32_t child = fork_generation();
    return child != here && holds_in_child([&] { return fork_generation() != child && fork_generation() != here; }) &&
           fork_generation() == child;
  }));
  EXPECT_EQ(fork_generation(), here);
}

// The child goes on with what was lent and what lay idle; neither process's use shows in the other's.
TEST(BufferPoolFork, ParentAndChildGoOnApart) {
  const auto pool = std::move(*BufferPool::create({.max_total_bytes = 1U << 20}));
  { const auto idle = *pool->get(4096); }
  auto lent = *pool->get(8192);
  std::memset(lent.bytes().data(), 'p', lent.bytes().size());
  EXPECT_TRUE(holds_in_child([&] {
    if (lent.bytes()[8191] != 'p') return false;
    std::memset(lent.bytes().data(), 'c', lent.bytes().size());
    const bool reused = pool->get(4096).has_value() && pool->statistics().hits == 1;
    const auto room = pool->get(5U << 17);
    return reused && room.has_value() && pool->get(1U << 19).error().code == Errc::limit;
  }));
  EXPECT_EQ(lent.bytes()[0], 'p');
  const BufferPoolStatistics now = pool->statistics();
  EXPECT_EQ(now.gets, 2U);
  EXPECT_EQ(now.idle_buffers, 1U);
  EXPECT_EQ(now.borrowed_bytes, 8192U);
}

}  // namespace
}  // namespace npk::io
