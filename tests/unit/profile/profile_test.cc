#include "npk/profile.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>
#include <thread>

namespace npk {
namespace {

// Set by the tests, of all threads.
std::uint64_t wall_now = 0, processor_now = 0;
constexpr ProfileClock kTestClock{[] { return wall_now; }, [] { return processor_now; }};

void pass(std::uint64_t wall, std::uint64_t processor) {
  wall_now += wall;
  processor_now += processor;
}

ProfileOptions with_slices(std::size_t most) { return {.most_slices = most, .clock = kTestClock}; }

const ProfileLayer* layer_of(const ProfileReport& report, const ProfileKey& key) {
  for (const ProfileLayer& layer : report.layers) {
    if (layer.key == key) return &layer;
  }
  return nullptr;
}

TEST(Profile, CountsCallsBytesAndTime) {
  Profile profile(with_slices(0));
  profile.begin("pack", 2);
  for (int i = 1; i <= 3; ++i) {
    ProfileSpan span(&profile, ProfileStage::read);
    span.add_bytes(100, 90);
    pass(static_cast<std::uint64_t>(i) * 10, 4);
  }
  profile.end();
  const ProfileReport report = profile.report();
  ASSERT_EQ(report.layers.size(), 1U);
  const ProfileLayer& layer = report.layers[0];
  EXPECT_EQ(layer.calls, 3U);
  EXPECT_EQ(layer.bytes_in, 300U);
  EXPECT_EQ(layer.bytes_out, 270U);
  EXPECT_EQ(layer.nanoseconds, 60U);
  EXPECT_EQ(layer.processor_nanoseconds, 12U);
  EXPECT_EQ(layer.waiting_nanoseconds(), 48U);
  EXPECT_EQ(layer.longest_nanoseconds, 30U);
  EXPECT_EQ(report.nanoseconds, 60U);
  EXPECT_EQ(report.idle_nanoseconds, 60U);  // of two threads
  EXPECT_EQ(report.input_wait_nanoseconds, 48U);
  EXPECT_GT(report.peak_memory_bytes, 0U);
}

TEST(Profile, WhatLiesWithinIsNotCountedTwice) {
  Profile profile(with_slices(8));
  profile.begin("extract", 1);
  {
    const ProfileSpan outer(&profile, ProfileStage::plan);
    pass(5, 5);
    {
      const ProfileSpan inner(&profile, ProfileStage::read);
      pass(20, 1);
      const ProfileSpan innermost(&profile, ProfileStage::check);
      pass(7, 7);
    }
    pass(1, 1);
  }
  profile.end();
  const ProfileReport report = profile.report();
  EXPECT_EQ(layer_of(report, {ProfileStage::plan})->nanoseconds, 6U);
  EXPECT_EQ(layer_of(report, {ProfileStage::plan})->processor_nanoseconds, 6U);
  EXPECT_EQ(layer_of(report, {ProfileStage::read})->nanoseconds, 20U);
  EXPECT_EQ(layer_of(report, {ProfileStage::check})->nanoseconds, 7U);
  EXPECT_EQ(report.layer_nanoseconds, report.nanoseconds);
  const auto slices = profile.slices();
  ASSERT_EQ(slices.size(), 3U);  // each within the one before
  EXPECT_EQ(slices[0].key.stage, ProfileStage::plan);
  EXPECT_EQ(slices[0].end_nanoseconds, 33U);
  EXPECT_EQ(slices[1].begin_nanoseconds, 5U);
  EXPECT_EQ(slices[2].begin_nanoseconds, 25U);
}

TEST(Profile, TotalsAreFirstInputAndLastOutput) {
  Profile profile(with_slices(0));
  profile.begin("pack", 1);
  const auto call = [&](const ProfileKey& key, std::uint64_t in, std::uint64_t out) {
    ProfileSpan span(&profile, key);
    span.add_bytes(in, out);
    pass(10, 10);
  };
  call({ProfileStage::read}, 1000, 1000);
  call({ProfileStage::hash}, 1000, 1000);
  call({ProfileStage::compress, format::CodecId::zstd, 6}, 600, 200);
  call({ProfileStage::compress, format::CodecId::zstd, 9}, 400, 100);
  call({ProfileStage::write}, 310, 310);
  profile.count_lookups(3, 7);
  profile.end();
  const ProfileReport report = profile.report();
  EXPECT_EQ(report.bytes_in, 1000U);
  EXPECT_EQ(report.bytes_out, 310U);
  EXPECT_EQ(report.layers.size(), 5U);  // levels apart
  EXPECT_EQ(report.chunk_hits, 3U);
  EXPECT_EQ(report.chunk_misses, 7U);
}

TEST(Profile, SlicesBeyondTheBoundAreCounted) {
  Profile profile(with_slices(4));
  profile.begin("pack", 1);
  for (int i = 0; i < 10; ++i) {
    const ProfileSpan span(&profile, ProfileStage::cut);
    pass(1, 1);
  }
  profile.end();
  EXPECT_EQ(profile.slices().size(), 4U);
  EXPECT_EQ(profile.report().slices_dropped, 6U);
  EXPECT_EQ(profile.report().layers[0].calls, 10U);
}

TEST(Profile, NullCostsNothingAndDoesNothing) {
  ProfileSpan span(nullptr, ProfileStage::read);
  span.add_bytes(1, 1);
  span.sample(ByteView());
  const ProfiledRun run(nullptr, "pack", 1);
}

TEST(Profile, ManyThreadsAndLayers) {
  Profile profile(ProfileOptions{.most_slices = 100'000});
  profile.begin("pack", 8);
  std::vector<std::thread> threads;
  for (int thread = 0; thread < 8; ++thread) {
    threads.emplace_back([&profile] {
      for (int i = 0; i < 2000; ++i) {
        ProfileSpan span(&profile, {ProfileStage::compress, format::CodecId::zstd, static_cast<std::int8_t>(i % 20)});
        span.add_bytes(1, 2);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  profile.end();
  const ProfileReport report = profile.report();
  EXPECT_EQ(report.layers.size(), 20U);
  std::uint64_t calls = 0, bytes = 0;
  for (const ProfileLayer& layer : report.layers) calls += layer.calls, bytes += layer.bytes_out;
  EXPECT_EQ(calls, 16'000U);
  EXPECT_EQ(bytes, 32'000U);
  const auto slices = profile.slices();
  EXPECT_EQ(slices.size(), 16'000U);
  EXPECT_EQ(slices.back().thread, 7U);
}

// More layers than there is room for share the last.
TEST(Profile, NoCallIsLost) {
  Profile profile(with_slices(0));
  profile.begin("pack", 1);
  for (int level = -100; level < 100; ++level) {
    const ProfileSpan span(&profile, {ProfileStage::compress, format::CodecId::zstd, static_cast<std::int8_t>(level)});
  }
  std::uint64_t calls = 0;
  const ProfileReport report = profile.report();
  for (const ProfileLayer& layer : report.layers) calls += layer.calls;
  EXPECT_EQ(calls, 200U);
}

TEST(Profile, EntropyOfSamples) {
  const auto entropy_of = [](const Bytes& raw) {
    Profile profile(with_slices(0));
    { ProfileSpan span(&profile, ProfileStage::choose); span.sample(raw); }
    return profile.report().entropy_bits.value_or(-1);
  };
  EXPECT_EQ(entropy_of({}), -1);
  EXPECT_EQ(entropy_of(Bytes(100'000, 7)), 0);
  EXPECT_EQ(entropy_of({0, 1, 0, 1}), 1);
  std::mt19937_64 random(1);
  Bytes noise(1'000'000);
  for (std::uint8_t& byte : noise) byte = static_cast<std::uint8_t>(random());
  EXPECT_GT(entropy_of(noise), 7.9);
}

}  // namespace
}  // namespace npk
