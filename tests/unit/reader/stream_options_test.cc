// Stream options: defaults, the chunk table, memory strategies, and every refusal by name.
#include <gtest/gtest.h>

#include <functional>
#include <set>

#include "npk/files.h"
#include "npk/stream.h"
#include "package/reader/stream/stream_plan.h"

namespace npk {
namespace {

using reader::plan_stream;
using reader::StreamPlan;

constexpr std::uint64_t kKiB = 1024, kMiB = 1024 * kKiB, kGiB = 1024 * kMiB;

TEST(StreamOptions, ChunkTableIsExactAtItsBounds) {
  const std::pair<std::uint64_t, std::uint64_t> kExpected[] = {
      {0, 64 * kKiB},
      {1, 64 * kKiB},
      {10 * kMiB - 1, 64 * kKiB},
      {10 * kMiB, 256 * kKiB},
      {100 * kMiB - 1, 256 * kKiB},
      {100 * kMiB, kMiB},
      {1024 * kMiB - 1, kMiB},
      {1024 * kMiB, 4 * kMiB},
      {UINT64_MAX, 4 * kMiB},
  };
  for (const auto& [size, chunk] : kExpected) {
    EXPECT_EQ(chunk_bytes_for_size(size), chunk) << size;
    EXPECT_EQ(plan_stream({}, size, 64 * kGiB).chunk_bytes, chunk) << size;
    EXPECT_EQ(plan_stream({.chunk_bytes = 777}, size, 64 * kGiB).chunk_bytes, 777U) << size;
  }
}

TEST(StreamOptions, StrategiesTakeTheirPartOfMemory) {
  const std::pair<MemoryStrategy, std::uint64_t> kExpected[] = {{MemoryStrategy::conservative, kGiB},
                                                                {MemoryStrategy::balanced, 2 * kGiB},
                                                                {MemoryStrategy::aggressive, 3 * kGiB}};
  for (const auto& [strategy, bytes] : kExpected)
    EXPECT_EQ(reader::memory_limit_bytes({.memory_strategy = strategy}, 4 * kGiB), bytes);
  const StreamOptions custom{.memory_bytes = 5000, .memory_strategy = MemoryStrategy::custom};
  EXPECT_EQ(reader::memory_limit_bytes(custom, 4 * kGiB), 5000U);
  EXPECT_EQ(reader::memory_limit_bytes({}, 100), 4096U);  // however little there is
}

TEST(StreamOptions, ALimitSmallerThanAChunkShrinksTheChunkAndLeavesNoReadAhead) {
  const StreamPlan plan =
      plan_stream({.memory_bytes = 5000, .memory_strategy = MemoryStrategy::custom}, kGiB, 4 * kGiB);
  EXPECT_EQ(plan.memory_bytes, 5000U);
  EXPECT_EQ(plan.chunk_bytes, 5000U);
  EXPECT_EQ(plan.read_ahead_bytes, 0U);
}

TEST(StreamOptions, TheWindowIsTheBufferOrTwelveMebibytes) {
  EXPECT_EQ(plan_stream({}, kGiB, 4 * kGiB).read_ahead_bytes, 12 * kMiB);
  EXPECT_EQ(plan_stream({.buffer_bytes = 12345}, kGiB, 4 * kGiB).read_ahead_bytes, 12345U);
  EXPECT_EQ(plan_stream({.read_ahead = false}, kGiB, 4 * kGiB).read_ahead_bytes, 0U);
}

TEST(StreamOptions, EveryFieldIsListedOnceWithAMeaning) {
  std::set<std::string> names;
  for (const StreamOptionDefault& line : stream_option_defaults()) {
    EXPECT_TRUE(names.insert(line.field).second) << line.field;
    EXPECT_FALSE(line.meaning.empty()) << line.field;
  }
  const std::set<std::string> kFields = {"buffer_bytes", "chunk_bytes", "memory_bytes",  "memory_strategy",
                                         "pool",         "read_ahead",  "spool_to_disk", "spool_directory",
                                         "spool_bytes",  "timeout",     "stop",          "clock"};
  EXPECT_EQ(names, kFields);
}

TEST(StreamOptions, ListedNumbersAreTheOnesUsed) {
  for (const StreamOptionDefault& line : stream_option_defaults())
    if (line.field == "buffer_bytes") {
      EXPECT_EQ(std::stoull(line.value), plan_stream({}, kGiB, 4 * kGiB).read_ahead_bytes);
    }
}

void expect_refused(const Result<void>& checked, const std::string& field) {
  ASSERT_FALSE(checked) << field;
  EXPECT_EQ(checked.error().code, Errc::misuse);
  EXPECT_TRUE(checked.error().message.starts_with(field + ": ")) << checked.error().message;
}

TEST(StreamOptions, EachFieldOutOfRangeIsRefusedByName) {
  const auto refuses = [](const StreamOptions& options, const char* field) {
    expect_refused(check_stream_options(options), field);
    const auto opened = FileStream::open(memory_source(ByteView()), options);
    ASSERT_FALSE(opened);
    expect_refused(std::unexpected(opened.error()), field);
  };
  refuses({.buffer_bytes = (kGiB << 10) + 1}, "buffer_bytes");
  refuses({.chunk_bytes = kGiB + 1}, "chunk_bytes");
  refuses({.memory_bytes = 4095, .memory_strategy = MemoryStrategy::custom}, "memory_bytes");
  refuses({.memory_bytes = 0, .memory_strategy = MemoryStrategy::custom}, "memory_bytes");
  refuses({.memory_bytes = 4096}, "memory_bytes");
  refuses({.memory_strategy = static_cast<MemoryStrategy>(4)}, "memory_strategy");
  refuses({.spool_directory = std::string("a\0b", 3)}, "spool_directory");
  refuses({.timeout = std::chrono::milliseconds(-1)}, "timeout");
  refuses({.timeout = std::chrono::hours(24 * 365) + std::chrono::milliseconds(1)}, "timeout");
}

TEST(StreamOptions, BoundsThemselvesAreAccepted) {
  EXPECT_TRUE(check_stream_options({.buffer_bytes = kGiB << 10,
                                    .chunk_bytes = kGiB,
                                    .memory_bytes = 4096,
                                    .memory_strategy = MemoryStrategy::custom,
                                    .timeout = std::chrono::hours(24 * 365)}));
}

TEST(StreamOptionsBuilder, RefusesEachFieldByName) {
  using Builder = StreamOptionsBuilder;
  const std::pair<const char*, std::function<void(Builder&)>> kFaults[] = {
      {"buffer_bytes", [](Builder& builder) { builder.buffer_bytes(-1); }},
      {"chunk_bytes", [](Builder& builder) { builder.chunk_bytes(-7); }},
      {"chunk_bytes", [](Builder& builder) { builder.chunk_bytes(INT64_MAX); }},
      {"memory_bytes", [](Builder& builder) { builder.memory_bytes(-2); }},
      {"memory_bytes", [](Builder& builder) { builder.memory_bytes(4095); }},
      {"memory_bytes", [](Builder& builder) { builder.memory_strategy(MemoryStrategy::custom); }},
      {"memory_strategy", [](Builder& builder) { builder.memory_strategy(static_cast<MemoryStrategy>(9)); }},
      {"spool_directory", [](Builder& builder) { builder.spool_directory(std::string(1, '\0')); }},
      {"spool_bytes", [](Builder& builder) { builder.spool_bytes(INT64_MIN); }},
      {"timeout", [](Builder& builder) { builder.timeout(std::chrono::milliseconds(-5)); }},
  };
  for (const auto& [field, spoil] : kFaults) {
    Builder builder;
    spoil(builder);
    const auto built = builder.build();
    ASSERT_FALSE(built) << field;
    expect_refused(std::unexpected(built.error()), field);
  }
}

TEST(StreamOptionsBuilder, TheFirstFaultIsNamed) {
  const auto built = StreamOptionsBuilder().spool_bytes(-1).chunk_bytes(-1).chunk_bytes(4096).build();
  ASSERT_FALSE(built);
  expect_refused(std::unexpected(built.error()), "spool_bytes");
}

TEST(StreamOptionsBuilder, SetsEveryField) {
  const auto pool = BufferPool::create().value();
  std::stop_source stop;
  const auto built = StreamOptionsBuilder()
                         .buffer_bytes(1)
                         .chunk_bytes(2)
                         .memory_bytes(4096)
                         .pool(pool)
                         .read_ahead(false)
                         .spool_to_disk(false)
                         .spool_directory("/x")
                         .spool_bytes(3)
                         .timeout(std::chrono::milliseconds(4))
                         .stop(stop.get_token())
                         .clock([] { return std::chrono::steady_clock::time_point(); })
                         .build();
  ASSERT_TRUE(built);
  EXPECT_EQ(built->buffer_bytes, 1U);
  EXPECT_EQ(built->chunk_bytes, 2U);
  EXPECT_EQ(built->memory_bytes, 4096U);
  EXPECT_EQ(built->memory_strategy, MemoryStrategy::custom);
  EXPECT_EQ(built->pool, pool);
  EXPECT_FALSE(built->read_ahead);
  EXPECT_FALSE(built->spool_to_disk);
  EXPECT_EQ(built->spool_directory, "/x");
  EXPECT_EQ(built->spool_bytes, 3U);
  EXPECT_EQ(built->timeout.count(), 4);
  EXPECT_EQ(built->stop, stop.get_token());
  EXPECT_TRUE(built->clock);
}

TEST(StreamOptionsBuilder, MemoryMinusOneIsNoLimitAndZeroGoesBackToAStrategy) {
  const auto unlimited = StreamOptionsBuilder().memory_bytes(-1).build().value();
  EXPECT_EQ(unlimited.memory_strategy, MemoryStrategy::custom);
  EXPECT_EQ(unlimited.memory_bytes, UINT64_MAX);
  EXPECT_EQ(plan_stream(unlimited, kGiB, 4 * kGiB).memory_bytes, UINT64_MAX);
  const auto back = StreamOptionsBuilder().memory_bytes(-1).memory_bytes(0).build().value();
  EXPECT_EQ(back.memory_strategy, MemoryStrategy::balanced);
  EXPECT_EQ(back.memory_bytes, 0U);
}

}  // namespace
}  // namespace npk
