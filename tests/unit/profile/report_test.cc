#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

#include "npk/profile.h"
#include "profile/recorder.h"

namespace npk {
namespace {

using testing::HasSubstr;

TEST(BottleneckLevel, AtItsBoundaries) {
  EXPECT_EQ(bottleneck_level(0, 0), BottleneckLevel::none);
  EXPECT_EQ(bottleneck_level(0, 100), BottleneckLevel::none);
  EXPECT_EQ(bottleneck_level(1, 1000), BottleneckLevel::minor);
  EXPECT_EQ(bottleneck_level(100, 1000), BottleneckLevel::minor);
  EXPECT_EQ(bottleneck_level(101, 1000), BottleneckLevel::moderate);
  EXPECT_EQ(bottleneck_level(300, 1000), BottleneckLevel::moderate);
  EXPECT_EQ(bottleneck_level(301, 1000), BottleneckLevel::significant);
  EXPECT_EQ(bottleneck_level(600, 1000), BottleneckLevel::significant);
  EXPECT_EQ(bottleneck_level(601, 1000), BottleneckLevel::critical);
  EXPECT_EQ(bottleneck_level(1, 1), BottleneckLevel::critical);
}

TEST(BottleneckLevel, DoesNotOverflow) {
  EXPECT_EQ(bottleneck_level(UINT64_MAX, UINT64_MAX), BottleneckLevel::critical);
  EXPECT_EQ(bottleneck_level(UINT64_MAX / 10, UINT64_MAX), BottleneckLevel::minor);
  EXPECT_EQ(bottleneck_level(UINT64_MAX / 10 + 1, UINT64_MAX), BottleneckLevel::moderate);
  EXPECT_EQ(bottleneck_level(UINT64_MAX / 5 * 3, UINT64_MAX), BottleneckLevel::significant);
  EXPECT_EQ(bottleneck_level(UINT64_MAX / 5 * 3 + 1, UINT64_MAX), BottleneckLevel::critical);
}

ProfileLayer layer(const ProfileKey& key, std::uint64_t nanoseconds) {
  ProfileLayer one;
  one.key = key;
  one.calls = 1;
  one.nanoseconds = one.processor_nanoseconds = nanoseconds;
  return one;
}

ProfileReport judged(std::vector<ProfileLayer> layers, std::string operation = "pack", unsigned threads = 2, unsigned processors = 2) {
  ProfileReport report;
  report.operation = std::move(operation);
  report.threads = threads;
  report.processors = processors;
  report.layers = std::move(layers);
  judge(report);
  return report;
}

TEST(Judge, SharesAddUpToAThousand) {
  for (std::uint64_t count = 1; count <= 23; ++count) {
    std::vector<ProfileLayer> layers;
    for (std::uint64_t i = 0; i < count; ++i) layers.push_back(layer({static_cast<ProfileStage>(i)}, 1 + i * i % 7));
    const ProfileReport report = judged(std::move(layers));
    unsigned sum = 0;
    for (const ProfileLayer& one : report.layers) sum += one.share_thousandths;
    EXPECT_EQ(sum, 1000U) << count;
  }
}

TEST(Judge, NothingMeasured) {
  EXPECT_EQ(judged({}).bottleneck, BottleneckLevel::none);
  const ProfileReport report = judged({layer({ProfileStage::read}, 0)});
  EXPECT_EQ(report.bottleneck, BottleneckLevel::none);
  EXPECT_FALSE(report.slowest);
  EXPECT_FALSE(report.advice.empty());
}

TEST(Judge, NamesTheSlowestAndTheOption) {
  const ProfileReport report = judged({layer({ProfileStage::read}, 29), layer({ProfileStage::compress, format::CodecId::zstd, 6}, 71)});
  EXPECT_EQ(report.bottleneck, BottleneckLevel::critical);
  EXPECT_EQ(report.slowest, 1U);
  EXPECT_EQ(report.advice, "compress (zstd 6) takes 71 % of the time: --fast, or a lower --level");
}

TEST(Judge, ThreadsAreNamedWhereThereAreProcessors) {
  EXPECT_THAT(judged({layer({ProfileStage::hash}, 1)}, "pack", 1, 8).advice, HasSubstr("more --threads (1 of 8 processors)"));
  EXPECT_THAT(judged({layer({ProfileStage::hash}, 1)}, "pack", 8, 8).advice, testing::Not(HasSubstr("more --threads")));
}

TEST(Judge, EveryLayerOfEveryOperationHasAnAdviceThatNamesAnOption) {
  for (const char* operation : {"pack", "append", "extract", "verify"}) {
    for (std::size_t stage = 0; stage < kProfileStages; ++stage) {
      for (const format::CodecId codec : {format::CodecId::zstd, format::CodecId::lzma2, format::CodecId::store}) {
        const std::string advice = judged({layer({static_cast<ProfileStage>(stage), codec, 3}, 5)}, operation).advice;
        EXPECT_TRUE(advice.find("--") != std::string::npos || advice.find("-C ") != std::string::npos || advice.find("GLOB") != std::string::npos) << advice;
      }
    }
  }
}

TEST(Names, AreDistinct) {
  std::vector<std::string> names;
  for (std::size_t stage = 0; stage < kProfileStages; ++stage) names.emplace_back(name_of(static_cast<ProfileStage>(stage)));
  std::ranges::sort(names);
  EXPECT_EQ(std::ranges::adjacent_find(names), names.end());
  EXPECT_EQ(layer_name({ProfileStage::filter, format::CodecId::words}), "filter (words)");
  EXPECT_EQ(layer_name({ProfileStage::read}), "read");
  EXPECT_EQ(codec_name(static_cast<format::CodecId>(200)), "codec 200");
}

TEST(Keys, SurvivePacking) {
  for (const int level : {-128, -1, 0, 1, 127}) {
    const ProfileKey key{ProfileStage::sync, format::CodecId::arm64_branches, static_cast<std::int8_t>(level)};
    EXPECT_EQ(unpacked(packed(key)), key);
    EXPECT_NE(packed(key), 0U);
  }
}

}  // namespace
}  // namespace npk
