// The parts of the lines encoder: aligned fields, shapes of lines, counts.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "codec/filter/lines/aligned_lines_encode.h"
#include "codec/filter/lines/line_shapes_encode.h"
#include "codec/filter/lines/repeat_counts_encode.h"
#include "unit/codec/template_samples.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

std::size_t aligned_fields(std::string_view text, std::string_view line) {
  const ByteView raw = as_bytes(text);
  const AlignedLines lines(raw);
  const AlignedGroup* group = lines.group_of(raw, text.find(line), line.size());
  return group == nullptr ? 0 : group->fields.size();
}

TEST(AlignedLines, FieldsLieBetweenBlanksAndBehindNumbers) {
  const std::string text = aligned_text(4000, 19);
  // Word, number, name, three axes, 1.00, and the number that may leave no space before it.
  EXPECT_EQ(aligned_fields(text, text.substr(0, text.find('\n'))), 8U);
  EXPECT_EQ(aligned_fields(text.substr(0, text.find('\n') * 40), text.substr(0, text.find('\n'))), 0U);  // too few
}

// The last field goes to the line's end. Lines that end before it begins, or have something between two fields, are of another form.
TEST(AlignedLines, LastFieldsMayBeOfAnyLength) {
  const std::string text = justified_table(400, 24) + "Oslo                  17\nRio de Janeiro        5 and 6 and 7 and 8 and 9 and 10, in all\n" +
                           std::string(250, 'x') + "\n";
  EXPECT_GE(aligned_fields(text, text.substr(0, text.find('\n'))), 6U);  // more where places within all of a cell's names are blank
  EXPECT_EQ(aligned_fields(text, "Oslo                  17"), 0U);
  EXPECT_EQ(aligned_fields(text, "Rio de Janeiro        5 and 6 and 7 and 8 and 9 and 10, in all"), 0U);
  EXPECT_EQ(aligned_fields(text, std::string(250, 'x')), 0U);
}

// By chance in lines of one length, or in a table whose lengths go with its values.
TEST(AlignedLines, OtherLinesAreNotAligned) {
  std::mt19937_64 generator(20);
  std::string rows, records;
  for (int i = 0; i < 4000; ++i) {
    const auto number = [&] { return std::to_string(generator() % 1000); };
    rows += number() + "," + number() + ",some name," + number() + "\n";
    records += number() + " " + number() + " " + number() + " in all\n";
  }
  for (const std::string& text : {rows, records}) {
    const ByteView raw = as_bytes(text);
    const AlignedLines lines(raw);
    for (std::size_t at = 0; at < text.size();) {
      const std::size_t end = text.find('\n', at);
      EXPECT_EQ(lines.group_of(raw, at, end - at), nullptr);
      at = end + 1;
    }
  }
}

// Files whose lines are as long, but have their fields elsewhere.
TEST(AlignedLines, StretchesHaveFieldsOfTheirOwn) {
  std::mt19937_64 generator(21);
  const auto table = [&](std::size_t first, std::size_t second) {
    std::string text;
    while (text.size() < AlignedLines::kStretchBytes) {
      for (const std::size_t width : {first, second, std::size_t{30}}) {
        const std::string number = std::to_string(generator() % 100'000);
        text += std::string(width - number.size(), ' ') + number;
      }
      text += '\n';
    }
    return text.substr(0, AlignedLines::kStretchBytes / 51 * 51) + std::string(AlignedLines::kStretchBytes % 51 - 1, '-') + "\n";
  };
  const std::string text = table(8, 12) + table(14, 6);
  const ByteView raw = as_bytes(text);
  const AlignedLines lines(raw);
  const AlignedGroup* first = lines.group_of(raw, 0, 50);
  const AlignedGroup* second = lines.group_of(raw, AlignedLines::kStretchBytes, 50);
  ASSERT_TRUE(first != nullptr && second != nullptr);
  EXPECT_NE(first, second);
  EXPECT_EQ(first->fields.size(), 3U);
  EXPECT_EQ(second->fields.size(), 3U);
}

// Of a third piece of a line without a name the hash of what it belongs to is 0: no text before a token must change even that.
TEST(LineShapes, ATokenBehindNoTextIsNotNone) {
  const std::string text = "x\"y\"Cd\"\nx\"y\"\"\n";
  bool with_lists = false;
  const LineUnits units = split_lines(as_bytes(text), with_lists);
  ASSERT_EQ(units.units.size(), 8U);
  EXPECT_EQ(units.units[2].context, 0U);
  const LineShapes shapes = count_shapes(as_bytes(text), units);
  EXPECT_NE(shapes.of_units[2].coarse, shapes.of_units[6].coarse);
  EXPECT_EQ(shapes.of_units[0].coarse, shapes.of_units[4].coarse);
}

// Where it stands in the block changes no shape, though hashes read ahead.
TEST(LineShapes, AreTheSameInTheEndOfABlock) {
  std::string text;
  for (int i = 0; i < 40; ++i) text += "a-" + std::to_string(i) + ";\n";
  bool with_lists = false;
  const LineUnits units = split_lines(as_bytes(text), with_lists);
  const LineShapes shapes = count_shapes(as_bytes(text), units);
  EXPECT_EQ(shapes.coarse.size(), 1U);
  EXPECT_EQ(shapes.coarse[0].count, 40U);
}

// Counts end at kMost, and do not run into what tells hashes apart.
TEST(RepeatCounts, CountEachHash) {
  RepeatCounts counts(600);
  for (std::uint64_t i = 0; i < 300; ++i) counts.add((i + 1) * 0x9E3779B97F4A7C15ULL);
  for (std::uint32_t i = 1; i <= 300; ++i) EXPECT_EQ(counts[counts.add(0)], std::min(i, RepeatCounts::kMost));
  EXPECT_EQ(counts[counts.add(0x9E3779B97F4A7C15ULL)], 2U);
}

}  // namespace
}  // namespace npk::codec
