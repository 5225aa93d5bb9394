// What is written: order, counts, checksums, compression; and what ends a writer.
#include <cerrno>

#include "npk/checksum.h"
#include "npk/files.h"
#include "npk/object_writer.h"
#include "support/fault_io.h"
#include "unit/object_writer/stream_decoders.h"
#include "unit/synth/made_object.h"

namespace npk::synth {
namespace {

constexpr std::uint64_t kSize = 5'000'003;

ObjectWriterOptions options_of(Compression compression = Compression::none) {
  return {.object = {.seed = {11, 12}, .size_bytes = kSize, .dedup = 1.5, .compress = 2}, .compression = compression, .buffer_bytes = 64U << 10};
}

ObjectWriter writer_of(const ObjectWriterOptions& options, Bytes& out) {
  auto made = ObjectWriter::create(options, memory_sink(out));
  if (!made) ADD_FAILURE() << made.error().to_string();
  return *std::move(made);
}

std::uint32_t crc32c_of(ByteView bytes) {
  Crc32c checksum;
  checksum.update(bytes);
  return checksum.value();
}

Bytes plain_of(Compression compression, const Bytes& stored) {
  if (compression == Compression::zstd) return testing::unpack_zstd(stored, 3 * kSize);
  if (compression == Compression::gzip) return testing::unpack_gzip(stored, 3 * kSize);
  return stored;
}

TEST(Writer, WritesTheObjectWhateverTheCompression) {
  const Bytes expected = whole(options_of().object);
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    Bytes stored;
    ObjectWriter writer = writer_of(options_of(compression), stored);
    ASSERT_TRUE(writer.write_remaining().has_value());
    ASSERT_TRUE(writer.complete());
    const auto report = writer.finish();
    ASSERT_TRUE(report.has_value()) << report.error().to_string();
    EXPECT_EQ(report->generated_bytes, kSize);
    EXPECT_EQ(report->caller_bytes, 0U);
    EXPECT_EQ(report->stored_bytes, stored.size());
    EXPECT_EQ(report->crc32c, crc32c_of(expected));
    EXPECT_FALSE(report->crc32.has_value());
    EXPECT_FALSE(report->verified);
    EXPECT_EQ(plain_of(compression, stored), expected);
    const double ratio = static_cast<double>(stored.size()) / static_cast<double>(kSize);
    EXPECT_NEAR(ratio, compression == Compression::none ? 1 : 0.5, 0.02);
  }
}

// The caller's bytes lie where they were written, count apart, and complete nothing.
TEST(Writer, MixesTheCallersBytes) {
  const Bytes object = whole(options_of().object);
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    for (const unsigned threads : {1U, 3U}) {
      ObjectWriterOptions options = options_of(compression);
      options.threads = threads;
      Bytes stored, expected;
      ObjectWriter writer = writer_of(options, stored);
      const Bytes own(300'000, 'm');
      std::uint64_t at = 0;
      for (const std::uint64_t step : {1UL, 70'000UL, 64UL << 10, 3'000'000UL, 1UL}) {
        ASSERT_TRUE(writer.write(own).has_value());
        expected.insert(expected.end(), own.begin(), own.end());
        EXPECT_EQ(*writer.write_generated(step), step);
        expected.insert(expected.end(), object.begin() + static_cast<std::ptrdiff_t>(at), object.begin() + static_cast<std::ptrdiff_t>(at + step));
        at += step;
        EXPECT_EQ(writer.generated_bytes(), at);
      }
      for (int i = 0; i < 20; ++i) ASSERT_TRUE(writer.write(own).has_value());
      for (int i = 0; i < 20; ++i) expected.insert(expected.end(), own.begin(), own.end());
      EXPECT_EQ(writer.caller_bytes(), 25 * own.size());
      EXPECT_GT(writer.caller_bytes() + writer.generated_bytes(), kSize);
      EXPECT_FALSE(writer.complete());
      const auto early = writer.finish();
      ASSERT_FALSE(early.has_value());
      EXPECT_EQ(early.error().code, Errc::misuse);
      EXPECT_EQ(*writer.write_generated(UINT64_MAX), kSize - at);
      EXPECT_EQ(*writer.write_generated(1), 0U);
      expected.insert(expected.end(), object.begin() + static_cast<std::ptrdiff_t>(at), object.end());
      EXPECT_TRUE(writer.complete());
      ASSERT_TRUE(writer.write(as_bytes("end")).has_value());
      expected.insert(expected.end(), {'e', 'n', 'd'});
      const auto report = writer.finish();
      ASSERT_TRUE(report.has_value());
      EXPECT_EQ(report->generated_bytes, kSize);
      EXPECT_EQ(report->caller_bytes, 25 * own.size() + 3);
      EXPECT_EQ(report->crc32c, crc32c_of(expected));
      ASSERT_EQ(plain_of(compression, stored), expected);
    }
  }
}

TEST(Writer, OfNothingFinishesAtOnce) {
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    ObjectWriterOptions options = options_of(compression);
    options.object.size_bytes = 0;
    Bytes stored;
    ObjectWriter writer = writer_of(options, stored);
    EXPECT_TRUE(writer.complete());
    const auto report = writer.finish();
    ASSERT_TRUE(report.has_value());
    EXPECT_EQ(report->plain_bytes(), 0U);
    EXPECT_TRUE(plain_of(compression, stored).empty());
  }
}

void expect_closed(ObjectWriter& writer) {
  EXPECT_EQ(writer.finish().error().code, Errc::misuse);
  EXPECT_EQ(writer.write(as_bytes("x")).error().code, Errc::misuse);
  EXPECT_EQ(writer.write_generated(1).error().code, Errc::misuse);
  EXPECT_EQ(writer.write_remaining().error().code, Errc::misuse);
}

TEST(Writer, FinishesOnce) {
  Bytes stored;
  ObjectWriter writer = writer_of(options_of(), stored);
  ASSERT_TRUE(writer.write_remaining().has_value());
  ASSERT_TRUE(writer.finish().has_value());
  expect_closed(writer);
  writer.cancel();
  EXPECT_EQ(stored.size(), kSize);
}

// At the first byte, between, and in the very last write, which may be finish()'s; threads make bytes, sleep or are done.
TEST(Writer, FailuresOfTheSinkSurfaceAndAreFinal) {
  for (const Compression compression : {Compression::none, Compression::zstd, Compression::gzip}) {
    Bytes whole_output;
    ObjectWriter good = writer_of(options_of(compression), whole_output);
    ASSERT_TRUE(good.write_remaining().has_value());
    ASSERT_TRUE(good.finish().has_value());
    for (const unsigned threads : {1U, 2U, 3U, 8U}) {
      for (const std::uint64_t place : {std::uint64_t{0}, std::uint64_t{1'000'000}, std::uint64_t{whole_output.size() - 1}}) {
        ObjectWriterOptions options = options_of(compression);
        options.threads = threads;
        Bytes stored;
        auto sink = std::make_unique<testing::FaultSink>(memory_sink(stored), testing::FaultPlan{.fail_at_byte = place, .error_number = ENOSPC});
        auto writer = ObjectWriter::create(options, std::move(sink));
        ASSERT_TRUE(writer.has_value());
        auto written = writer->write_remaining();
        EXPECT_FALSE(written.has_value() && place == 0);
        if (written) {
          const auto finished = writer->finish();
          ASSERT_FALSE(finished.has_value());
          written = std::unexpected(finished.error());
        }
        EXPECT_EQ(written.error().code, Errc::io);
        EXPECT_EQ(written.error().system_errno, ENOSPC);
        expect_closed(*writer);
      }
    }
  }
}

TEST(Writer, RefusesOptionsThatMakeNoSense) {
  const auto refused = [](ObjectWriterOptions options) {
    Bytes stored;
    const auto made = ObjectWriter::create(options, memory_sink(stored));
    return made ? std::string() : made.error().code == Errc::misuse ? made.error().message : "another error";
  };
  ObjectWriterOptions options = options_of();
  options.level = 3;
  EXPECT_TRUE(refused(options).starts_with("level"));
  options = options_of(Compression::zstd);
  options.level = 23;
  EXPECT_TRUE(refused(options).starts_with("level must be from 1 to 22"));
  options = options_of(Compression::gzip);
  options.level = 0;
  EXPECT_TRUE(refused(options).starts_with("level must be from 1 to 9"));
  options = options_of();
  options.buffer_bytes = 100;
  EXPECT_TRUE(refused(options).starts_with("buffer_bytes"));
  options = options_of();
  options.threads = 1000;
  EXPECT_TRUE(refused(options).starts_with("threads"));
  options = options_of();
  options.object.dedup = 0;
  EXPECT_TRUE(refused(options).starts_with("dedup"));
}

TEST(Writer, VerifiesWhatItWroteWhenAsked) {
  for (const bool damage : {false, true}) {
    Bytes stored;
    ObjectWriterOptions options = options_of(Compression::zstd);
    options.reopen = [&]() -> Result<std::shared_ptr<RandomAccessSource>> {
      if (damage) stored[stored.size() / 2] ^= 1;
      return memory_source(stored);
    };
    ObjectWriter writer = writer_of(options, stored);
    ASSERT_TRUE(writer.write_remaining().has_value());
    const auto report = writer.finish();
    EXPECT_EQ(report.has_value(), !damage);
    if (report) {
      EXPECT_TRUE(report->verified);
    } else {
      EXPECT_EQ(report.error().code, Errc::corrupt);
    }
  }
}

}  // namespace
}  // namespace npk::synth
