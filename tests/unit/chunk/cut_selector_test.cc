#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/chunk/test_data.h"

namespace npk::chunk {
namespace {

using testing::ElementsAre;

CutSelector selector() { return *CutSelector::content_defined({.minimum = 100, .average = 256, .maximum = 1000}); }

std::vector<std::uint32_t> cut(CutSelector selector, std::uint64_t bytes, std::vector<Candidate> candidates) {
  std::vector<std::uint32_t> lengths;
  selector.add(bytes, candidates, lengths);
  selector.finish(lengths);
  return lengths;
}

TEST(CutSelector, KeepsTheBoundsExactly) {
  EXPECT_THAT(cut(selector(), 500, {{99, true}}), ElementsAre(500));
  EXPECT_THAT(cut(selector(), 500, {{100, true}}), ElementsAre(100, 400));
  EXPECT_THAT(cut(selector(), 500, {{100, false}, {255, false}}), ElementsAre(500));
  EXPECT_THAT(cut(selector(), 500, {{256, false}}), ElementsAre(256, 244));
  EXPECT_THAT(cut(selector(), 2100, {}), ElementsAre(1000, 1000, 100));
  EXPECT_THAT(cut(selector(), 1000, {}), ElementsAre(1000));
  EXPECT_THAT(cut(selector(), 2100, {{1000, false}, {1001, true}}), ElementsAre(1000, 1000, 100));
  EXPECT_THAT(cut(selector(), 1200, {{1200, false}}), ElementsAre(1000, 200));
  EXPECT_THAT(cut(selector(), 0, {}), ElementsAre());
}

TEST(CutSelector, StartsOverAfterFinish) {
  CutSelector used = selector();
  std::vector<std::uint32_t> lengths;
  used.add(70, {}, lengths);
  used.add(70, {}, lengths);
  used.finish(lengths);
  used.add(120, std::vector<Candidate>{{100, true}}, lengths);
  used.finish(lengths);
  EXPECT_THAT(lengths, ElementsAre(140, 100, 20));
}

TEST(CutSelector, FixedSizesWhateverTheSlices) {
  for (const std::uint64_t slice : {1U, 7U, 64U, 1000U}) {
    CutSelector fixed = *CutSelector::fixed(300);
    std::vector<std::uint32_t> lengths;
    for (std::uint64_t at = 0; at < 1000; at += slice) fixed.add(std::min<std::uint64_t>(slice, 1000 - at), {}, lengths);
    fixed.finish(lengths);
    EXPECT_THAT(lengths, ElementsAre(300, 300, 300, 100)) << slice;
  }
  EXPECT_EQ(CutSelector::fixed(0).error().code, Errc::misuse);
}

}  // namespace
}  // namespace npk::chunk
