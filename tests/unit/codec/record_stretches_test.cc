// Tables of records among code: found where they are, as long as there are to be, and nothing else taken for one.
#include "codec/record_stretches.h"

#include <gtest/gtest.h>

#include <numeric>

#include "support/relocations.h"

namespace npk::codec {
namespace {

using Stretches = std::vector<RecordStretch>;
constexpr std::size_t kUnit = kRecordUnitBytes;

Bytes joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

Bytes code(std::size_t bytes, std::uint64_t seed = 1) { return testing::make_code(bytes, seed); }
Bytes table(std::size_t bytes) {
  Bytes made = testing::make_relocations(bytes, 7);
  made.resize(bytes);
  return made;
}

TEST(RecordStretches, ATableAmongCode) {
  EXPECT_EQ(record_stretches(joined({code(8 * kUnit), table(10 * kUnit), code(5 * kUnit + 100, 2)})),
            Stretches({{8 * kUnit, false}, {10 * kUnit, true}, {5 * kUnit + 100, false}}));
  EXPECT_EQ(record_stretches(table(10 * kUnit + 5)), Stretches({{10 * kUnit + 5, true}}));
  // It begins within a unit: that is the code's.
  EXPECT_EQ(record_stretches(joined({code(8 * kUnit + 2000), table(10 * kUnit)})), Stretches({{9 * kUnit, false}, {9 * kUnit + 2000, true}}));
}

TEST(RecordStretches, AShortTableStays) {
  EXPECT_EQ(record_stretches(joined({code(2 * kUnit), table(kLeastRecordTableBytes), code(kUnit, 2)})).size(), 3U);
  EXPECT_EQ(record_stretches(joined({code(2 * kUnit), table(kLeastRecordTableBytes - kUnit), code(kUnit, 2)})), Stretches({{6 * kUnit, false}}));
}

TEST(RecordStretches, OneUnitDoesNotPartATable) {
  EXPECT_EQ(record_stretches(joined({table(3 * kUnit), code(kUnit), table(3 * kUnit)})), Stretches({{7 * kUnit, true}}));
  EXPECT_EQ(record_stretches(joined({table(4 * kUnit), code(2 * kUnit), table(4 * kUnit)})).size(), 3U);
}

// As alike at four bytes as at 24: such arrays are in one program as they are in the next.
TEST(RecordStretches, AnArrayOfNumbersIsNone) {
  std::mt19937_64 random(3);
  Bytes numbers;
  for (std::uint32_t i = 0; i < 20'000; ++i) {
    const auto number = static_cast<std::uint32_t>(random() % 1000);
    for (unsigned byte = 0; byte < 4; ++byte) numbers.push_back(static_cast<std::uint8_t>(number >> 8 * byte));
  }
  EXPECT_EQ(record_stretches(numbers), Stretches({{numbers.size(), false}}));
}

TEST(RecordStretches, AllElseIsNone) {
  for (const testing::DataKind kind : testing::kAllDataKinds) {
    for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, kUnit - 1, kUnit, kUnit + 1, 30 * kUnit + 17})
      EXPECT_EQ(record_stretches(testing::make_data(kind, bytes, 5)), Stretches({{bytes, false}})) << static_cast<int>(kind) << " " << bytes;
  }
}

// Whatever is there, in whole units but for the last, in turns.
TEST(RecordStretches, AreAllOfTheBytes) {
  std::mt19937_64 random(11);
  for (int round = 0; round < 60; ++round) {
    std::vector<Bytes> parts;
    for (int part = 0; part < 8; ++part) parts.push_back(random() % 2 == 0 ? code(64 + random() % (6 * kUnit), random()) : table(random() % (9 * kUnit)));
    const Bytes bytes = joined(parts);
    const Stretches found = record_stretches(bytes);
    const auto add = [](std::size_t sum, const RecordStretch& stretch) { return sum + stretch.length; };
    EXPECT_EQ(std::accumulate(found.begin(), found.end(), std::size_t{0}, add), bytes.size());
    for (std::size_t i = 0; i + 1 < found.size(); ++i) {
      EXPECT_EQ(found[i].length % kUnit, 0U);
      EXPECT_NE(found[i].is_table, found[i + 1].is_table);
    }
    for (const RecordStretch& stretch : found) EXPECT_GE(stretch.length, stretch.is_table ? kLeastRecordTableBytes : std::min(bytes.size(), kUnit));
  }
}

}  // namespace
}  // namespace npk::codec
