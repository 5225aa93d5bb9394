#include "pool/pipeline.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <algorithm>
#include <atomic>
#include <chrono>
#include <mutex>
#include <new>
#include <set>
#include <stdexcept>
#include <string>
#include <thread>

namespace npk::pool {
namespace {

using namespace std::chrono_literals;

struct Token {
  std::uint64_t number = 0;
  std::unique_ptr<std::vector<std::uint64_t>> trail = std::make_unique<std::vector<std::uint64_t>>();  // move-only
};

TokenSource<Token> numbers(std::uint64_t count, std::uint64_t& next) {
  return [count, &next]() -> Result<std::unique_ptr<Token>> {
    if (next == count) return nullptr;
    auto token = std::make_unique<Token>();
    token->number = next++;
    return token;
  };
}

// Some work of different length for different tokens, so that they overtake one another where they may.
void dawdle(std::uint64_t number) {
  std::this_thread::sleep_for(std::chrono::microseconds((number * 7919) % 5 * 40));
}

class PipelineTest : public testing::TestWithParam<unsigned> {
 protected:
  PipelineOptions options(std::size_t max_tokens = 0) const {
    return {.threads = GetParam(), .max_tokens = max_tokens, .stop = stop_.get_token()};
  }
  Result<void> run(std::uint64_t count, const std::vector<Stage<Token>>& stages, std::size_t max_tokens = 0) {
    given_ = 0;
    return run_pipeline<Token>(options(max_tokens), numbers(count, given_), stages);
  }
  std::stop_source stop_;
  std::uint64_t given_ = 0;
};

std::vector<std::uint64_t> first_numbers(std::uint64_t count) {
  std::vector<std::uint64_t> all;
  for (std::uint64_t i = 0; i < count; ++i) all.push_back(i);
  return all;
}

TEST_P(PipelineTest, SerialStagesSeeEveryTokenInOrder) {
  std::vector<std::uint64_t> first;
  std::vector<std::uint64_t> last;
  const auto parallel = [](Token& token) -> Result<void> {
    dawdle(token.number);
    token.trail->push_back(token.number * 2);
    return {};
  };
  const std::vector<Stage<Token>> stages = {{StageKind::serial_in_order,
                                             [&](Token& token) -> Result<void> {
                                               first.push_back(token.number);
                                               return {};
                                             }},
                                            {StageKind::parallel, parallel},
                                            {StageKind::parallel, parallel},
                                            {StageKind::serial_in_order, [&](Token& token) -> Result<void> {
                                               EXPECT_EQ(token.trail->size(), 2U);
                                               last.push_back(token.trail->back() / 2);
                                               return {};
                                             }}};
  ASSERT_TRUE(run(500, stages));
  EXPECT_EQ(first, first_numbers(500));
  EXPECT_EQ(last, first_numbers(500));
}

TEST_P(PipelineTest, TokensInFlightAreBounded) {
  static std::atomic<int> alive, most;
  alive = most = 0;
  struct Counted {
    Counted() {
      const int now = ++alive;
      for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) {
      }
    }
    Counted(const Counted&) = delete;
    ~Counted() { --alive; }
  };
  int left = 200;
  const TokenSource<Counted> source = [&]() -> Result<std::unique_ptr<Counted>> {
    if (left-- == 0) return nullptr;
    return std::make_unique<Counted>();
  };
  const Stage<Counted> slow = {StageKind::parallel, [](Counted&) -> Result<void> {
                                 std::this_thread::sleep_for(100us);
                                 return {};
                               }};
  ASSERT_TRUE(run_pipeline<Counted>(options(3), source, {slow, slow}));
  EXPECT_LE(most, 3);
  EXPECT_EQ(alive, 0);
}

TEST_P(PipelineTest, NoMoreThreadsThanAsked) {
  std::mutex mutex;
  std::set<std::thread::id> ids;
  std::atomic<int> inside = 0;
  int most = 0;
  const Stage<Token> stage = {StageKind::parallel, [&](Token&) -> Result<void> {
                                const int now = ++inside;
                                {
                                  const std::lock_guard lock(mutex);
                                  ids.insert(std::this_thread::get_id());
                                  most = std::max(most, now);
                                }
                                std::this_thread::sleep_for(300us);
                                --inside;
                                return {};
                              }};
  ASSERT_TRUE(run(100, {stage}));
  EXPECT_LE(most, static_cast<int>(GetParam()));
  if (GetParam() == 1) {
    EXPECT_THAT(ids, testing::ElementsAre(std::this_thread::get_id()));
  }
  if (GetParam() > 1) {
    EXPECT_GT(most, 1);
  }
}

TEST_P(PipelineTest, TheFirstErrorInTokenOrderCounts) {
  for (int round = 0; round < 20; ++round) {
    std::atomic<std::uint64_t> passed_before = 0;
    std::atomic<bool> passed_after = false;
    const std::vector<Stage<Token>> stages = {{StageKind::parallel,
                                               [](Token& token) -> Result<void> {
                                                 if (token.number == 23)
                                                   return fail(Errc::corrupt, "23");  // fails early
                                                 dawdle(token.number);
                                                 return {};
                                               }},
                                              {StageKind::parallel,
                                               [](Token& token) -> Result<void> {
                                                 if (token.number == 20) {
                                                   std::this_thread::sleep_for(500us);
                                                   return fail(Errc::io, "20");  // fails late, comes first
                                                 }
                                                 return {};
                                               }},
                                              {StageKind::serial_in_order, [&](Token& token) -> Result<void> {
                                                 if (token.number < 20) ++passed_before;
                                                 if (token.number >= 20) passed_after = true;
                                                 return {};
                                               }}};
    const auto done = run(1000, stages);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, Errc::io);
    EXPECT_EQ(done.error().message, "20");
    EXPECT_EQ(passed_before, 20U);
    EXPECT_FALSE(passed_after);
    EXPECT_LT(given_, 1000U);
  }
}

TEST_P(PipelineTest, TheSourcesErrorComesAfterItsTokens) {
  std::vector<std::uint64_t> seen;
  std::uint64_t next = 0;
  const TokenSource<Token> source = [&]() -> Result<std::unique_ptr<Token>> {
    if (next == 10) return fail(Errc::truncated, "no more");
    auto token = std::make_unique<Token>();
    token->number = next++;
    return token;
  };
  const std::vector<Stage<Token>> stages = {{StageKind::parallel,
                                             [](Token& token) -> Result<void> {
                                               dawdle(token.number);
                                               return {};
                                             }},
                                            {StageKind::serial_in_order, [&](Token& token) -> Result<void> {
                                               seen.push_back(token.number);
                                               return {};
                                             }}};
  const auto done = run_pipeline<Token>(options(), source, stages);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::truncated);
  EXPECT_EQ(seen, first_numbers(10));
}

TEST_P(PipelineTest, AStopTokenEndsItSoon) {
  std::atomic<std::uint64_t> begun = 0;
  const Stage<Token> stage = {StageKind::parallel, [&](Token&) -> Result<void> {
                                if (++begun == 5) stop_.request_stop();
                                return {};
                              }};
  const auto done = run(100'000, {stage});
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, Errc::cancelled);
  EXPECT_LE(begun, 5U + GetParam());
}

TEST_P(PipelineTest, ExceptionsBecomeErrors) {
  const auto thrown = [&](auto raise) {
    return run(50, {{StageKind::parallel,
                     [raise](Token& token) -> Result<void> {
                       if (token.number == 7) raise();
                       return {};
                     }}})
        .error();
  };
  EXPECT_EQ(thrown([] { throw std::bad_alloc(); }).code, Errc::limit);
  const Error error = thrown([] { throw std::runtime_error("boo"); });
  EXPECT_EQ(error.code, Errc::internal);
  EXPECT_EQ(error.message, "boo");
  EXPECT_EQ(thrown([] { throw 7; }).code, Errc::internal);
  const TokenSource<Token> source = []() -> Result<std::unique_ptr<Token>> { throw std::bad_alloc(); };
  EXPECT_EQ(run_pipeline<Token>(options(), source, {}).error().code, Errc::limit);
}

TEST_P(PipelineTest, NothingToDo) {
  EXPECT_TRUE(run(0, {{StageKind::parallel, [](Token&) -> Result<void> { return fail(Errc::internal, "never"); }}}));
  EXPECT_TRUE(run(100, {}));
  EXPECT_EQ(given_, 100U);
}

TEST_P(PipelineTest, OneInsideAnother) {
  std::atomic<std::uint64_t> sum = 0;
  const Stage<Token> stage = {StageKind::parallel, [&](Token& token) -> Result<void> {
                                return parallel_for_each_index(options(), 10, [&](std::uint64_t index) -> Result<void> {
                                  sum += index * token.number;
                                  return {};
                                });
                              }};
  ASSERT_TRUE(run(20, {stage}));
  EXPECT_EQ(sum, 45U * 190U);
}

TEST_P(PipelineTest, EachIndexOnce) {
  std::vector<std::atomic<int>> hits(1000);
  ASSERT_TRUE(parallel_for_each_index(options(), hits.size(), [&](std::uint64_t index) -> Result<void> {
    ++hits[index];
    return {};
  }));
  EXPECT_TRUE(std::ranges::all_of(hits, [](const auto& hit) { return hit == 1; }));
  const auto failed = parallel_for_each_index(options(), 1000, [](std::uint64_t index) -> Result<void> {
    if (index % 100 == 99) return fail(Errc::limit, std::to_string(index));
    return {};
  });
  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "99");
}

TEST_P(PipelineTest, GoesOnInAForkedChild) {
  const auto count = [&] {
    std::atomic<std::uint64_t> done = 0;
    const auto result = parallel_for_each_index(options(), 100, [&](std::uint64_t) -> Result<void> {
      ++done;
      return {};
    });
    return result && done == 100;
  };
  ASSERT_TRUE(count());
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    ::alarm(20);
    ::_exit(count() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status) && WEXITSTATUS(status) == 0) << status;
}

INSTANTIATE_TEST_SUITE_P(Threads, PipelineTest, testing::Values(1U, 2U, 8U));

TEST(ThreadCount, ZeroMeansAllProcessors) {
  EXPECT_GE(processor_count(), 1U);
  EXPECT_EQ(thread_count(0), processor_count());
  EXPECT_EQ(thread_count(3), 3U);
  EXPECT_EQ(thread_count(4'000'000'000), 1024U);
}

}  // namespace
}  // namespace npk::pool
