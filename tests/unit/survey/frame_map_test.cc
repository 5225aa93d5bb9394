#include "ops/read/frame_map.h"

#include <gtest/gtest.h>

#include <random>

namespace npk::ops {
namespace {

struct Sums {
  std::uint64_t bytes = 0, frames = 0, raw_bytes = 0, stored_bytes = 0;
  friend bool operator==(const Sums&, const Sums&) = default;
};

Sums sums_of(const std::vector<MapCell>& cells) {
  Sums sums;
  for (const MapCell& cell : cells) {
    sums.bytes += cell.bytes;
    sums.frames += cell.frames;
    sums.raw_bytes += cell.raw_bytes;
    sums.stored_bytes += cell.stored_bytes;
  }
  return sums;
}

SurveyReport map_of(std::size_t most_cells, std::uint64_t frames, Sums& expected) {
  FrameMap map(most_cells);
  std::mt19937_64 random(frames);
  std::uint64_t position = 72;
  for (std::uint64_t i = 0; i < frames; ++i) {
    MapCell cell{.position = position, .bytes = 64 + random() % 1000, .frames = 1, .raw_bytes = random() % 3000, .stored_bytes = random() % 900};
    position += cell.bytes;
    expected.bytes += cell.bytes;
    expected.raw_bytes += cell.raw_bytes;
    expected.stored_bytes += cell.stored_bytes;
    ++expected.frames;
    map.add(cell, i % 3 == 0 ? "zstd" : "store");
  }
  SurveyReport report;
  map.finish(report);
  return report;
}

TEST(FrameMap, HasAllFramesInOrderWithinItsBound) {
  for (const std::size_t most : {2U, 3U, 10U, 2000U}) {
    for (const std::uint64_t frames : {0U, 1U, 2U, 3U, 4U, 5U, 19U, 20U, 21U, 40U, 41U, 1000U, 4000U, 4001U, 10'007U}) {
      Sums expected;
      const SurveyReport report = map_of(most, frames, expected);
      EXPECT_LE(report.cells.size(), most) << frames;
      EXPECT_EQ(sums_of(report.cells), expected) << most << ' ' << frames;
      EXPECT_EQ(report.frames, frames);
      std::uint64_t position = 72;
      for (const MapCell& cell : report.cells) {
        EXPECT_EQ(cell.position, position);
        position += cell.bytes;
        EXPECT_LT(cell.kind, report.kinds.size());
      }
      if (frames <= most) EXPECT_EQ(report.cells.size(), frames);
      else EXPECT_GE(report.cells.size(), most / 2) << frames;
    }
  }
}

TEST(FrameMap, ACellIsOfTheKindOfMostOfTheBytes) {
  FrameMap map(2);
  for (const std::uint64_t bytes : {100U, 900U, 70U, 80U}) map.add({.bytes = bytes, .frames = 1}, bytes == 900 ? "zstd" : "index");
  SurveyReport report;
  map.finish(report);
  ASSERT_EQ(report.cells.size(), 2U);
  EXPECT_EQ(report.kinds[report.cells[0].kind], "zstd");
  EXPECT_EQ(report.kinds[report.cells[1].kind], "index");
}

TEST(FrameMap, ManyKindsAreBounded) {
  FrameMap map(100);
  for (int i = 0; i < 1000; ++i) map.add({.bytes = 100, .frames = 1}, "codec" + std::to_string(i));
  SurveyReport report;
  map.finish(report);
  EXPECT_LE(report.kinds.size(), 64U);
  EXPECT_EQ(sums_of(report.cells).frames, 1000U);
}

}  // namespace
}  // namespace npk::ops
