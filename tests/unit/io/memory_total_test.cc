// Memory of the machine and limits of control groups, from files laid out as the system's.
#include "io/memory_total.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "support/scratch.h"

namespace npk::io {
namespace {

class ControlGroups : public ::testing::Test {
 protected:
  void write(const std::string& path, const std::string& text) {
    const std::filesystem::path file = scratch_ / path;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file) << text;
  }
  [[nodiscard]] std::uint64_t limit() const { return control_group_limit_bytes(scratch_.path()); }

  testing::ScratchDirectory scratch_;
};

TEST_F(ControlGroups, NoneIsNoLimit) {
  EXPECT_EQ(limit(), UINT64_MAX);
  write("proc/self/cgroup", "0::/\n");
  EXPECT_EQ(limit(), UINT64_MAX);
}

TEST_F(ControlGroups, TheLeastOfAGroupAndThoseAboveCounts) {
  write("proc/self/cgroup", "0::/outer/inner\n");
  write("sys/fs/cgroup/outer/inner/memory.max", "max\n");
  EXPECT_EQ(limit(), UINT64_MAX);
  write("sys/fs/cgroup/outer/memory.max", "3000000\n");
  EXPECT_EQ(limit(), 3000000U);
  write("sys/fs/cgroup/outer/inner/memory.max", "2000000\n");
  EXPECT_EQ(limit(), 2000000U);
  write("sys/fs/cgroup/memory.max", "1000000\n");
  EXPECT_EQ(limit(), 1000000U);
}

TEST_F(ControlGroups, VersionOneHasAHierarchyForMemory) {
  write("proc/self/cgroup", "5:cpu,cpuacct:/a\n4:memory:/a\n");
  write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "12345\n");
  write("sys/fs/cgroup/a/memory.max", "1\n");
  EXPECT_EQ(limit(), 12345U);
}

TEST_F(ControlGroups, WhatIsNoNumberIsNoLimit) {
  for (const char* text : {"", "junk\n", "12x\n", "-1\n", "99999999999999999999999\n"}) {
    write("proc/self/cgroup", "0::/a\nbroken\n1:memory\n");
    write("sys/fs/cgroup/a/memory.max", text);
    EXPECT_EQ(limit(), UINT64_MAX) << text;
  }
}

TEST(MemoryTotal, IsAtMostTheMachines) {
  EXPECT_GT(usable_memory_bytes(), 1U << 20);
  EXPECT_LE(usable_memory_bytes(), static_cast<std::uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
                                       static_cast<std::uint64_t>(::sysconf(_SC_PAGE_SIZE)));
}

}  // namespace
}  // namespace npk::io
