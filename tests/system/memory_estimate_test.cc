// What an operation takes is what was estimated before it: never more, and not much less where what is counted is used.
#include "npk/memory_estimate.h"

#include "support/scratch.h"
#include "system/peak_memory.h"

namespace npk {
namespace {

using testing::measure;
using testing::PeakFigures;

constexpr std::uint64_t kLoose = 4;      // the estimate is at most this many times the peak: threads seldom hold their most at the same time
constexpr std::uint64_t kLooseRead = 10;  // of reading: caches are seldom full while every thread decodes the largest block

struct WriteCase {
  const char* name;
  WriterOptions options;
  const char* bytes;
  const char* kind = "lanes";
};

TEST(WriteEstimate, HoldsForEveryPresetAndNumberOfThreads) {
  const WriteCase cases[] = {{"standard", {.preset = Preset::standard}, "120000000", "kinds"},
                             {"standard", {.preset = Preset::standard}, "120000000", "alike"},
                             {"fast", {.preset = Preset::fast}, "200000000"},
                             {"standard-plain", {.preset = Preset::standard, .choose_filters = false}, "120000000"},
                             {"max-small", {.preset = Preset::max, .block_bytes = 4U << 20}, "20000000"}};
  for (const WriteCase& one : cases) {
    for (const unsigned threads : {1U, 2U}) {
      SCOPED_TRACE(std::string(one.name) + " " + one.kind + ", threads: " + std::to_string(threads));
      const PeakFigures figures =
          measure(std::string("create-data ") + one.kind + " " + one.bytes + " " + one.name + " 0 " + std::to_string(threads) + " 0");
      ASSERT_TRUE(figures.error.empty()) << figures.error;
      WriterOptions options = one.options;
      options.threads = threads;
      const WriteMemory memory =
          estimate_write_memory(options, {.entries = figures.entries, .chunks = figures.chunks}).value();
      std::cout << "[  estimate] " << memory.total_bytes() << " for a peak of " << figures.anonymous << "\n";
      EXPECT_EQ(memory.threads, threads);
      EXPECT_LE(figures.anonymous, memory.total_bytes());
      EXPECT_LE(memory.total_bytes(), kLoose * figures.anonymous);
    }
  }
}

// One formula: what is refused is what the estimate says, to the MiB.
TEST(WriteEstimate, IsWhatMemoryBytesIsKeptBy) {
  for (const Preset preset : {Preset::fast, Preset::standard, Preset::max}) {
    const std::uint64_t keeping = estimate_write_memory({.preset = preset, .threads = 1}).value().working_bytes();
    const auto without = estimate_write_memory({.preset = preset, .threads = 1, .memory_bytes = keeping - 1});  // filters' pages go back after each block
    EXPECT_EQ(without.has_value(), preset != Preset::fast);
    const std::uint64_t least = without ? without->working_bytes() : keeping;
    EXPECT_EQ(estimate_write_memory({.preset = preset, .threads = 8, .memory_bytes = least}).value().threads, 1U);
    const auto refused = estimate_write_memory({.preset = preset, .threads = 8, .memory_bytes = least - 1});
    EXPECT_EQ(refused.error().code, Errc::limit);
    const std::uint64_t four = estimate_write_memory({.preset = preset, .choose_filters = false, .threads = 4}).value().working_bytes();
    EXPECT_EQ(estimate_write_memory({.preset = preset, .choose_filters = false, .threads = 8, .memory_bytes = four}).value().threads, 4U);
    // More threads rather than more blocks that filters take apart at a time.
    const std::uint64_t with_filters = estimate_write_memory({.preset = preset, .threads = 4}).value().working_bytes();
    EXPECT_GE(estimate_write_memory({.preset = preset, .threads = 8, .memory_bytes = with_filters}).value().threads, 4U);
  }
}

TEST(WriteEstimate, ComponentsAddUpAndDoNotOverflow) {
  const WriteMemory memory = estimate_write_memory({.threads = 2}, {.entries = 1000, .chunks = 5000}).value();
  EXPECT_EQ(memory.chunk_index_bytes, 5000 * testing::kBytesPerChunk);
  EXPECT_EQ(memory.entry_bytes, 1000 * testing::kBytesPerEntry);
  EXPECT_GT(memory.filter_bytes, 0U);
  EXPECT_EQ(estimate_write_memory({.choose_filters = false, .threads = 2}).value().filter_bytes, 0U);
  EXPECT_GT(estimate_write_memory({.preset = Preset::max, .threads = 2}).value().filter_bytes, 0U);
  EXPECT_EQ(estimate_write_memory({}, {.chunks = UINT64_MAX}).value().chunk_index_bytes, UINT64_MAX);
  EXPECT_EQ(estimate_write_memory({.threads = 2000}).error().code, Errc::misuse);
}

// Reading at random and in order.
void expect_read_estimate(const std::string& package, const char* preset, unsigned threads, const char* environment) {
  SCOPED_TRACE(std::string(preset) + ", threads: " + std::to_string(threads) + " " + environment);
  constexpr std::uint64_t kCache = 32U << 20;
  const PeakFigures figures = measure("read " + package + " " + std::to_string(threads) + " " + std::to_string(kCache), environment);
  ASSERT_TRUE(figures.error.empty()) << figures.error;
  EXPECT_EQ(figures.bytes, threads * std::uint64_t{120'000'000});
  ReaderOptions options;
  options.block_cache_bytes = kCache;
  ReadShape shape;
  shape.threads = threads;
  shape.streams = threads;
  shape.block_bytes = std::string(preset) == "fast" ? 8U << 20 : 30U << 20;
  const ReadMemory memory = estimate_read_memory(options, {}, shape).value();
  std::cout << "[  estimate] " << memory.total_bytes() << " for a peak of " << figures.anonymous << "\n";
  EXPECT_LE(figures.anonymous, memory.total_bytes());
  EXPECT_LE(memory.total_bytes(), kLooseRead * figures.anonymous);
}

// In one thread and in several; a sealed package is opened where it was read, and takes no more.
TEST(ReadEstimate, HoldsForStreamsOfOneAndSeveralThreads) {
  const testing::ScratchDirectory scratch;
  const std::string package = scratch / "package";
  for (const char* environment : {"", "NPK_TEST_SEALED=1"}) {
    for (const char* preset : {"fast", "standard"}) {
      ASSERT_TRUE(measure(std::string("create-data lanes 120000000 ") + preset + " 0 2 0 " + package, environment).error.empty());
      for (const unsigned threads : {1U, 2U, 4U}) expect_read_estimate(package, preset, threads, environment);
    }
  }
}

TEST(ReadEstimate, ComponentsFollowTheOptions) {
  ReaderOptions reader;
  StreamOptions stream;
  ReadShape shape;
  shape.streams = 3;
  const ReadMemory memory = estimate_read_memory(reader, stream, shape).value();
  EXPECT_EQ(memory.block_cache_bytes, reader.block_cache_bytes);
  EXPECT_EQ(memory.page_cache_bytes, reader.page_cache_bytes);
  // Read-ahead, a chunk of the largest entries, and the block a stream is in.
  EXPECT_EQ(memory.stream_bytes, 3 * ((12ULL << 20) + (4ULL << 20) + shape.block_bytes));
  stream.read_ahead = false;
  shape.content_bytes = 1000;
  EXPECT_EQ(estimate_read_memory(reader, stream, shape).value().stream_bytes, 6000U);
  stream.chunk_bytes = UINT64_MAX;
  EXPECT_EQ(estimate_read_memory(reader, stream, shape).error().code, Errc::misuse);
  shape.threads = 0;
  EXPECT_EQ(estimate_read_memory(reader, {}, shape).error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk
