// Many streams at once: the same bytes in the same order whatever the mode and the workers, an error slot each, limits.
#include "npk/process_streams.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <new>
#include <optional>
#include <set>
#include <stdexcept>
#include <thread>
#include <vector>

#include "pool/reorder_window.h"

namespace npk {
namespace {

constexpr std::uint64_t kChunk = 1000;

std::uint8_t byte_at(std::size_t stream, std::uint64_t offset) {
  return static_cast<std::uint8_t>((offset * 2'654'435'761U + stream * 97) >> 7U);
}

// A made-up stream. `before_read`, if any, is called with the number of each chunk; reads of different chunks take
// different long, so that they overtake one another where they may.
class Source final : public RandomAccessSource {
 public:
  Source(std::size_t stream, std::uint64_t size) : stream_(stream), size_(size) {}

  Result<std::uint64_t> size() const override { return claimed_size ? *claimed_size : Result<std::uint64_t>(size_); }
  Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const override {
    if (before_read) NPK_TRY(before_read(offset / kChunk));
    for (std::uint64_t i = (offset / kChunk * 7 + stream_) % 4; i > 0; --i) std::this_thread::yield();
    const std::uint64_t count = offset >= size_ ? 0 : std::min<std::uint64_t>(out.size(), size_ - offset);
    for (std::uint64_t i = 0; i < count; ++i) out[static_cast<std::size_t>(i)] = byte_at(stream_, offset + i);
    return static_cast<std::size_t>(count);
  }
  std::string name() const override { return "source " + std::to_string(stream_); }

  std::function<Result<void>(std::uint64_t chunk)> before_read;
  std::optional<Result<std::uint64_t>> claimed_size;

 private:
  std::size_t stream_;
  std::uint64_t size_;
};

// Checks every chunk as it comes, and that no two come at once.
struct Received {
  std::size_t stream = 0;
  std::uint64_t bytes = 0;
  std::uint64_t chunks = 0;
  std::atomic<bool> inside{false};

  Result<void> take(std::uint64_t offset, ByteView view) {
    EXPECT_FALSE(inside.exchange(true));
    EXPECT_EQ(offset, bytes);
    for (std::size_t i = 0; i < view.size(); ++i) {
      if (view[i] != byte_at(stream, offset + i)) return fail(Errc::corrupt, "wrong byte");
    }
    bytes += view.size();
    ++chunks;
    inside = false;
    return {};
  }
};

struct Streams {
  explicit Streams(const std::vector<std::uint64_t>& sizes) : received(sizes.size()) {
    for (std::size_t i = 0; i < sizes.size(); ++i) {
      received[i].stream = i;
      sources.push_back(std::make_shared<Source>(i, sizes[i]));
      work.push_back({sources[i], [this, i](std::uint64_t offset, ByteView bytes) { return received[i].take(offset, bytes); }});
    }
  }
  std::vector<Received> received;
  std::vector<std::shared_ptr<Source>> sources;
  std::vector<StreamWork> work;
};

ProcessReport process(const Streams& streams, const ProcessOptions& options) {
  auto report = process_streams(streams.work, options);
  if (!report) ADD_FAILURE() << report.error().to_string();
  return report ? std::move(*report) : ProcessReport();
}

constexpr ChunkMode kModes[] = {ChunkMode::sequential, ChunkMode::parallel, ChunkMode::adaptive};

TEST(ReorderWindow, GivesOutInOrderAndHoldsNoMoreThanItsCapacity) {
  pool::ReorderWindow<int> window(3);
  EXPECT_EQ(window.next(), nullptr);
  for (std::uint64_t i = 0; i < 3; ++i) {
    EXPECT_TRUE(window.has_room(3));
    EXPECT_EQ(window.take_number(), i);
  }
  EXPECT_FALSE(window.has_room(3));
  window.put(2, 12);
  window.put(1, 11);
  EXPECT_EQ(window.next(), nullptr);
  window.put(0, 10);
  for (int expected = 10; expected < 13; ++expected) {
    ASSERT_NE(window.next(), nullptr);
    EXPECT_EQ(*window.next(), expected);
    EXPECT_FALSE(expected == 10 && window.has_room(3));  // still in flight
    window.drop_next();
  }
  EXPECT_EQ(window.in_flight(), 0U);
  EXPECT_EQ(window.take_number(), 3U);
  EXPECT_FALSE(window.has_room(1));
}

TEST(ProcessStreams, GiveTheSameBytesInEveryModeOnAnyNumberOfWorkers) {
  const std::vector<std::uint64_t> sizes = {0, 1, kChunk - 1, kChunk, kChunk + 1, 40 * kChunk + 7, 0, 25 * kChunk, 3};
  for (const ChunkMode mode : kModes) {
    for (const unsigned workers : {1U, 2U, 3U, 5U, 8U, 16U}) {
      Streams streams(sizes);
      const ProcessReport report = process(
          streams, {.max_workers = workers, .mode = mode, .chunk_bytes = kChunk, .load = [] { return 0.1; }});
      ASSERT_EQ(report.results.size(), sizes.size());
      std::uint64_t bytes = 0;
      for (std::size_t i = 0; i < sizes.size(); ++i) {
        EXPECT_TRUE(report.results[i]) << i;
        EXPECT_EQ(streams.received[i].bytes, sizes[i]);
        EXPECT_EQ(streams.received[i].chunks, (sizes[i] + kChunk - 1) / kChunk);
        bytes += sizes[i];
      }
      EXPECT_EQ(report.bytes, bytes);
      EXPECT_EQ(report.chunks, 1U + 1 + 1 + 2 + 41 + 25 + 1);
      EXPECT_LE(report.workers, workers);
      EXPECT_LE(report.most_chunks_in_flight, mode == ChunkMode::sequential ? 1 : 2 * workers);
    }
  }
}

// The first chunk is not read before three others of the stream have been: only several at once get any further, and no
// window of four lets a fifth begin.
TEST(ProcessStreams, ReadSeveralChunksOfOneStreamAtOnceInABoundedWindow) {
  constexpr std::size_t kInFlight = 4;
  Streams streams({64 * kChunk});
  std::mutex mutex;
  std::condition_variable changed;
  std::set<std::uint64_t> begun;
  std::atomic<std::uint64_t> delivered{0};
  streams.sources[0]->before_read = [&](std::uint64_t chunk) -> Result<void> {
    EXPECT_LT(chunk, delivered.load() + kInFlight);
    std::unique_lock lock(mutex);
    begun.insert(chunk);
    changed.notify_all();
    if (chunk == 0) changed.wait(lock, [&] { return begun.size() >= kInFlight; });
    return {};
  };
  streams.work[0].consumer = [&](std::uint64_t offset, ByteView bytes) {
    auto taken = streams.received[0].take(offset, bytes);
    ++delivered;
    return taken;
  };
  const ProcessReport report =
      process(streams, {.max_workers = 3, .mode = ChunkMode::parallel, .chunk_bytes = kChunk, .max_chunks_in_flight = kInFlight});
  EXPECT_TRUE(report.results[0]);
  EXPECT_EQ(streams.received[0].bytes, 64 * kChunk);
  EXPECT_EQ(report.most_chunks_in_flight, kInFlight);
}

TEST(ProcessStreams, NeverPassTheirLimits) {
  for (const ChunkMode mode : kModes) {
    for (const unsigned per_worker : {1U, 2U, 3U}) {
      constexpr unsigned kWorkers = 3;
      Streams streams(std::vector<std::uint64_t>(40, 5 * kChunk));
      std::atomic<unsigned> reading{0}, open{0};
      std::vector<std::atomic<unsigned>> begun(40);
      for (std::size_t i = 0; i < 40; ++i) {
        streams.sources[i]->before_read = [&, i](std::uint64_t) -> Result<void> {
          const unsigned now_open = begun[i].fetch_add(1) == 0 ? open.fetch_add(1) + 1 : open.load();
          EXPECT_LE(now_open, kWorkers * per_worker);
          EXPECT_LE(reading.fetch_add(1) + 1, kWorkers);
          std::this_thread::yield();
          --reading;
          return {};
        };
        streams.work[i].consumer = [&, i](std::uint64_t offset, ByteView bytes) {
          if (offset + bytes.size() == 5 * kChunk) --open;
          return streams.received[i].take(offset, bytes);
        };
      }
      const ProcessReport report = process(streams, {.max_workers = kWorkers,
                                                     .max_streams_per_worker = per_worker,
                                                     .mode = mode,
                                                     .chunk_bytes = kChunk,
                                                     .load = [] { return 0.0; }});
      for (std::size_t i = 0; i < 40; ++i) EXPECT_TRUE(report.results[i]);
      EXPECT_EQ(report.bytes, 40 * 5 * kChunk);
      EXPECT_LE(report.most_streams_of_one_worker, per_worker);
      EXPECT_LE(report.most_streams_open, kWorkers * per_worker);
      EXPECT_LE(report.workers, kWorkers);
    }
  }
}

// Each kind of failure in its own slot, the streams beside it whole; what came before it was consumed, nothing after.
TEST(ProcessStreams, KeepErrorsApart) {
  for (const ChunkMode mode : kModes) {
    for (const unsigned workers : {1U, 4U}) {
      Streams streams(std::vector<std::uint64_t>(9, 20 * kChunk));
      streams.sources[1]->before_read = [](std::uint64_t chunk) -> Result<void> {
        return chunk == 5 ? Result<void>(fail(Errc::io, "bad sector")) : Result<void>();
      };
      streams.work[3].consumer = [&](std::uint64_t offset, ByteView bytes) -> Result<void> {
        if (offset == 7 * kChunk) return fail(Errc::exists, "no more, thanks");
        return streams.received[3].take(offset, bytes);
      };
      streams.sources[4]->claimed_size = 21 * kChunk;
      streams.sources[5]->claimed_size = fail(Errc::not_found, "gone");
      streams.sources[6]->before_read = [](std::uint64_t) -> Result<void> { throw std::bad_alloc(); };
      streams.work[7].consumer = [](std::uint64_t, ByteView) -> Result<void> { throw std::runtime_error("odd"); };
      const ProcessReport report =
          process(streams, {.max_workers = workers, .mode = mode, .chunk_bytes = kChunk, .load = [] { return 0.0; }});
      for (const std::size_t whole : {0U, 2U, 8U}) {
        EXPECT_TRUE(report.results[whole]);
        EXPECT_EQ(streams.received[whole].bytes, 20 * kChunk);
      }
      EXPECT_EQ(report.results[1].error().code, Errc::io);
      EXPECT_EQ(streams.received[1].chunks, 5U);
      EXPECT_EQ(report.results[3].error().code, Errc::exists);
      EXPECT_EQ(streams.received[3].chunks, 7U);
      EXPECT_EQ(report.results[4].error().code, Errc::truncated);
      EXPECT_EQ(report.results[4].error().offset, 20 * kChunk);
      EXPECT_EQ(report.results[4].error().path, "source 4");
      EXPECT_EQ(streams.received[4].bytes, 20 * kChunk);
      EXPECT_EQ(report.results[5].error().code, Errc::not_found);
      EXPECT_EQ(report.results[6].error().code, Errc::limit);
      EXPECT_EQ(report.results[7].error().code, Errc::internal);
      EXPECT_EQ(report.results[7].error().message, "odd");
    }
  }
}

TEST(ProcessStreams, StopWithinOneChunk) {
  for (const ChunkMode mode : kModes) {
    Streams streams(std::vector<std::uint64_t>(3, 50 * kChunk));
    std::stop_source stop;
    std::atomic<unsigned> reads{0};
    streams.sources[0]->before_read = [&](std::uint64_t) -> Result<void> {
      ++reads;
      return {};
    };
    streams.work[0].consumer = [&](std::uint64_t offset, ByteView bytes) {
      if (offset == 3 * kChunk) stop.request_stop();
      return streams.received[0].take(offset, bytes);
    };
    const ProcessReport report = process(
        streams, {.max_workers = 1, .mode = mode, .chunk_bytes = kChunk, .stop = stop.get_token(), .load = [] { return 9.0; }});
    for (const auto& result : report.results) EXPECT_EQ(result.error().code, Errc::cancelled);
    EXPECT_EQ(streams.received[0].chunks, 4U);
    EXPECT_EQ(streams.received[1].chunks, 0U);
    EXPECT_EQ(reads.load(), 4U);
  }
}

TEST(ProcessStreams, CallNoConsumerOnceStopped) {
  for (const ChunkMode mode : kModes) {
    Streams streams(std::vector<std::uint64_t>(12, 50 * kChunk));
    std::stop_source stop;
    std::atomic<bool> stopped{false};
    std::atomic<unsigned> begun_after{0}, consumed{0};
    for (std::size_t i = 0; i < 12; ++i) {
      streams.work[i].consumer = [&, i](std::uint64_t offset, ByteView bytes) {
        begun_after += stopped.load() ? 1 : 0;
        if (++consumed == 60) {
          stop.request_stop();
          stopped = true;
        }
        return streams.received[i].take(offset, bytes);
      };
    }
    const ProcessReport report = process(
        streams, {.max_workers = 4, .mode = mode, .chunk_bytes = kChunk, .stop = stop.get_token(), .load = [] { return 0.0; }});
    // One consumer per worker may have been on its way in.
    EXPECT_LE(begun_after.load(), 3U);
    EXPECT_GE(std::ranges::count_if(report.results, [](const auto& result) { return !result; }), 6);
    for (const auto& result : report.results) EXPECT_TRUE(result || result.error().code == Errc::cancelled);
  }
}

TEST(ProcessStreams, AdaptToTheLoadAndSayHow) {
  Streams streams({200 * kChunk});
  const std::vector<double> loads = {0.1, 0.74, 0.75, 0.2, 1.25, 0.0, 3.0, 1.26, 1.3, 2.0, 2.0, 1.0};
  std::size_t asked = 0;
  const ProcessReport report = process(streams, {.max_workers = 1,
                                                 .mode = ChunkMode::adaptive,
                                                 .chunk_bytes = kChunk,
                                                 .max_chunks_in_flight = 6,
                                                 .load = [&] { return loads.at(asked++); }});
  EXPECT_TRUE(report.results[0]);
  EXPECT_EQ(asked, 12U);  // after 16, 32, ... 192 of 200
  std::vector<std::array<double, 4>> changes;
  for (const ChunkAdaptation& change : report.adaptations) {
    changes.push_back({static_cast<double>(change.after_chunks), change.load, static_cast<double>(change.chunks_in_flight_before),
                       static_cast<double>(change.chunks_in_flight_after)});
  }
  EXPECT_THAT(changes, testing::ElementsAreArray(std::vector<std::array<double, 4>>{
                           {16, 0.1, 1, 2}, {32, 0.74, 2, 4}, {64, 0.2, 4, 6}, {112, 3.0, 6, 3}, {128, 1.26, 3, 1}}));
  EXPECT_EQ(report.final_chunks_in_flight, 1U);
  EXPECT_EQ(streams.received[0].bytes, 200 * kChunk);
}

TEST(ProcessStreams, RefuseWhatMakesNoSense) {
  Streams streams({1});
  EXPECT_EQ(process_streams(streams.work, {.chunk_bytes = 0}).error().code, Errc::misuse);
  EXPECT_EQ(process_streams(streams.work, {.chunk_bytes = (1ULL << 30) + 1}).error().code, Errc::misuse);
  EXPECT_EQ(process_streams(streams.work, {.max_chunks_in_flight = 65'537}).error().code, Errc::misuse);
  EXPECT_EQ(process_streams(std::vector<StreamWork>{{nullptr, streams.work[0].consumer}}).error().code, Errc::misuse);
  EXPECT_EQ(process_streams(std::vector<StreamWork>{{streams.sources[0], {}}}).error().code, Errc::misuse);
  EXPECT_TRUE(process_streams({})->results.empty());
}

}  // namespace
}  // namespace npk
