// Streams in time and trouble: progress and time left, closing, cancelling, time-outs, sources that fail or shrink.
#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <thread>

#include "support/fault_io.h"
#include "unit/reader/gate_source.h"
#include "unit/reader/stream_support.h"

namespace npk {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using test::random_bytes;

// Time that passes when told to.
struct FakeClock {
  std::shared_ptr<std::atomic<std::int64_t>> passed = std::make_shared<std::atomic<std::int64_t>>(0);

  void pass(milliseconds time) const { *passed += time.count(); }
  [[nodiscard]] StreamOptions options() const {
    return {.clock = [passed = passed] { return std::chrono::steady_clock::time_point(milliseconds(*passed)); }};
  }
};

TEST(StreamProgress, IsExactOnASourceThatTakesItsTime) {
  const Bytes content = random_bytes(1, 8000);
  const FakeClock clock;
  FileStream stream = FileStream::open(memory_source(ByteView(content)), clock.options()).value();
  Bytes out(1000);
  EXPECT_EQ(stream.progress().done_bytes, 0U);
  EXPECT_EQ(stream.progress().bytes_per_second, 0.0);
  EXPECT_EQ(stream.estimated_time_left(), std::nullopt);
  clock.pass(seconds(5));
  EXPECT_EQ(stream.estimated_time_left(), std::nullopt);  // still nothing delivered
  for (std::uint64_t step = 1; step <= 8; ++step) {
    clock.pass(step == 1 ? seconds(5) : seconds(10));
    ASSERT_EQ(stream.read(out).value(), 1000U);
    const StreamProgress progress = stream.progress();
    EXPECT_EQ(progress.done_bytes, step * 1000);
    EXPECT_EQ(progress.total_bytes, 8000U);
    EXPECT_EQ(progress.elapsed, seconds(10 * step));
    EXPECT_DOUBLE_EQ(progress.bytes_per_second, 100.0);
    EXPECT_EQ(stream.estimated_time_left(), seconds(10 * (8 - step)));
  }
}

TEST(StreamProgress, NeverFallsAndCountsTheFurthestPosition) {
  const Bytes content = random_bytes(1, 1000);
  FileStream stream = FileStream::open(memory_source(ByteView(content))).value();
  ASSERT_TRUE(stream.seek(600));
  EXPECT_EQ(stream.progress().done_bytes, 600U);
  ASSERT_TRUE(stream.seek(0));
  Bytes out(100);
  ASSERT_EQ(stream.read(out).value(), 100U);
  ASSERT_EQ(stream.read_at(900, out).value(), 100U);
  EXPECT_EQ(stream.progress().done_bytes, 600U);
  ASSERT_TRUE(stream.seek(1000));
  EXPECT_EQ(stream.progress().done_bytes, 1000U);
}

TEST(StreamProgress, OfAnEmptyContentIsComplete) {
  const FileStream stream = FileStream::open(memory_source(ByteView())).value();
  EXPECT_EQ(stream.progress().total_bytes, 0U);
  EXPECT_EQ(stream.estimated_time_left(), std::chrono::nanoseconds(0));
}

// Before the first second is over nothing is known, however much has been read.
TEST(StreamProgress, HasNoRateWithoutTime) {
  const Bytes content = random_bytes(1, 1000);
  const FakeClock clock;
  FileStream stream = FileStream::open(memory_source(ByteView(content)), clock.options()).value();
  Bytes out(10);
  ASSERT_TRUE(stream.read(out));
  EXPECT_EQ(stream.progress().bytes_per_second, 0.0);
  EXPECT_EQ(stream.estimated_time_left(), std::nullopt);
}

void expect_only_answers(FileStream& stream, std::uint64_t size, std::uint64_t position) {
  Bytes out(10);
  EXPECT_TRUE(stream.is_closed());
  EXPECT_EQ(stream.size(), size);
  EXPECT_EQ(stream.position(), position);
  EXPECT_EQ(stream.progress().total_bytes, size);
  EXPECT_EQ(stream.read(out).error().code, Errc::misuse);
  EXPECT_EQ(stream.read_at(0, out).error().code, Errc::misuse);
  EXPECT_EQ(stream.lend_at(0, 10).error().code, Errc::misuse);
  EXPECT_EQ(stream.read_chunk().error().code, Errc::misuse);
  EXPECT_EQ(stream.seek(0).error().code, Errc::misuse);
}

TEST(StreamClose, LeavesTheAnswersAndLetsGoOfTheSource) {
  const Bytes content = random_bytes(1, 1000);
  std::shared_ptr<RandomAccessSource> source = memory_source(ByteView(content));
  const std::weak_ptr<RandomAccessSource> watched = source;
  FileStream stream = FileStream::open(std::move(source)).value();
  Bytes out(300);
  ASSERT_TRUE(stream.read(out));
  stream.close();
  EXPECT_TRUE(watched.expired());
  stream.close();
  expect_only_answers(stream, 1000, 300);
  EXPECT_EQ(stream.statistics().bytes_delivered, 300U);
}

TEST(StreamCancel, BeforeACallClosesTheStream) {
  const Bytes content = random_bytes(1, 1000);
  Bytes out(100);
  const std::function<Errc(FileStream&)> kCalls[] = {
      [&](FileStream& stream) { return stream.read(out).error().code; },
      [&](FileStream& stream) { return stream.read_at(0, out).error().code; },
      [&](FileStream& stream) { return stream.lend_at(0, 100).error().code; },
      [&](FileStream& stream) { return stream.read_chunk().error().code; },
      [&](FileStream& stream) { return stream.seek(0).error().code; },
  };
  for (const auto& call : kCalls) {
    std::stop_source stop;
    std::shared_ptr<RandomAccessSource> source = memory_source(ByteView(content));
    const std::weak_ptr<RandomAccessSource> watched = source;
    FileStream stream = FileStream::open(std::move(source), {.stop = stop.get_token()}).value();
    ASSERT_TRUE(stream.read(out));
    stop.request_stop();
    EXPECT_FALSE(stream.is_closed());
    EXPECT_EQ(call(stream), Errc::cancelled);
    EXPECT_TRUE(watched.expired());
    expect_only_answers(stream, 1000, 100);
  }
}

// Chunk buffers and pieces read ahead: all are back once the read that was cancelled has returned.
TEST(StreamCancel, DuringAReadReturnsTheBuffersToThePool) {
  const Bytes content = random_bytes(1, 4U << 20);
  const auto pool = BufferPool::create().value();
  std::stop_source stop;
  const auto source = std::make_shared<test::GateSource>(memory_source(ByteView(content)));
  FileStream stream = FileStream::open(source, {.pool = pool, .stop = stop.get_token()}).value();
  ASSERT_TRUE(stream.read_chunk());
  source->at_read([&](std::uint64_t offset) {
    if (offset >= (2U << 20)) stop.request_stop();
  });
  Result<StreamChunk> chunk = stream.read_chunk();
  while (chunk && !chunk->empty()) chunk = stream.read_chunk();
  ASSERT_FALSE(chunk);
  EXPECT_EQ(chunk.error().code, Errc::cancelled);
  EXPECT_TRUE(stream.is_closed());
  EXPECT_LT(stream.position(), content.size());
  chunk = StreamChunk();
  EXPECT_EQ(pool->statistics().borrowed_buffers, 0U);
  EXPECT_GT(pool->statistics().gets, 0U);
}

// One thread reads a chunk page, or decodes a block (once the page is there), and is held up in the source; another that
// wants the same waits for it.
class StreamWait : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    built_ = test::blocks_package(2, 4, 5000);
    source_ = std::make_shared<test::GateSource>(memory_source(ByteView(built_.bytes)));
    reader_.emplace(PackageReader::open(source_).value());
    FileStream stream = test::stream_of(*reader_, "file");
    Bytes byte(1);
    const bool page_is_there = GetParam();
    if (page_is_there) {
      ASSERT_TRUE(stream.read_at(kBlockBytes, byte));  // of the other block
    }
    source_->close_gate();
    decoding_ = std::jthread([this, own = std::move(stream)] {
      Bytes first(100);
      first_ = own.read_at(0, first).has_value();
    });
    source_->wait_until_held();
  }
  void let_go() {
    source_->open_gate();
    decoding_.join();
    EXPECT_TRUE(first_);
  }

  static constexpr std::size_t kBlockBytes = 4 * 5000;
  test::BuiltPackage built_;
  std::shared_ptr<test::GateSource> source_;
  std::optional<PackageReader> reader_;
  std::jthread decoding_;
  std::atomic<bool> first_ = false;
};

TEST_P(StreamWait, LongerThanTheTimeOutIsALimitAndTheStreamGoesOn) {
  FileStream stream = test::stream_of(*reader_, "file", {.timeout = milliseconds(1)});
  Bytes out(100);
  const auto late = stream.read(out);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::limit);
  EXPECT_EQ(stream.position(), 0U);
  EXPECT_GE(stream.statistics().time_waiting, milliseconds(GetParam() ? 1 : 0));  // for blocks
  let_go();
  EXPECT_EQ(stream.read(out).value(), 100U);
}

TEST_P(StreamWait, EndsWhenCancelled) {
  std::stop_source stop;
  FileStream stream = test::stream_of(*reader_, "file", {.stop = stop.get_token()});
  std::optional<Errc> code;
  {
    const std::jthread waiting([&] {
      Bytes out(100);
      code = stream.read(out).error().code;
    });
    stop.request_stop();
  }
  EXPECT_EQ(code, Errc::cancelled);
  EXPECT_TRUE(stream.is_closed());
  let_go();
}

INSTANTIATE_TEST_SUITE_P(For, StreamWait, ::testing::Bool(),
                         [](const auto& at) { return std::string(at.param ? "ABlock" : "AChunkPage"); });

TEST(StreamFailure, OfTheSourceIsTypedAndMovesNothing) {
  const Bytes content = random_bytes(1, 10'000);
  testing::FaultPlan plan;
  plan.fail_at_byte = 5000;
  FileStream stream = FileStream::open(std::make_shared<testing::FaultSource>(memory_source(ByteView(content)), plan),
                                       {.chunk_bytes = 3000})
                          .value();
  Bytes out(4000);
  ASSERT_EQ(stream.read(out).value(), 4000U);
  for (int again = 0; again < 2; ++again) {
    EXPECT_EQ(stream.read(out).error().code, Errc::io);
    EXPECT_EQ(stream.read_chunk().error().code, Errc::io);
    EXPECT_EQ(stream.position(), 4000U);
  }
  EXPECT_EQ(stream.read_at(0, out).value(), 4000U);
  EXPECT_EQ(stream.statistics().bytes_delivered, 8000U);
}

TEST(StreamFailure, AContentThatShrankIsTruncatedWhereItEnds) {
  const Bytes content = random_bytes(1, 10'000);
  const auto source = std::make_shared<test::GateSource>(memory_source(ByteView(content)));
  FileStream stream = FileStream::open(source).value();
  source->cut_at(6000);
  Bytes out(4000);
  ASSERT_EQ(stream.read(out).value(), 4000U);
  const auto cut = stream.read(out);
  ASSERT_FALSE(cut);
  EXPECT_EQ(cut.error().code, Errc::truncated);
  EXPECT_EQ(cut.error().offset, 6000U);
  EXPECT_EQ(stream.position(), 4000U);
}

TEST(StreamFailure, OfAPackageThatShrankIsTruncatedAndHealsWithIt) {
  const test::BuiltPackage built = test::blocks_package(6, 4, 5000);
  const auto source = std::make_shared<test::GateSource>(memory_source(ByteView(built.bytes)));
  const PackageReader reader = PackageReader::open(source).value();
  FileStream stream = test::stream_of(reader, "file");
  Bytes out(10'000);
  ASSERT_TRUE(stream.read(out));
  source->cut_at(built.bytes.size() / 3);
  Result<std::size_t> count = stream.read(out);
  while (count && *count != 0) count = stream.read(out);
  ASSERT_FALSE(count);
  EXPECT_EQ(count.error().code, Errc::truncated);
  source->cut_at(UINT64_MAX);
  test::expect_rest(stream, built.entries[0].content, 10'000);
}

TEST(StreamFailure, WithoutASourceIsMisuse) {
  EXPECT_EQ(FileStream::open(nullptr).error().code, Errc::misuse);
  EXPECT_EQ(FileStream::open_file("/nonexistent/file").error().code, Errc::not_found);
}

class Endless final : public SequentialSource {
 public:
  explicit Endless(std::stop_source* stop = nullptr) : stop_(stop) {}
  Result<std::size_t> read(MutableBytes out) override {
    if (stop_ != nullptr && (read_ += out.size()) > (3U << 20)) stop_->request_stop();
    return out.size();
  }
  std::string name() const override { return "<endless>"; }

 private:
  std::stop_source* stop_;
  std::size_t read_ = 0;
};

TEST(StreamSpool, BeyondItsBoundsIsALimit) {
  Endless source;
  StreamOptions options{.memory_bytes = 10'000, .memory_strategy = MemoryStrategy::custom, .spool_to_disk = false};
  EXPECT_EQ(FileStream::open_spooled(source, options).error().code, Errc::limit);
  options.spool_to_disk = true;
  options.spool_bytes = 3'000'000;
  EXPECT_EQ(FileStream::open_spooled(source, options).error().code, Errc::limit);
  options.spool_directory = "/nonexistent";
  EXPECT_EQ(FileStream::open_spooled(source, options).error().code, Errc::not_found);
}

TEST(StreamSpool, StopsWhenCancelled) {
  std::stop_source stop;
  Endless source(&stop);
  EXPECT_EQ(FileStream::open_spooled(source, {.stop = stop.get_token()}).error().code, Errc::cancelled);
}

TEST(StreamSpool, AFailingSourceIsItsError) {
  class Failing final : public SequentialSource {
    Result<std::size_t> read(MutableBytes) override { return fail(Errc::io, "gone"); }
    std::string name() const override { return "<failing>"; }
  } source;
  EXPECT_EQ(FileStream::open_spooled(source).error().code, Errc::io);
}

TEST(StreamPool, OfTheCallerHasTheLastWord) {
  const Bytes content = random_bytes(1, 200'000);
  const auto pool = BufferPool::create({.max_total_bytes = 10'000}).value();
  FileStream stream = FileStream::open(memory_source(ByteView(content)), {.chunk_bytes = 50'000, .pool = pool}).value();
  EXPECT_EQ(stream.read_chunk().error().code, Errc::limit);
  EXPECT_EQ(stream.position(), 0U);
  EXPECT_EQ(stream.statistics().pool_misses, 1U);
  pool->set_max_total_bytes(1U << 20);
  EXPECT_EQ(stream.read_chunk().value().bytes().size(), 50'000U);
  EXPECT_EQ(stream.statistics().pool_hits, 1U);
}

}  // namespace
}  // namespace npk
