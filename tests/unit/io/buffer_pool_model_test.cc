// The buffer pool against a plain model of buffer_pool.h: random operations with a fixed seed, after each of which every
// figure of the statistics must be the model's, and every buffer lent again the one the model has idle. Operations come
// from one thread, or each from a thread of its own and so from another shard: the order of use must not notice.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <map>
#include <random>
#include <thread>
#include <vector>

#include "io/buffer_pool_size.h"
#include "npk/buffer_pool.h"

namespace npk {
namespace {

using Buffer = BufferPool::Buffer;
using TimePoint = std::chrono::steady_clock::time_point;

constexpr std::uint64_t kLargestKept = 65'536;
constexpr std::chrono::nanoseconds kTimeout(1000);

class Model {
 public:
  Model(std::uint64_t limit, bool by_time) : limit_(limit), by_time_(by_time) {}

  enum class Answer { hit, miss, refused };
  Answer get(std::uint64_t size, TimePoint time) {
    if (by_time_) expire(time);
    ++now_.gets;
    const io::SizeClass wanted = io::size_class(size, io::class_count(kLargestKept));
    const bool found = wanted.index != io::kNotKept && idle_count(wanted.index) > 0;
    if (wanted.index != io::kNotKept) note_request(wanted.index, !found);
    if (found) {
      ++now_.hits;
      return Answer::hit;
    }
    while (wanted.bytes <= limit_ && total() + wanted.bytes > limit_ && !idle_.empty()) evict_oldest();
    if (total() + wanted.bytes > limit_) {
      ++now_.refused;
      return Answer::refused;
    }
    ++now_.misses;
    return Answer::miss;
  }
  void lent_new(std::uint8_t* data, std::uint64_t size) {
    borrowed_[data] = io::size_class(size, io::class_count(kLargestKept));
    now_.peak_total_bytes = std::max(now_.peak_total_bytes, total());
  }
  // The buffer the pool chose: one idle in its class; if `newest`, the newest of them.
  [[nodiscard]] bool lent_again(std::uint8_t* data, std::uint64_t size, bool newest) {
    const io::SizeClass wanted = io::class_of_size(size);
    const auto fits = [&](const Idle& idle) { return idle.size_class.index == wanted.index && (newest || idle.data == data); };
    const auto found = std::find_if(idle_.rbegin(), idle_.rend(), fits);
    if (found == idle_.rend() || found->data != data) return false;
    idle_.erase(std::next(found).base());
    borrowed_[data] = wanted;
    return true;
  }
  void take_back(std::uint8_t* data, TimePoint time) {
    if (by_time_) expire(time);
    const io::SizeClass size_class = borrowed_.at(data);
    const bool within = total() <= limit_;
    borrowed_.erase(data);
    ++now_.returns;
    if (size_class.index != io::kNotKept && within && idle_count(size_class.index) < quota(size_class.index).keeps) {
      idle_.push_back({data, size_class, time});
    } else {
      ++now_.freed_on_return;
    }
  }
  void set_limit(std::uint64_t limit) {
    limit_ = limit;
    while (total() > limit_ && !idle_.empty()) evict_oldest();
  }
  std::size_t expire(TimePoint time) {
    const auto evicted = std::erase_if(idle_, [&](const Idle& idle) { return time - idle.since >= kTimeout; });
    now_.evicted_by_time += evicted;
    return evicted;
  }
  void clear() {
    now_.cleared += idle_.size();
    idle_.clear();
  }

  BufferPoolStatistics statistics() const {
    BufferPoolStatistics now = now_;
    now.borrowed_buffers = borrowed_.size();
    now.idle_buffers = idle_.size();
    now.idle_bytes = idle_bytes();
    now.borrowed_bytes = borrowed_bytes();
    now.total_bytes = total();
    return now;
  }

 private:
  struct Idle {
    std::uint8_t* data;
    io::SizeClass size_class;
    TimePoint since;
  };
  struct Quota {
    std::uint64_t keeps = 16, requests = 0, missed = 0;
  };

  Quota& quota(std::size_t index) { return quotas_[index]; }
  void note_request(std::size_t index, bool missed) {
    Quota& quota = quotas_[index];
    quota.missed += missed ? 1 : 0;
    if (++quota.requests < 100) return;
    const std::uint64_t before = quota.keeps;
    if (quota.missed > 5) quota.keeps = std::min<std::uint64_t>(128, before * 3 / 2);
    if (quota.missed < 1 && before > 16) quota.keeps = std::max<std::uint64_t>(16, before * 3 / 4);
    if (quota.keeps > before) ++now_.class_growths;
    if (quota.keeps < before) ++now_.class_shrinks;
    quota.requests = quota.missed = 0;
  }
  void evict_oldest() {
    idle_.erase(idle_.begin());
    ++now_.evicted_for_room;
  }
  std::uint64_t idle_count(std::size_t index) const {
    return static_cast<std::uint64_t>(
        std::ranges::count_if(idle_, [&](const Idle& idle) { return idle.size_class.index == index; }));
  }
  std::uint64_t idle_bytes() const {
    std::uint64_t sum = 0;
    for (const Idle& idle : idle_) sum += idle.size_class.bytes;
    return sum;
  }
  std::uint64_t borrowed_bytes() const {
    std::uint64_t sum = 0;
    for (const auto& [data, size_class] : borrowed_) sum += size_class.bytes;
    return sum;
  }
  std::uint64_t total() const { return idle_bytes() + borrowed_bytes(); }

  std::uint64_t limit_;
  bool by_time_;
  std::vector<Idle> idle_;  // least recently used first
  std::map<std::uint8_t*, io::SizeClass> borrowed_;
  std::map<std::size_t, Quota> quotas_;
  BufferPoolStatistics now_;
};

struct Setting {
  EvictionPolicy policy;
  bool own_thread_each;
  std::uint64_t limit;
};

class BufferPoolModelTest : public ::testing::TestWithParam<Setting> {
 protected:
  void on_some_thread(const std::function<void()>& operation) {
    if (GetParam().own_thread_each) {
      std::jthread(operation).join();
    } else {
      operation();
    }
  }

  void get(std::uint64_t size) {
    const auto answer = model_.get(size, *time_);
    Result<Buffer> buffer;
    on_some_thread([&] { buffer = pool_->get(static_cast<std::size_t>(size)); });
    ASSERT_EQ(buffer.has_value(), answer != Model::Answer::refused) << size;
    if (!buffer) {
      ASSERT_EQ(buffer.error().code, Errc::limit);
      return;
    }
    if (answer == Model::Answer::miss) model_.lent_new(buffer->data(), size);
    if (answer == Model::Answer::hit) {
      ASSERT_TRUE(model_.lent_again(buffer->data(), size, !GetParam().own_thread_each)) << size;
    }
    out_.push_back(std::move(*buffer));
  }

  void give_back(std::size_t which, bool by_address) {
    std::swap(out_[which], out_.back());
    Buffer buffer = std::move(out_.back());
    out_.pop_back();
    model_.take_back(buffer.data(), *time_);
    on_some_thread([&] {
      if (!by_address) return void(buffer = Buffer());
      std::uint8_t* data = BufferPool::release(std::move(buffer));
      EXPECT_TRUE(pool_->give_back(data));
      EXPECT_EQ(pool_->give_back(data).error().code, Errc::misuse);
    });
  }

  void set_limit(std::uint64_t limit) {
    model_.set_limit(limit);
    on_some_thread([&] { pool_->set_max_total_bytes(limit); });
  }

  void step() {
    const auto die = random_() % 100;
    if (die < 50) return get(random_size());
    if (die < 97) return out_.empty() ? void() : give_back(random_() % out_.size(), die % 4 == 0);
    if (die == 97) return set_limit(GetParam().limit * (random_() % 5) / 4);
    if (die == 98) return void(*time_ += std::chrono::nanoseconds(random_() % 2000));
    if (random_() % 4 != 0) {
      EXPECT_EQ(pool_->evict_expired(), model_.expire(*time_));
    } else if (random_() % 8 == 0) {
      model_.clear();
      pool_->clear();
    }
  }

  std::uint64_t random_size() {
    static constexpr std::array<std::uint64_t, 5> kMost = {4096, 5120, 16'384, kLargestKept, 2 * kLargestKept};
    return 1 + random_() % kMost[std::min<std::uint64_t>(random_() % 8, 4)];
  }

  void expect_same() {
    const BufferPoolStatistics expected = model_.statistics(), now = pool_->statistics();
    const auto figures = [](const BufferPoolStatistics& of) {
      return std::to_array({of.gets, of.hits, of.misses, of.refused, of.returns, of.evicted_for_room, of.evicted_by_time,
                            of.freed_on_return, of.cleared, of.class_growths, of.class_shrinks, of.borrowed_buffers,
                            of.idle_buffers, of.borrowed_bytes, of.idle_bytes, of.total_bytes, of.peak_total_bytes});
    };
    ASSERT_EQ(figures(now), figures(expected));
    ASSERT_EQ(pool_->total_bytes(), expected.total_bytes);
  }

  std::mt19937_64 random_{20'240'611};
  std::shared_ptr<TimePoint> time_ = std::make_shared<TimePoint>(std::chrono::hours(1));
  std::shared_ptr<BufferPool> pool_ = std::move(*BufferPool::create({.max_total_bytes = GetParam().limit,
                                                                     .max_buffer_bytes = kLargestKept,
                                                                     .eviction = GetParam().policy,
                                                                     .eviction_timeout = kTimeout,
                                                                     .clock = [time = time_] { return *time; }}));
  Model model_{GetParam().limit, GetParam().policy == EvictionPolicy::time};
  std::vector<Buffer> out_;
};

TEST_P(BufferPoolModelTest, AgreesAfterEveryOperation) {
  const int steps = GetParam().own_thread_each ? 6000 : 20'000;
  for (int i = 0; i < steps; ++i) {
    step();
    expect_same();
    if (HasFatalFailure()) FAIL() << "at step " << i;
  }
  const BufferPoolStatistics now = pool_->statistics();
  EXPECT_GT(now.hits, 500U);
  EXPECT_GT(now.evicted_for_room, 50U);
  EXPECT_GT(now.refused, 10U);
  EXPECT_GT(now.freed_on_return, 10U);
  EXPECT_GT(now.class_growths + now.class_shrinks, 0U);
}

INSTANTIATE_TEST_SUITE_P(Settings, BufferPoolModelTest,
                         ::testing::Values(Setting{EvictionPolicy::least_recently_used, false, 600'000},
                                         Setting{EvictionPolicy::time, false, 600'000},
                                         Setting{EvictionPolicy::least_recently_used, true, 600'000},
                                         Setting{EvictionPolicy::time, true, 600'000}));

}  // namespace
}  // namespace npk
