// A process is told from the one it was forked from.
#include "io/fork_generation.h"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

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

}  // namespace
}  // namespace npk::io
