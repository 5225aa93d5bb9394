// Objects made by several threads: the same bytes and sums as by one, however they are asked for; and threads that end, whenever.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <chrono>
#include <fstream>
#include <memory>
#include <stop_token>
#include <system_error>
#include <thread>
#include <vector>

#include "npk/checksum.h"
#include "npk/files.h"
#include "npk/object_writer.h"
#include "support/sanitized.h"
#include "unit/object_writer/stream_decoders.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

constexpr std::uint64_t kThreadedSize = 3'000'001;

ObjectWriterOptions threaded_options(unsigned threads, std::uint64_t size = kThreadedSize) {
  return {.object = {.seed = {21, 22}, .size_bytes = size, .dedup = 1.5, .compress = 2}, .crc32 = true, .threads = threads, .buffer_bytes = 64U << 10};
}

// Keeps what it gets, and takes its time now and then.
class SlowSink final : public Sink {
 public:
  explicit SlowSink(Bytes& out) : inner_(memory_sink(out)) {}
  Result<void> write(ByteView bytes) override {
    if (++writes_ % 8 == 0) std::this_thread::sleep_for(std::chrono::milliseconds(2));
    return inner_->write(bytes);
  }
  Result<void> commit() override { return inner_->commit(); }
  std::string name() const override { return inner_->name(); }

 private:
  std::unique_ptr<Sink> inner_;
  unsigned writes_ = 0;
};

struct Expected {
  Bytes plain;
  std::vector<std::uint64_t> counts;  // of the object's bytes, "own" before each of them
};

// Counts of all sizes below and above a piece, none of them a piece.
Expected in_odd_counts(const Bytes& object) {
  Expected expected;
  for (std::uint64_t at = 0, count = 1; at < object.size(); at += expected.counts.back(), count = count > 300'000 ? 1 : count * 3 + 1) {
    expected.counts.push_back(std::min<std::uint64_t>(count, object.size() - at));
    const auto from = object.begin() + static_cast<std::ptrdiff_t>(at);
    expected.plain.insert(expected.plain.end(), {'o', 'w', 'n'});
    expected.plain.insert(expected.plain.end(), from, from + static_cast<std::ptrdiff_t>(expected.counts.back()));
  }
  return expected;
}

void expect_sums(const ObjectReport& report, const Bytes& plain) {
  Crc32c castagnoli;
  Crc32 ieee;
  castagnoli.update(plain);
  ieee.update(plain);
  EXPECT_EQ(report.crc32c, castagnoli.value());
  EXPECT_EQ(report.crc32, ieee.value());
  EXPECT_EQ(report.plain_bytes(), plain.size());
}

Bytes written(const ObjectWriterOptions& options, const Expected& expected) {
  Bytes stored;
  auto writer = *ObjectWriter::create(options, memory_sink(stored));
  for (const std::uint64_t count : expected.counts) {
    EXPECT_TRUE(writer.write(as_bytes("own")).has_value());
    EXPECT_EQ(*writer.write_generated(count), count);
  }
  EXPECT_EQ(*writer.write_generated(1), 0U);
  const auto report = writer.finish();
  EXPECT_TRUE(report.has_value());
  if (report) expect_sums(*report, expected.plain);
  return stored;
}

TEST(Threads, MakeTheSameBytesAndSumsInOddCountsBetweenOthers) {
  const Expected expected = in_odd_counts(whole(threaded_options(1).object));
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    Bytes first;
    for (const unsigned threads : {1U, 2U, 3U, 8U, 0U}) {
      for (const std::size_t buffer : {4096UL, 100'000UL, 1UL << 20}) {
        ObjectWriterOptions options = threaded_options(threads);
        options.compression = compression;
        if (compression != Compression::none) options.level = 1;
        options.buffer_bytes = buffer;
        const Bytes stored = written(options, expected);
        if (first.empty()) first = stored;
        EXPECT_EQ(stored, first) << threads << ' ' << buffer;
        const Bytes plain = compression == Compression::none   ? stored
                            : compression == Compression::zstd ? testing::unpack_zstd(stored, expected.plain.size())
                                                               : testing::unpack_gzip(stored, expected.plain.size());
        ASSERT_EQ(plain, expected.plain) << threads << ' ' << buffer;
      }
    }
  }
}

TEST(Threads, MakeObjectsOfAnySize) {
  for (const std::uint64_t size : {0ULL, 1ULL, 65'535ULL, 65'536ULL, 65'537ULL, 131'072ULL, 1'000'000ULL, 1ULL << 20}) {
    for (const unsigned threads : {0U, 2U, 3U, 256U}) {
      Bytes stored;
      auto writer = *ObjectWriter::create(threaded_options(threads, size), memory_sink(stored));
      ASSERT_TRUE(writer.write_remaining().has_value());
      const auto report = writer.finish();
      ASSERT_TRUE(report.has_value());
      EXPECT_EQ(stored, whole(threaded_options(1, size).object)) << size << ' ' << threads;
      expect_sums(*report, stored);
    }
  }
}

// All buffers are full most of the time, so threads sleep and are woken.
TEST(Threads, WaitForASlowSink) {
  for (const unsigned threads : {2U, 3U, 8U}) {
    const std::uint64_t size = 20'000'003;
    Bytes stored;
    auto writer = *ObjectWriter::create(threaded_options(threads, size), std::make_unique<SlowSink>(stored));
    ASSERT_TRUE(writer.write_remaining().has_value());
    const auto report = writer.finish();
    ASSERT_TRUE(report.has_value());
    expect_sums(*report, whole(threaded_options(1, size).object));
    EXPECT_EQ(stored, whole(threaded_options(1, size).object));
  }
}

// While threads make bytes, and while they sleep as all their buffers are full.
TEST(Threads, EndWithTheWriterWhereverItIs) {
  for (const unsigned threads : {2U, 3U, 8U}) {
    for (const std::uint64_t count : {0ULL, 1ULL, 65'536ULL, 2'000'000ULL}) {
      for (const bool rested : {false, true}) {
        for (const bool cancelled : {false, true}) {
          Bytes stored;
          auto writer = *ObjectWriter::create(threaded_options(threads, 100'000'000), memory_sink(stored));
          ASSERT_EQ(*writer.write_generated(count), count);
          if (rested) std::this_thread::sleep_for(std::chrono::milliseconds(1));
          if (cancelled) {
            writer.cancel();
            writer.cancel();
            EXPECT_EQ(writer.generated_bytes(), count);
            EXPECT_EQ(writer.write_generated(1).error().code, Errc::misuse);
          }
          ObjectWriter moved = std::move(writer);
          EXPECT_EQ(moved.generated_bytes(), count);
        }
      }
    }
  }
}

// The heap keeps 16 MiB, enough for all buffers, as long as what is given back here, behind them, is not.
std::unique_ptr<std::uint8_t[]> room_in_heap() {
  std::vector<std::unique_ptr<std::uint8_t[]>> room(256);
  for (auto& each : room) each = std::make_unique<std::uint8_t[]>(64U << 10);
  return std::make_unique<std::uint8_t[]>(64);
}

// Room for a few stacks, or for none: those there are make it all. In a process of its own.
TEST(Threads, ThatCannotBeStartedAreDoneWithout) {
  if (testing::kSanitized) GTEST_SKIP() << "memory is not what it is elsewhere";
  const Bytes expected = whole(threaded_options(1).object);
  for (const rlim_t more : {rlim_t{24} << 20, rlim_t{60} << 20}) {
    std::fflush(nullptr);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      Bytes stored;
      stored.reserve(kThreadedSize);
      const auto pin = room_in_heap();
      std::ifstream pages("/proc/self/statm");
      rlim_t used = 0;
      pages >> used;
      used *= static_cast<rlim_t>(::sysconf(_SC_PAGESIZE));
      const rlimit limit{used + more, used + more};
      ::setrlimit(RLIMIT_AS, &limit);
      bool refused = false;
      try {
        std::vector<std::jthread> stacks(30);
        for (std::jthread& stack : stacks) stack = std::jthread([](const std::stop_token& stop) { while (!stop.stop_requested()) std::this_thread::yield(); });
      } catch (const std::system_error&) {
        refused = true;
      }
      auto writer = *ObjectWriter::create(threaded_options(30), memory_sink(stored));
      const bool made = writer.write_remaining() && writer.finish() && stored == expected;
      ::_exit(!refused ? 2 : made ? 0 : 1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0) << more;
  }
}

}  // namespace
}  // namespace npk::synth
