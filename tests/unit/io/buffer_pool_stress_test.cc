// The buffer pool under 16 threads. What is out is counted apart from the pool; no moment may show more than the limit.
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <random>
#include <stop_token>
#include <thread>
#include <vector>

#include "npk/buffer_pool.h"

namespace npk {
namespace {

using Buffer = BufferPool::Buffer;

constexpr unsigned kThreads = 16;
constexpr unsigned kSteps = 6000;
constexpr std::uint64_t kLimit = 2U << 20;
constexpr std::size_t kSizes[] = {4096, 5120, 8192, 65'536, 262'144};  // classes, so that bytes asked for are bytes counted

void expect_reconciled_within_limit(const BufferPoolStatistics& now) {
  ASSERT_EQ(now.gets, now.hits + now.misses + now.refused);
  ASSERT_EQ(now.hits + now.misses, now.returns + now.borrowed_buffers);
  ASSERT_EQ(now.total_bytes, now.borrowed_bytes + now.idle_bytes);
  ASSERT_EQ(now.misses, now.borrowed_buffers + now.idle_buffers + now.freed_on_return + now.evicted_for_room +
                            now.evicted_by_time + now.cleared);
  ASSERT_LE(now.peak_total_bytes, kLimit);
}

class BufferPoolStressTest : public ::testing::Test {
 protected:
  // A buffer with its size counted and its first and last byte the holder's own: two holders of one storage would show.
  struct Held {
    Buffer buffer;
    std::uint8_t mark = 0;
  };

  // A limit that did not change during the whole of a get holds for what is out after it.
  void take(std::vector<Held>& held, std::size_t size, std::uint8_t mark) {
    const std::uint64_t before = limit_version_.load();
    const std::uint64_t limit = limit_.load();
    auto buffer = pool_->get(size);
    if (!buffer) {
      ASSERT_EQ(buffer.error().code, Errc::limit);
      return;
    }
    const std::uint64_t out = out_bytes_.fetch_add(size) + size;
    const bool limit_stood = before % 2 == 0 && limit_version_.load() == before;
    ASSERT_LE(out, limit_stood ? limit : kLimit);
    buffer->data()[0] = mark;
    buffer->data()[size - 1] = mark;
    held.push_back({std::move(*buffer), mark});
  }

  void return_one(std::vector<Held>& held, std::size_t which, bool by_address) {
    std::swap(held[which], held.back());
    Held last = std::move(held.back());
    held.pop_back();
    ASSERT_EQ(last.buffer.data()[0], last.mark);
    ASSERT_EQ(last.buffer.data()[last.buffer.size() - 1], last.mark);
    out_bytes_.fetch_sub(last.buffer.size());
    if (!by_address) return;
    ASSERT_TRUE(pool_->give_back(BufferPool::release(std::move(last.buffer))));
  }

  void work(unsigned thread) {
    std::mt19937 random(thread);
    std::vector<Held> held;
    for (unsigned step = 0; step < kSteps && !HasFatalFailure(); ++step) {
      const auto die = random();
      if (held.empty() || (held.size() < 12 && die % 2 == 0)) {
        take(held, kSizes[random() % std::size(kSizes)], static_cast<std::uint8_t>(die >> 8U));
      } else {
        return_one(held, random() % held.size(), die % 16 == 1);
      }
      ASSERT_LE(pool_->total_bytes(), kLimit);
      if (die % 512 == 0) expect_reconciled_within_limit(pool_->statistics());
      if (die % 2048 == 0) pool_->clear();
      if (die % 1024 == 0) pool_->evict_expired();
    }
    while (!held.empty()) return_one(held, 0, false);
  }

  void change_limit(const std::stop_token& stop) {
    std::mt19937 random(99);
    while (!stop.stop_requested()) {
      const std::uint64_t limit = random() % 8 == 0 ? 0 : kLimit / 8 * (1 + random() % 8);
      limit_version_.fetch_add(1);
      pool_->set_max_total_bytes(limit);
      limit_.store(limit);
      limit_version_.fetch_add(1);
      for (int i = 0; i < 50; ++i) std::this_thread::yield();
    }
  }

  void run_all(bool changing_limit) {
    std::jthread changer;
    if (changing_limit) changer = std::jthread([this](const std::stop_token& stop) { change_limit(stop); });
    std::vector<std::jthread> threads;
    for (unsigned thread = 0; thread < kThreads; ++thread) threads.emplace_back([this, thread] { work(thread); });
  }

  void expect_at_rest() {
    const BufferPoolStatistics now = pool_->statistics();
    expect_reconciled_within_limit(now);
    EXPECT_EQ(out_bytes_.load(), 0U);
    EXPECT_EQ(now.borrowed_buffers, 0U);
    EXPECT_EQ(now.borrowed_bytes, 0U);
    EXPECT_EQ(now.total_bytes, pool_->total_bytes());
    EXPECT_LE(now.total_bytes, pool_->max_total_bytes());
    EXPECT_GT(now.hits, 0U);
    pool_->set_max_total_bytes(0);
    EXPECT_EQ(pool_->total_bytes(), 0U);
    pool_->set_max_total_bytes(kLimit);  // everything is free again: nothing was lost on the way
    EXPECT_TRUE(pool_->get(kLimit));
  }

  void open(EvictionPolicy policy) {
    pool_ = std::move(*BufferPool::create(
        {.max_total_bytes = kLimit, .eviction = policy, .eviction_timeout = std::chrono::microseconds(200)}));
  }

  std::shared_ptr<BufferPool> pool_;
  std::atomic<std::uint64_t> out_bytes_{0};
  std::atomic<std::uint64_t> limit_{kLimit};
  std::atomic<std::uint64_t> limit_version_{0};  // odd while it changes
};

TEST_F(BufferPoolStressTest, NeverOwnsMoreThanTheLimit) {
  open(EvictionPolicy::least_recently_used);
  run_all(false);
  expect_at_rest();
  EXPECT_GT(pool_->statistics().evicted_for_room, 0U);
}

TEST_F(BufferPoolStressTest, NeverOwnsMoreThanAChangingLimit) {
  open(EvictionPolicy::least_recently_used);
  run_all(true);
  expect_at_rest();
}

TEST_F(BufferPoolStressTest, EvictsByTimeMeanwhile) {
  open(EvictionPolicy::time);
  run_all(true);
  expect_at_rest();
}

TEST(BufferPoolLifetimeTest, PoolsAndTheirBuffersEndInAnyOrderOnAnyThread) {
  for (unsigned round = 0; round < 200; ++round) {
    auto pool = std::move(*BufferPool::create());
    std::vector<Buffer> buffers;
    for (unsigned i = 0; i < 4; ++i) buffers.push_back(std::move(*pool->get(4096)));
    std::atomic<unsigned> ready{0};
    const auto together = [&] {
      ready.fetch_add(1);
      while (ready.load() < 5) std::this_thread::yield();
    };
    std::vector<std::jthread> threads;
    for (Buffer& buffer : buffers) {
      threads.emplace_back([&] {
        Buffer mine = std::move(buffer);
        together();
      });
    }
    together();
    pool.reset();
  }
}

TEST(BufferPoolLifetimeTest, AnAddressGivenBackByManyThreadsIsTakenOnce) {
  const auto pool = std::move(*BufferPool::create());
  for (unsigned round = 0; round < 200; ++round) {
    std::uint8_t* const data = BufferPool::release(std::move(*pool->get(4096)));
    std::atomic<unsigned> taken{0};
    {
      std::vector<std::jthread> threads;
      for (unsigned i = 0; i < 4; ++i) threads.emplace_back([&] { taken += pool->give_back(data) ? 1 : 0; });
    }
    ASSERT_EQ(taken.load(), 1U);
    ASSERT_EQ(pool->statistics().borrowed_buffers, 0U);
  }
}

}  // namespace
}  // namespace npk
