// Objects in numbered parts: the same bytes whatever the order, no more under way than said, all or nothing.
#include "npk/part_sink.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

#include "npk/object_writer.h"
#include "support/scratch.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

// Keeps parts; a gate may hold them back, and one may fail.
class TestStore final : public PartStore {
 public:
  Result<void> put(std::uint32_t number, std::uint64_t offset, ByteView bytes) override {
    std::unique_lock lock(mutex_);
    most_ = std::max(most_, ++under_way_);
    ++begun_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return is_open_; });
    --under_way_;
    if (number == failing_) return std::unexpected(Error{.code = Errc::io, .message = "the store is full", .system_errno = ENOSPC});
    EXPECT_TRUE(parts_.emplace(number, Bytes(bytes.begin(), bytes.end())).second);
    EXPECT_EQ(offset, (number - 1) * part_bytes_);
    return {};
  }
  Result<void> complete(std::uint32_t parts) override {
    EXPECT_EQ(parts, parts_.size());
    EXPECT_EQ(parts_.rbegin()->first, parts);
    ++completed_;
    return {};
  }
  void abandon() noexcept override {
    EXPECT_EQ(under_way_, 0U);
    parts_.clear();
    ++abandoned_;
  }
  std::string name() const override { return "<store>"; }

  void open_gate(bool open) {
    const std::lock_guard lock(mutex_);
    is_open_ = open;
    changed_.notify_all();
  }
  void wait_until_begun(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return begun_ >= count; });
  }
  Bytes object() const {
    Bytes all;
    for (const auto& [number, bytes] : parts_) all.insert(all.end(), bytes.begin(), bytes.end());
    return all;
  }

  std::size_t part_bytes_ = 4096;
  std::uint32_t failing_ = 0;
  int completed_ = 0, abandoned_ = 0;
  std::map<std::uint32_t, Bytes> parts_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::size_t under_way_ = 0, most_ = 0, begun_ = 0;
  bool is_open_ = true;
};

ObjectWriterOptions part_options(std::uint64_t size) { return {.object = {.seed = {4, 4}, .size_bytes = size, .compress = 1.5}, .threads = 2}; }

TEST(PartSink, PutsTheObjectTogether) {
  for (const std::uint64_t size : {0ULL, 1ULL, 4095ULL, 4096ULL, 4097ULL, 8192ULL, 1'000'003ULL}) {
    for (const unsigned in_flight : {1U, 3U, 16U}) {
      const auto store = std::make_shared<TestStore>();
      auto writer = *ObjectWriter::create(part_options(size), *part_sink(store, {.part_bytes = 4096, .in_flight = in_flight}));
      ASSERT_TRUE(writer.write_remaining().has_value());
      ASSERT_TRUE(writer.finish().has_value());
      EXPECT_EQ(store->object(), whole(part_options(size).object)) << size;
      EXPECT_EQ(store->parts_.size(), std::max<std::uint64_t>(1, (size + 4095) / 4096));
      EXPECT_LE(store->most_, in_flight);
      EXPECT_EQ(store->completed_, 1);
      EXPECT_EQ(store->abandoned_, 0);
    }
  }
}

// A store that takes nothing holds up who writes: so many parts are under way, one is full, and no more is taken.
TEST(PartSink, WaitsForASlowStore) {
  const auto store = std::make_shared<TestStore>();
  store->open_gate(false);
  auto sink = *part_sink(store, {.part_bytes = 4096, .in_flight = 3});
  std::atomic<int> written = 0;
  std::jthread writing([&] {
    const Bytes part(4096, 7);
    for (int i = 0; i < 20; ++i) {
      ASSERT_TRUE(sink->write(part).has_value());
      ++written;
    }
  });
  store->wait_until_begun(3);
  std::this_thread::sleep_for(std::chrono::milliseconds(50));  // were it not to wait, it would have gone on
  EXPECT_LE(written, 4);
  EXPECT_EQ(store->begun_, 3U);
  store->open_gate(true);
  writing.join();
  ASSERT_TRUE(sink->commit().has_value());
  EXPECT_EQ(store->object(), Bytes(20 * 4096, 7));
  EXPECT_EQ(store->most_, 3U);
}

TEST(PartSink, FailuresSurfaceAndNothingIsLeft) {
  for (const std::uint32_t failing : {1U, 2U, 25U}) {  // the last one at the commit
    const auto store = std::make_shared<TestStore>();
    store->failing_ = failing;
    auto sink = *part_sink(store, {.part_bytes = 4096, .in_flight = 2});
    Result<void> done;
    for (int i = 0; i < 25 && done; ++i) done = sink->write(Bytes(4096));
    if (done) done = sink->commit();
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().system_errno, ENOSPC);
    EXPECT_EQ(store->abandoned_, 1);
    EXPECT_EQ(store->completed_, 0);
    EXPECT_TRUE(store->parts_.empty());
    EXPECT_EQ(sink->write(Bytes(1)).error().code, Errc::misuse);
    EXPECT_EQ(sink->commit().error().code, Errc::misuse);
  }
}

TEST(PartSink, WithoutACommitTheStoreIsToldOnce) {
  const auto store = std::make_shared<TestStore>();
  {
    auto writer = *ObjectWriter::create(part_options(1'000'000), *part_sink(store, {.part_bytes = 4096, .in_flight = 2}));
    ASSERT_TRUE(writer.write_generated(900'000).has_value());
    writer.cancel();
    EXPECT_EQ(store->abandoned_, 1);
  }
  EXPECT_EQ(store->abandoned_, 1);
  EXPECT_EQ(store->completed_, 0);
}

TEST(PartSink, BoundsAreKept) {
  const auto store = std::make_shared<TestStore>();
  for (const PartOptions options : {PartOptions{4095, 1}, PartOptions{(1U << 30) + 1UL, 1}, PartOptions{4096, 0}, PartOptions{4096, 65}})
    EXPECT_EQ(part_sink(store, options).error().code, Errc::misuse);
  auto sink = *part_sink(store, {.part_bytes = 4096, .in_flight = 2});
  const Bytes all(std::size_t{kMostParts} * 4096);
  ASSERT_TRUE(sink->write(all).has_value());
  EXPECT_EQ(sink->write(Bytes(1)).error().code, Errc::limit);
  EXPECT_EQ(store->abandoned_, 1);
}

TEST(PartFile, IsTheFileOrNothing) {
  const testing::ScratchDirectory scratch;
  const std::string path = scratch / "object";
  for (const std::uint64_t size : {0ULL, 5ULL, 3'000'001ULL}) {
    auto writer = *ObjectWriter::create(part_options(size), *part_sink(*part_file(path), {.part_bytes = 64U << 10, .in_flight = 4}));
    ASSERT_TRUE(writer.write_remaining().has_value());
    ASSERT_TRUE(writer.finish().has_value());
    EXPECT_EQ(testing::read_file(path), as_text(whole(part_options(size).object))) << size;
  }
  {
    auto writer = *ObjectWriter::create(part_options(3'000'000), *part_sink(*part_file(scratch / "other"), {.part_bytes = 64U << 10, .in_flight = 4}));
    ASSERT_TRUE(writer.write_generated(2'000'000).has_value());
  }
  EXPECT_FALSE(testing::exists(scratch / "other"));
  EXPECT_EQ(part_file("/dev/null").error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::synth
