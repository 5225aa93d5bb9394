// Every verb that writes, stopped at every point: on any disk that a crash may leave, the package opens at the old state or the new one,
// reads whole, and can be written to again. And every call of the system failing: the same, at once, with nothing left lying about.
#include <cstdlib>
#include <set>
#include <unordered_set>

#include "crash/crash_states.h"
#include "crash/operations.h"

namespace npk::testing {
namespace {

constexpr std::size_t kMostAPoint = 40;
constexpr std::size_t kWrittenToAgain = 97;  // every so many-th disk

// Crash points of each operation; all operations together have at least 10,000. NPK_CRASH_POINTS says how many in all.
std::size_t points_wanted() {
  const char* text = std::getenv("NPK_CRASH_POINTS");
  const std::size_t all = text != nullptr ? std::strtoull(text, nullptr, 10) : 10'000;
  return all / std::size(kOperations) + 1;
}

class Crash : public ::testing::TestWithParam<Operation> {
 protected:
  // Runs it once, recorded, and looks at all that a crash may leave of it.
  void crash(std::uint64_t seed) {
    Workplace place(GetParam(), seed);
    const Disk before = Disk::of(place.directory());
    const Seen old_state = place.seen(before.content("p.npk"));
    std::vector<FileOperation> operations;
    {
      const RecordedIo recorded(place.directory());
      const auto done = place.run();
      ASSERT_TRUE(done) << done.error().to_string();
      operations = recorded.operations();
    }
    const Seen new_state = place.seen(Disk::of(place.directory()).content("p.npk"));
    ASSERT_TRUE(new_state.is_there);
    CrashStates(before, operations, seed).for_each(kMostAPoint, [&](const Disk& disk) {
      ++points_;
      const std::string bytes = disk.content("p.npk");
      if (!known_.insert(std::hash<std::string>()(bytes)).second || HasFatalFailure()) return;
      const Seen state = place.seen(bytes);
      ASSERT_TRUE(state == old_state || state == new_state) << "seed " << seed << ", point " << points_ << ": " << state.problem;
      if (!state.is_there || known_.size() % kWrittenToAgain != 0) return;
      ASSERT_EQ(place.written_to_again(bytes), "sound") << "seed " << seed << ", point " << points_;
    });
  }

  std::size_t points_ = 0;
  std::unordered_set<std::size_t> known_;  // hashes of what has been looked at
};

TEST_P(Crash, LeavesTheOldStateOrTheNew) {
  for (std::uint64_t seed = 1; points_ < points_wanted() && !HasFatalFailure(); ++seed) crash(seed);
  RecordProperty("points", static_cast<int>(points_));
}

class Failure : public ::testing::TestWithParam<Operation> {
 protected:
  // What it does, and comes to, when nothing fails.
  void SetUp() override {
    Workplace place(GetParam(), 1);
    {
      const RecordedIo recorded(place.directory());
      EXPECT_TRUE(place.run());
      calls_ = recorded.operations().size();
    }
    new_state_ = place.seen(Disk::of(place.directory()).content("p.npk"));
    ASSERT_GT(calls_, 2U);
  }
  static std::set<std::string> names(const std::string& directory) {
    std::set<std::string> found;
    for (const auto& [name, file] : Disk::of(directory).names) found.insert(name);
    return found;
  }

  std::size_t calls_ = 0;
  Seen new_state_;
};

TEST_P(Failure, OfAnyCallLeavesTheOldStateOrTheNew) {
  for (const int error_number : {EIO, ENOSPC}) {
    for (std::size_t at = 1; at <= calls_; ++at) {
      SCOPED_TRACE(std::to_string(error_number) + " at call " + std::to_string(at));
      Workplace place(GetParam(), 1);
      const Seen old_state = place.seen(Disk::of(place.directory()).content("p.npk"));
      const auto before = names(place.directory());
      Result<void> done;
      {
        const RecordedIo recorded(place.directory(), {.kind = Trouble::Kind::error, .at = at, .error_number = error_number});
        done = place.run();
      }
      const Seen state = place.seen(Disk::of(place.directory()).content("p.npk"));
      if (done) continue;  // only what cleans up came behind
      EXPECT_EQ(done.error().code, Errc::io) << done.error().to_string();
      EXPECT_EQ(done.error().system_errno, error_number) << done.error().to_string();
      EXPECT_TRUE(state == old_state || state == new_state_) << state.problem;
      if (!state.is_there) continue;
      EXPECT_TRUE(std::ranges::includes(before, names(place.directory())) || !old_state.is_there) << "something is left";
      EXPECT_EQ(place.written_to_again(Disk::of(place.directory()).content("p.npk")), "sound");
    }
  }
}

TEST_P(Failure, OnlyInterruptionsAndShortWritesAreNone) {
  for (const Trouble::Kind kind : {Trouble::Kind::interrupted, Trouble::Kind::short_write}) {
    for (std::size_t at = 1; at <= calls_; ++at) {
      Workplace place(GetParam(), 1);
      Result<void> done;
      {
        const RecordedIo recorded(place.directory(), {.kind = kind, .at = at});
        done = place.run();
      }
      ASSERT_TRUE(done) << done.error().to_string();
      EXPECT_EQ(place.written_to_again(Disk::of(place.directory()).content("p.npk")), "sound") << at;
    }
  }
}

std::string name_of(const ::testing::TestParamInfo<Operation>& test) { return test.param.name; }
INSTANTIATE_TEST_SUITE_P(Each, Crash, ::testing::ValuesIn(kOperations), name_of);
INSTANTIATE_TEST_SUITE_P(Each, Failure, ::testing::ValuesIn(kOperations), name_of);

}  // namespace
}  // namespace npk::testing
