// The bounded queue: time-outs, close, stop, and that nothing is lost.
#include "npk/bounded_queue.h"

#include <gtest/gtest.h>

#include <chrono>
#include <memory>
#include <numeric>
#include <thread>
#include <vector>

namespace npk {
namespace {

using namespace std::chrono_literals;
using Item = std::unique_ptr<int>;

Item item(int value) { return std::make_unique<int>(value); }

int taken(BoundedQueue<Item>& queue) {
  auto got = queue.get(0ns);
  return got && *got ? ***got : -1;
}

// Whether a call waits on the queue can't be seen from outside: the other side acts only after both were let go, and the
// outcome must be right either way. Time-outs of `none` then prove the wake-up, as the test would not end without it.
TEST(BoundedQueue, KeepsOrderAndHighWater) {
  BoundedQueue<Item> queue(3);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(queue.put(item(i)));
  EXPECT_EQ(queue.size(), 3U);
  EXPECT_EQ(taken(queue), 0);
  EXPECT_TRUE(queue.put(item(3)));
  for (int i = 1; i < 4; ++i) EXPECT_EQ(taken(queue), i);
  EXPECT_EQ(queue.size(), 0U);
  EXPECT_EQ(queue.high_water(), 3U);
  EXPECT_EQ(BoundedQueue<int>(0).capacity(), 1U);
}

TEST(BoundedQueue, TimeoutsAreHonouredAndLoseNothing) {
  BoundedQueue<Item> queue(1);
  for (const auto timeout : {-1ns, 0ns, std::chrono::nanoseconds(10ms)}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(queue.get(timeout).error().code, Errc::limit);
    EXPECT_GE(std::chrono::steady_clock::now() - start, timeout);
  }
  EXPECT_TRUE(queue.put(item(1)));
  Item mine = item(2);
  for (const auto timeout : {-1ns, 0ns, std::chrono::nanoseconds(10ms)}) {
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(queue.put(std::move(mine), timeout).error().code, Errc::limit);
    EXPECT_GE(std::chrono::steady_clock::now() - start, timeout);
    ASSERT_TRUE(mine);  // refused, so still the caller's
  }
  EXPECT_EQ(taken(queue), 1);
  EXPECT_TRUE(queue.put(std::move(mine), std::chrono::nanoseconds::max()));  // as good as none
  EXPECT_FALSE(mine);
  EXPECT_EQ(taken(queue), 2);
}

TEST(BoundedQueue, AProducerAtAFullQueueIsLetGoByAConsumer) {
  BoundedQueue<Item> queue(1);
  ASSERT_TRUE(queue.put(item(1)));
  std::jthread producer([&] { EXPECT_TRUE(queue.put(item(2))); });
  EXPECT_EQ(***queue.get(), 1);
  EXPECT_EQ(***queue.get(), 2);
}

TEST(BoundedQueue, CloseWakesBothSidesAndRefusesFromThenOn) {
  BoundedQueue<Item> full(1), empty(1);
  ASSERT_TRUE(full.put(item(1)));
  Item refused = item(2);
  {
    std::vector<std::jthread> threads;
    threads.emplace_back([&] { EXPECT_EQ(full.put(std::move(refused)).error().code, Errc::misuse); });
    threads.emplace_back([&] { EXPECT_EQ(full.put(item(3)).error().code, Errc::misuse); });
    for (int i = 0; i < 2; ++i) {
      threads.emplace_back([&] {
        const auto got = empty.get();
        ASSERT_TRUE(got);
        EXPECT_FALSE(*got);
      });
    }
    full.close();
    empty.close();
  }
  EXPECT_TRUE(refused);
  EXPECT_TRUE(full.is_closed());
  EXPECT_EQ(full.put(std::move(refused), 0ns).error().code, Errc::misuse);
  EXPECT_TRUE(refused);
  EXPECT_EQ(taken(full), 1);  // put before close
  EXPECT_FALSE(*full.get());
  full.close();
}

TEST(BoundedQueue, StopWakesBothSides) {
  BoundedQueue<Item> full(1), empty(1);
  ASSERT_TRUE(full.put(item(1)));
  std::stop_source stop;
  Item mine = item(2);
  {
    std::jthread producer([&] { EXPECT_EQ(full.put(std::move(mine), {}, stop.get_token()).error().code, Errc::cancelled); });
    std::jthread consumer([&] { EXPECT_EQ(empty.get(1h, stop.get_token()).error().code, Errc::cancelled); });
    stop.request_stop();
  }
  EXPECT_TRUE(mine);
  EXPECT_EQ(full.get(0ns, stop.get_token()).error().code, Errc::cancelled);
  EXPECT_EQ(empty.put(item(1), 0ns, stop.get_token()).error().code, Errc::cancelled);
  EXPECT_EQ(full.size(), 1U);
  EXPECT_EQ(empty.size(), 0U);
}

// Every item arrives exactly once, in its producer's order, whatever waits, times out or is slow.
TEST(BoundedQueue, LosesNothingUnderStress) {
  constexpr int kProducers = 4, kConsumers = 4, kEach = 3000;
  BoundedQueue<std::pair<int, int>> queue(5);
  std::vector<std::vector<std::pair<int, int>>> got(kConsumers);
  {
    std::vector<std::jthread> consumers;
    for (auto& mine : got) {
      consumers.emplace_back([&queue, &mine] {
        for (;;) {
          auto next = queue.get(mine.size() % 3 == 0 ? Timeout(0ns) : mine.size() % 3 == 1 ? Timeout(50us) : Timeout());
          if (next && !*next) return;
          if (next) mine.push_back(**next);
          if (!next || mine.size() % 64 == 0) std::this_thread::yield();
        }
      });
    }
    {
      std::vector<std::jthread> producers;
      for (int producer = 0; producer < kProducers; ++producer) {
        producers.emplace_back([&, producer] {
          for (int i = 0; i < kEach; ++i) {
            const Timeout timeout = i % 3 == 0 ? Timeout(0ns) : i % 3 == 1 ? Timeout(50us) : Timeout();
            while (!queue.put({producer, i}, timeout)) std::this_thread::yield();
          }
        });
      }
    }
    queue.close();
  }
  EXPECT_LE(queue.high_water(), 5U);
  std::vector<std::vector<int>> from(kProducers);
  for (const auto& mine : got) {
    std::vector<int> last(kProducers, -1);
    for (const auto& [producer, number] : mine) {
      EXPECT_GT(number, last[static_cast<std::size_t>(producer)]);
      last[static_cast<std::size_t>(producer)] = number;
      from[static_cast<std::size_t>(producer)].push_back(number);
    }
  }
  std::vector<int> all(kEach);
  std::iota(all.begin(), all.end(), 0);
  for (auto& numbers : from) {
    std::ranges::sort(numbers);
    EXPECT_EQ(numbers, all);
  }
}

}  // namespace
}  // namespace npk
