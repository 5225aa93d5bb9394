// Every writing verb with memory that runs out at any moment: it says so, and the package is as before, or as it was to be.
#include <cstdlib>

#include "crash/failing_allocation.h"
#include "crash/operations.h"
#include "crash/recorded_io.h"

namespace npk::testing {
namespace {

// Of each operation: NPK_ALLOCATIONS, or so many, evenly spread.
std::int64_t most_runs() {
  const char* text = std::getenv("NPK_ALLOCATIONS");
  return text != nullptr ? std::atoll(text) : 60;
}

class Allocation : public ::testing::TestWithParam<Operation> {
 protected:
  // Whether it went through.
  bool run_failing_at(Workplace& place, std::int64_t at) {
    fail_allocation(at);
    bool went_through = false;
    try {
      const auto done = place.run();
      count_ = allocation_count();
      fail_allocation(0);
      EXPECT_TRUE(done || done.error().code == Errc::limit) << done.error().to_string();  // of a thread of the pool's
      went_through = done.has_value();
    } catch (const std::bad_alloc&) {
      fail_allocation(0);
    }
    return went_through;
  }

  std::int64_t count_ = 0;
};

TEST_P(Allocation, ThatFailsLeavesTheOldStateOrTheNew) {
  Workplace first(GetParam(), 1);
  ASSERT_TRUE(run_failing_at(first, 0));
  const std::int64_t count = count_;
  const Seen new_state = first.seen(Disk::of(first.directory()).content("p.npk"));
  const std::int64_t step = std::max<std::int64_t>(1, count / most_runs());
  for (std::int64_t at = 1; at <= count; at += step) {
    SCOPED_TRACE("allocation " + std::to_string(at));
    Workplace place(GetParam(), 1);
    const Seen old_state = place.seen(Disk::of(place.directory()).content("p.npk"));
    const bool went_through = run_failing_at(place, at);
    const Disk disk = Disk::of(place.directory());
    const Seen state = place.seen(disk.content("p.npk"));
    ASSERT_TRUE(state == new_state || (!went_through && state == old_state)) << state.problem;
    ASSERT_EQ(disk.names.size(), state.is_there ? 1U : 0U) << "something is left";
  }
}

std::string name_of(const ::testing::TestParamInfo<Operation>& test) { return test.param.name; }
INSTANTIATE_TEST_SUITE_P(Each, Allocation, ::testing::ValuesIn(kOperations), name_of);

}  // namespace
}  // namespace npk::testing
