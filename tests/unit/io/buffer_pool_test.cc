// The buffer pool on one thread: classes, limit, eviction, statistics, and a model it must agree with.
#include "npk/buffer_pool.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <random>
#include <set>
#include <vector>

#include "io/buffer_pool_quota.h"
#include "io/buffer_pool_size.h"

// So that a request for more memory than there is fails as it does without a sanitizer.
extern "C" const char* __asan_default_options() { return "allocator_may_return_null=1"; }
extern "C" const char* __tsan_default_options() { return "allocator_may_return_null=1"; }

namespace npk {
namespace {

using namespace std::chrono_literals;
using Buffer = BufferPool::Buffer;

std::shared_ptr<BufferPool> make_pool(const BufferPoolOptions& options = {}) { return std::move(*BufferPool::create(options)); }

Buffer get(BufferPool& pool, std::size_t size) {
  auto buffer = pool.get(size);
  if (!buffer) ADD_FAILURE() << buffer.error().to_string();
  return buffer ? std::move(*buffer) : Buffer();
}

Errc refusal(BufferPool& pool, std::size_t size) {
  const auto buffer = pool.get(size);
  if (buffer) ADD_FAILURE() << "lent " << size;
  return buffer ? Errc::internal : buffer.error().code;
}

void expect_reconciled(const BufferPoolStatistics& now) {
  EXPECT_EQ(now.gets, now.hits + now.misses + now.refused);
  EXPECT_EQ(now.hits + now.misses, now.returns + now.borrowed_buffers);
  EXPECT_EQ(now.total_bytes, now.borrowed_bytes + now.idle_bytes);
  EXPECT_EQ(now.misses, now.borrowed_buffers + now.idle_buffers + now.freed_on_return + now.evicted_for_room +
                            now.evicted_by_time + now.cleared);
  EXPECT_LE(now.total_bytes, now.peak_total_bytes);
}

TEST(BufferSizeClass, StepsAreFourToEachPowerOfTwo) {
  const std::vector<std::uint64_t> expected = {4096, 5120, 6144, 7168, 8192, 10'240, 12'288, 14'336, 16'384};
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const std::uint64_t after_last = i == 0 ? 1 : expected[i - 1] + 1;
    for (const std::uint64_t size : {after_last, expected[i]}) {
      EXPECT_EQ(io::class_of_size(size).index, i) << size;
      EXPECT_EQ(io::class_of_size(size).bytes, expected[i]) << size;
    }
  }
  EXPECT_EQ(io::class_of_size(1 << 20).index, 32U);
  EXPECT_EQ(io::class_of_size(io::kLargestRequestBytes).bytes, io::kLargestRequestBytes);
}

TEST(BufferSizeClass, HasNoClassAboveTheLargestBuffer) {
  EXPECT_EQ(io::class_count(4095), 0U);
  EXPECT_EQ(io::class_count(4096), 1U);
  EXPECT_EQ(io::class_count(5119), 1U);
  EXPECT_EQ(io::class_count(5120), 2U);
  EXPECT_EQ(io::class_count(1 << 20), 33U);
  EXPECT_EQ(io::size_class(5000, 1).index, io::kNotKept);
  EXPECT_EQ(io::size_class(5000, 1).bytes, 8192U);
}

TEST(BufferPoolTest, DefaultsAreTheDocumentedOnes) {
  const BufferPoolOptions options;
  EXPECT_EQ(options.max_total_bytes, 1ULL << 30);
  EXPECT_EQ(options.max_buffer_bytes, 1ULL << 20);
  EXPECT_EQ(options.eviction, EvictionPolicy::least_recently_used);
  EXPECT_EQ(options.eviction_timeout, 5min);
}

TEST(BufferPoolTest, LendsTheLengthAskedForAligned) {
  const auto pool = make_pool();
  for (const std::size_t size : {1UL, 63UL, 4096UL, 4097UL, 100'000UL, 1UL << 20, (1UL << 20) + 1}) {
    const Buffer buffer = get(*pool, size);
    EXPECT_EQ(buffer.size(), size);
    EXPECT_EQ(buffer.bytes().size(), size);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(buffer.data()) % 4096, 0U) << size;
    std::memset(buffer.data(), 0xA5, size);
  }
}

TEST(BufferPoolTest, ReusesTheStorageOfTheSameClassOnly) {
  const auto pool = make_pool();
  Buffer first = get(*pool, 10'000);  // class 10,240
  std::uint8_t* const storage = first.data();
  first = Buffer();
  EXPECT_NE(get(*pool, 10'241).data(), storage);
  const Buffer again = get(*pool, 8193);
  EXPECT_EQ(again.data(), storage);
  EXPECT_EQ(again.size(), 8193U);
  const BufferPoolStatistics now = pool->statistics();
  EXPECT_EQ(now.hits, 1U);
  EXPECT_EQ(now.misses, 2U);
  EXPECT_EQ(now.borrowed_bytes, 10'240U);
  EXPECT_EQ(now.idle_bytes, 12'288U);
  EXPECT_EQ(now.total_bytes, pool->total_bytes());
  expect_reconciled(now);
}

TEST(BufferPoolTest, NeverKeepsWhatIsAboveTheLargestBuffer) {
  const auto pool = make_pool({.max_buffer_bytes = 65'536});
  get(*pool, 65'536);
  EXPECT_EQ(pool->total_bytes(), 65'536U);
  get(*pool, 65'537);
  EXPECT_EQ(pool->total_bytes(), 65'536U);
  EXPECT_EQ(pool->statistics().freed_on_return, 1U);
}

TEST(BufferPoolTest, RefusesImpossibleRequestsAndUnknownPolicies) {
  EXPECT_EQ(eviction_policy_by_name("lru").value(), EvictionPolicy::least_recently_used);
  EXPECT_EQ(eviction_policy_by_name("time").value(), EvictionPolicy::time);
  for (const char* name : {"", "LRU", "fifo", "lru "}) EXPECT_EQ(eviction_policy_by_name(name).error().code, Errc::misuse);
  EXPECT_EQ(BufferPool::create({.eviction = EvictionPolicy::time, .eviction_timeout = 0ns}).error().code, Errc::misuse);
  EXPECT_EQ(BufferPool::create({.eviction = EvictionPolicy::time, .eviction_timeout = -1ns}).error().code, Errc::misuse);

  const auto pool = make_pool({.max_total_bytes = UINT64_MAX});
  EXPECT_EQ(pool->max_total_bytes(), UINT64_MAX);
  EXPECT_EQ(refusal(*pool, SIZE_MAX), Errc::limit);  // a negative size
  EXPECT_EQ(refusal(*pool, static_cast<std::size_t>(io::kLargestRequestBytes)), Errc::limit);  // no such memory
  EXPECT_EQ(pool->total_bytes(), 0U);
  EXPECT_EQ(pool->statistics().refused, 2U);
  expect_reconciled(pool->statistics());
}

TEST(BufferPoolTest, GivesAnEmptyBufferForNoBytes) {
  const auto pool = make_pool({.max_total_bytes = 0});
  EXPECT_FALSE(get(*pool, 0));
  EXPECT_EQ(pool->statistics().gets, 0U);
  EXPECT_EQ(BufferPool::release(Buffer()), nullptr);
}

TEST(BufferPoolTest, CountsWhatIsBorrowedAgainstTheLimit) {
  const auto pool = make_pool({.max_total_bytes = 8192});
  Buffer first = get(*pool, 4096);
  const Buffer second = get(*pool, 4096);
  EXPECT_EQ(refusal(*pool, 1), Errc::limit);
  first = Buffer();
  EXPECT_EQ(refusal(*pool, 8192), Errc::limit);  // one idle, evicted in vain; one still out
  EXPECT_EQ(pool->statistics().evicted_for_room, 1U);
  get(*pool, 4096);
  EXPECT_EQ(pool->statistics().peak_total_bytes, 8192U);
  EXPECT_DOUBLE_EQ(pool->statistics().utilization, 1.0);
}

// With room for two, the order in which they were last used decides which goes.
TEST(BufferPoolTest, EvictsTheLeastRecentlyUsedFirst) {
  for (const bool touch_first_again : {false, true}) {
    const auto pool = make_pool({.max_total_bytes = 5120 + 6144});
    get(*pool, 5120);
    get(*pool, 6144);
    if (touch_first_again) get(*pool, 5120);
    EXPECT_EQ(pool->statistics().evicted_for_room, 0U);
    const Buffer third = get(*pool, 4096);
    EXPECT_EQ(pool->statistics().evicted_for_room, 1U);
    EXPECT_EQ(pool->statistics().idle_bytes, touch_first_again ? 5120U : 6144U);
  }
  const auto pool = make_pool({.max_total_bytes = 4096 + 5120 + 6144});
  get(*pool, 4096);
  get(*pool, 5120);
  get(*pool, 6144);
  get(*pool, 4096);              // oldest first is now 5120, 6144, 4096
  get(*pool, 8192);              // needs 8192: 5120 and 6144 go
  EXPECT_EQ(pool->statistics().evicted_for_room, 2U);
  EXPECT_EQ(pool->total_bytes(), 4096U + 8192U);
}

TEST(BufferPoolTest, LoweringTheLimitEvictsBeforeItReturns) {
  const auto pool = make_pool();
  std::vector<Buffer> out;
  for (std::size_t i = 0; i < 8; ++i) out.push_back(get(*pool, 65'536));
  const Buffer borrowed = get(*pool, 65'536);
  out.clear();
  EXPECT_EQ(pool->total_bytes(), 9 * 65'536U);
  pool->set_max_total_bytes(4 * 65'536);
  EXPECT_EQ(pool->max_total_bytes(), 4 * 65'536U);
  EXPECT_EQ(pool->total_bytes(), 4 * 65'536U);
  EXPECT_EQ(pool->statistics().evicted_for_room, 5U);
  pool->set_max_total_bytes(0);
  EXPECT_EQ(pool->total_bytes(), 65'536U);  // the borrowed one
  EXPECT_EQ(refusal(*pool, 1), Errc::limit);
}

TEST(BufferPoolTest, WhatIsBorrowedBeyondALoweredLimitIsFreedOnReturn) {
  const auto pool = make_pool();
  std::vector<Buffer> out;
  for (std::size_t i = 0; i < 4; ++i) out.push_back(get(*pool, 4096));
  pool->set_max_total_bytes(2 * 4096);
  EXPECT_EQ(refusal(*pool, 4096), Errc::limit);
  out.pop_back();
  EXPECT_EQ(refusal(*pool, 4096), Errc::limit);
  out.pop_back();
  EXPECT_EQ(pool->statistics().freed_on_return, 2U);
  out.pop_back();  // now within the limit: kept
  EXPECT_EQ(pool->statistics().idle_buffers, 1U);
  pool->set_max_total_bytes(3 * 4096);
  const Buffer more = get(*pool, 4096), most = get(*pool, 4096);
  EXPECT_EQ(pool->statistics().hits, 1U);
  EXPECT_EQ(pool->total_bytes(), 3 * 4096U);
}

class FakeClock {
 public:
  std::function<std::chrono::steady_clock::time_point()> function() const {
    return [now = now_] { return *now; };
  }
  void advance(std::chrono::nanoseconds by) { *now_ += by; }

 private:
  std::shared_ptr<std::chrono::steady_clock::time_point> now_ =
      std::make_shared<std::chrono::steady_clock::time_point>(std::chrono::hours(1));
};

TEST(BufferPoolTest, TimeEvictionKeepsUntilTheTimeoutAndNotLonger) {
  FakeClock clock;
  const auto pool = make_pool({.eviction = EvictionPolicy::time, .clock = clock.function()});
  get(*pool, 4096);
  clock.advance(1ns);
  get(*pool, 8192);
  clock.advance(5min - 2ns);
  get(*pool, 1 << 20);
  EXPECT_EQ(pool->statistics().evicted_by_time, 0U);
  clock.advance(1ns);
  const Buffer held = get(*pool, 1 << 20);  // any get evicts
  EXPECT_EQ(pool->statistics().evicted_by_time, 1U);
  EXPECT_EQ(pool->statistics().idle_bytes, 8192U);
  clock.advance(1ns);
  EXPECT_EQ(pool->evict_expired(), 1U);
  EXPECT_EQ(pool->total_bytes(), 1U << 20);
  expect_reconciled(pool->statistics());
}

TEST(BufferPoolTest, AReturnEvictsWhatHasExpiredToo) {
  FakeClock clock;
  const auto pool = make_pool({.eviction = EvictionPolicy::time, .clock = clock.function()});
  Buffer held = get(*pool, 8192);
  get(*pool, 4096);
  clock.advance(5min);
  held = Buffer();
  EXPECT_EQ(pool->statistics().evicted_by_time, 1U);
  EXPECT_EQ(pool->total_bytes(), 8192U);
}

TEST(BufferPoolTest, LeastRecentlyUsedKeepsWhatIsOldUntilAsked) {
  FakeClock clock;
  const auto pool = make_pool({.clock = clock.function()});
  get(*pool, 4096);
  clock.advance(24h);
  get(*pool, 8192);
  EXPECT_EQ(pool->total_bytes(), 4096U + 8192U);
  EXPECT_EQ(pool->evict_expired(), 1U);
  EXPECT_EQ(pool->total_bytes(), 8192U);
}

TEST(BufferPoolTest, DetectsDoubleAndForeignReturns) {
  const auto pool = make_pool(), other = make_pool();
  std::uint8_t* const data = BufferPool::release(get(*pool, 5000));
  std::uint8_t* const foreign = BufferPool::release(get(*other, 5000));
  Buffer held = get(*pool, 5000);
  std::vector<std::uint8_t> own(8192);
  for (std::uint8_t* bad : {static_cast<std::uint8_t*>(nullptr), data + 1, data + 4096, foreign, held.data(), own.data()}) {
    EXPECT_EQ(pool->give_back(bad).error().code, Errc::misuse);
  }
  EXPECT_EQ(pool->statistics().borrowed_buffers, 2U);
  EXPECT_TRUE(pool->give_back(data));
  EXPECT_EQ(pool->give_back(data).error().code, Errc::misuse);
  const Buffer first = get(*pool, 5000), second = get(*pool, 5000);
  EXPECT_EQ(first.data(), data);
  EXPECT_EQ(pool->give_back(data).error().code, Errc::misuse);  // in a Buffer's hands again
  EXPECT_EQ((std::set{first.data(), second.data(), held.data()}.size()), 3U);
  EXPECT_TRUE(other->give_back(foreign));
  expect_reconciled(pool->statistics());
}

TEST(BufferPoolTest, AClosedPoolLendsNothingAndFreesWhatComesBack) {
  const auto pool = make_pool();
  Buffer held = get(*pool, 4096);
  get(*pool, 8192);
  pool->close();
  pool->close();
  EXPECT_EQ(pool->total_bytes(), 4096U);
  EXPECT_EQ(refusal(*pool, 4096), Errc::misuse);
  EXPECT_EQ(refusal(*pool, 0), Errc::misuse);
  held = Buffer();
  EXPECT_EQ(pool->total_bytes(), 0U);
  EXPECT_EQ(pool->statistics().cleared, 1U);
  expect_reconciled(pool->statistics());
}

TEST(BufferPoolTest, BuffersOutliveTheirPool) {
  auto pool = make_pool();
  Buffer held = get(*pool, 100'000);
  get(*pool, 4096);
  pool.reset();
  std::memset(held.data(), 1, held.size());
  Buffer moved = std::move(held);
  EXPECT_FALSE(held);  // NOLINT(bugprone-use-after-move): that is what is tested
  EXPECT_EQ(moved.data()[99'999], 1U);
}

TEST(BufferPoolTest, MovingABufferOverAnotherReturnsTheOther) {
  const auto pool = make_pool();
  Buffer first = get(*pool, 4096), second = get(*pool, 8192);
  std::uint8_t* const data = second.data();
  first = std::move(second);
  EXPECT_EQ(first.data(), data);
  EXPECT_EQ(pool->statistics().idle_bytes, 4096U);
  Buffer& same = first;
  first = std::move(same);
  EXPECT_EQ(first.data(), data);
}

std::uint32_t keeps(io::ClassQuota& quota) {
  std::uint32_t count = 0;
  while (quota.admit()) ++count;
  for (std::uint32_t i = 0; i < count; ++i) quota.leave();
  return count;
}

std::uint32_t keeps_after_window(io::ClassQuota& quota, unsigned missed) {
  for (unsigned i = 0; i < 100; ++i) quota.note_request(i < missed);
  return keeps(quota);
}

TEST(BufferQuota, DecidesNothingBelowAHundredRequests) {
  io::ClassQuota quota;
  for (unsigned i = 0; i < 99; ++i) EXPECT_EQ(quota.note_request(true), io::QuotaChange::none);
  EXPECT_EQ(keeps(quota), 16U);
  EXPECT_EQ(quota.note_request(true), io::QuotaChange::grown);
  EXPECT_EQ(keeps(quota), 24U);
}

TEST(BufferQuota, GrowsByHalfUpTo128AndShrinksByAQuarterDownTo16) {
  io::ClassQuota quota;
  for (const std::uint32_t expected : {24U, 36U, 54U, 81U, 121U, 128U, 128U}) EXPECT_EQ(keeps_after_window(quota, 100), expected);
  for (const std::uint32_t expected : {96U, 72U, 54U, 40U, 30U, 22U, 16U, 16U}) EXPECT_EQ(keeps_after_window(quota, 0), expected);
}

TEST(BufferQuota, HoldsBetweenOneAndFivePercent) {
  io::ClassQuota quota;
  EXPECT_EQ(keeps_after_window(quota, 5), 16U);
  EXPECT_EQ(keeps_after_window(quota, 6), 24U);
  EXPECT_EQ(keeps_after_window(quota, 1), 24U);
  EXPECT_EQ(keeps_after_window(quota, 5), 24U);
  EXPECT_EQ(keeps_after_window(quota, 0), 18U);
}

TEST(BufferPoolTest, AClassAdaptsOnItsOwn) {
  const auto pool = make_pool();
  std::vector<Buffer> out;
  for (unsigned i = 0; i < 100; ++i) out.push_back(get(*pool, 4096));
  EXPECT_EQ(pool->statistics().class_growths, 1U);
  out.clear();
  EXPECT_EQ(pool->statistics().idle_buffers, 24U);
  EXPECT_EQ(pool->statistics().freed_on_return, 76U);
  for (unsigned i = 0; i < 100; ++i) get(*pool, 4096);
  EXPECT_EQ(pool->statistics().class_shrinks, 1U);
  EXPECT_LE(pool->statistics().idle_buffers, 24U);
  get(*pool, 8192);  // another class is none the wiser
  EXPECT_EQ(pool->statistics().class_growths, 1U);
  expect_reconciled(pool->statistics());
}

}  // namespace
}  // namespace npk
