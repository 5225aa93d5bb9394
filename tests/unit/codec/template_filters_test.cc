// The filters lines and delimited, which share their payload.
#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <sstream>

#include "codec/filter/delimited/key_cells_encode.h"
#include "codec/filter/parts_encode.h"
#include "codec/filter/templates/template_format.h"
#include "codec/filter/varint.h"
#include "codec/filter_encoder.h"
#include "codec/filter_registry.h"
#include "unit/codec/template_samples.h"
#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

using format::CodecId;

std::optional<Bytes> filter(CodecId id, ByteView raw) {
  Bytes out(raw.size() + kMaxFilterGrowth);
  const auto length = find_filter_encoder(id)->encode(raw, out);
  if (!length) return std::nullopt;
  out.resize(*length);
  return out;
}

// The first `wanted` bytes; checks that what lies behind them is left alone.
Result<Bytes> restore(CodecId id, ByteView filtered, std::size_t raw_length, std::size_t wanted) {
  Bytes guarded(wanted + 64, 0x5A);
  const auto decoder = find_filter(id)->create_decoder();
  const auto restored = decoder->restore(filtered, filtered.size(), raw_length, MutableBytes(guarded).first(wanted));
  EXPECT_EQ(std::count(guarded.end() - 64, guarded.end(), 0x5A), 64);
  if (!restored) return std::unexpected(restored.error());
  EXPECT_TRUE(*restored);
  guarded.resize(wanted);
  return guarded;
}

// And that it comes back.
void expect_shorter(CodecId id, const std::string& text, std::size_t length) {
  const auto filtered = filter(id, as_bytes(text));
  ASSERT_TRUE(filtered);
  EXPECT_LT(filtered->size(), length);
  const auto back = restore(id, *filtered, text.size(), text.size());
  EXPECT_TRUE(back && as_text(*back) == text);
}

class TemplateFilters : public testing::TestWithParam<CodecId> {
 protected:
  // True if the filter took it.
  static bool survives(ByteView raw) {
    const auto filtered = filter(GetParam(), raw);
    if (!filtered) return false;
    EXPECT_EQ(filter(GetParam(), raw), filtered);
    const auto back = restore(GetParam(), *filtered, raw.size(), raw.size());
    EXPECT_TRUE(back && std::ranges::equal(*back, raw)) << raw.size() << " bytes";
    return true;
  }
};

TEST_P(TemplateFilters, GiveBackWhatTheyTake) {
  int taken = 0;
  for (const std::string& sample : template_samples()) taken += survives(as_bytes(sample)) ? 1 : 0;
  EXPECT_GE(taken, 4);
  for (const DataKind& kind : kDataKinds) {
    for (const std::size_t size : {0U, 1U, 2U, 100U, 5000U}) survives(kind.make(size, size));
  }
}

TEST_P(TemplateFilters, TakeBlocksThatBeginAndEndAnywhere) {
  for (const std::string& sample : {log_text(60, 8), record_text(12, 9), list_text(40, 13), delimited_text(90, 10, ','), delimited_text(60, 11, ',', "\r\n")}) {
    for (std::size_t cut = 0; cut < 200; ++cut) {
      survives(as_bytes(sample).subspan(cut));
      survives(as_bytes(sample).first(sample.size() - cut));
    }
    for (std::size_t length = 0; length < sample.size(); length += 53) survives(as_bytes(sample).first(length));
  }
}

TEST_P(TemplateFilters, RestorePrefixes) {
  for (const std::string& sample : template_samples()) {
    const ByteView raw = as_bytes(sample);
    const auto filtered = filter(GetParam(), raw);
    if (!filtered) continue;
    for (std::size_t wanted = 1; wanted <= raw.size(); wanted += 1 + wanted / 3) {
      const auto prefix = restore(GetParam(), *filtered, raw.size(), wanted);
      ASSERT_TRUE(prefix && std::ranges::equal(*prefix, raw.first(wanted))) << wanted;
    }
  }
}

TEST_P(TemplateFilters, SurviveDamage) {
  const std::string text = GetParam() == CodecId::lines ? log_text(60, 12) + record_text(10, 13) : delimited_text(400, 12, ',');
  const ByteView raw = as_bytes(text);
  const auto filtered = filter(GetParam(), raw);
  ASSERT_TRUE(filtered);
  const auto expect_sound = [&](ByteView damaged, std::size_t raw_length) {
    const auto result = restore(GetParam(), damaged, raw_length, raw_length);
    EXPECT_TRUE(result || result.error().code == Errc::corrupt);
  };
  for (std::size_t length = 0; length < filtered->size(); ++length) expect_sound(ByteView(*filtered).first(length), raw.size());
  Bytes damaged = *filtered;
  for (std::size_t bit = 0; bit < 8 * damaged.size(); ++bit) {
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
    expect_sound(damaged, raw.size());
    damaged[bit / 8] ^= static_cast<std::uint8_t>(1U << bit % 8);
  }
  for (const std::size_t length : {raw.size() - 1, raw.size() + 1, std::size_t{1}}) {
    const auto result = restore(GetParam(), *filtered, length, length);
    EXPECT_TRUE(!result && result.error().code == Errc::corrupt);
  }
}

// A template of 16384 slots without text, again and again, its values empty.
TEST_P(TemplateFilters, RefuseMoreValuesThanBytes) {
  std::vector<FilterBytes> parts(4);
  append_varint(1, parts[0]);
  append_varint(1, parts[0]);
  append_varint(0, parts[0]);
  append_varint(16384, parts[0]);
  parts[0].resize(parts[0].size() + 2 * 16384 + 1);
  parts[1].resize(1U << 20);
  parts[3].push_back(2);
  append_varint(std::uint64_t{1} << 34U, parts[3]);
  Bytes payload(2U << 20);
  payload.resize(join_parts(parts, payload).value_or(0));
  ASSERT_GT(payload.size(), parts[1].size());
  const auto result = restore(GetParam(), payload, 1U << 20, 1U << 20);
  EXPECT_TRUE(!result && result.error().code == Errc::corrupt);
}

TEST_P(TemplateFilters, DeclineWhatDoesNotFit) {
  const std::string text = GetParam() == CodecId::lines ? log_text(60, 12) : delimited_text(400, 12, ',');
  const auto filtered = filter(GetParam(), as_bytes(text));
  ASSERT_TRUE(filtered);
  Bytes out(filtered->size() - 1);
  EXPECT_FALSE(find_filter_encoder(GetParam())->encode(as_bytes(text), out));
  EXPECT_FALSE(filter(GetParam(), random_bytes(10000, 1)));
}

TEST_P(TemplateFilters, MakeTextOfTheirKindSmaller) {
  const std::string text = GetParam() == CodecId::lines ? log_text(2000, 14) : delimited_text(2000, 14, ',');
  const auto filtered = filter(GetParam(), as_bytes(text));
  ASSERT_TRUE(filtered);
  EXPECT_LT(filtered->size(), text.size() / 2);
}

// What is beyond the limits of columns and templates is text; the rest is taken apart all the same.
TEST_P(TemplateFilters, TakeTextsOfMoreFormsThanThereAreColumns) {
  std::string text;
  for (int form = 0; form < 5000; ++form) {
    for (int i = 0; i < 8; ++i) {
      if (GetParam() == CodecId::lines)
        text += "Field-" + std::to_string(form) + ": " + std::to_string(i * form) + "\n";
      else
        for (int cell = 0, cells = 2 + form % 70; cell < cells && form < 210; ++cell) text += std::to_string(cell * i) + (cell + 1 < cells ? "," : "\n");
    }
  }
  EXPECT_TRUE(survives(as_bytes(text)));
}

// Each number of them is in a column.
// Less than three bytes a number, with what is between them; an encoder's memory has to hold them all.
TEST_P(TemplateFilters, TakeSmallNumbersCloseTogether) {
  const std::string text = number_table(270'000, 20, 30, GetParam() == CodecId::lines ? ' ' : ',', 17);
  ASSERT_GT(text.size(), 14U << 20);
  ASSERT_LE(text.size(), kMaxFilteredRawBytes);
  EXPECT_LT(filter(GetParam(), as_bytes(text)).value_or(Bytes(text.size())).size(), text.size() / 2);
  EXPECT_TRUE(survives(as_bytes(text)));
}

TEST(LinesFilter, ListsOfNumbersAreTakenApart) {
  const std::string text = list_text(3000, 15);
  expect_shorter(CodecId::lines, text, text.size() / 5 * 3);
}

// Rows of a statement are as those of lines; and so, in a block that ends within it, are those of its beginning.
TEST(LinesFilter, RowsOfOneStatementAreTakenApart) {
  for (const std::string& text : {tuple_text(20, 200, 5), tuple_text(1, 4000, 6), tuple_text(1, 4000, 7).substr(100'000, 80'000)}) {
    const auto filtered = filter(CodecId::lines, as_bytes(text));
    ASSERT_TRUE(filtered);
    EXPECT_LT(filtered->size(), text.size() / 3);
    const auto back = restore(CodecId::lines, *filtered, text.size(), text.size());
    EXPECT_TRUE(back && as_text(*back) == text);
  }
}

// As YAML has the same.
std::string as_list(const std::string& assignments) {
  std::string text;
  std::istringstream lines(assignments);
  for (std::string line, before = "-"; std::getline(lines, line); before = line) {
    if (line[0] != '[') text += (before[0] == '[' ? "- " : "  ") + line + "\n";
  }
  return text;
}

// What is assigned to a name has a column of its own, without the quotation marks around it.
TEST(LinesFilter, AssignmentsAreFields) {
  const auto size = [](const std::string& text) {
    const auto filtered = filter(CodecId::lines, as_bytes(text));
    const auto back = filtered ? restore(CodecId::lines, *filtered, text.size(), text.size()) : Result<Bytes>();
    EXPECT_TRUE(back && as_text(*back) == text);
    return filtered ? filtered->size() : text.size();
  };
  const std::size_t colons = size(assignment_text(4000, 8, ": "));
  EXPECT_LT(size(assignment_text(4000, 8, " = ")), colons * 21 / 20);
  EXPECT_LT(size(assignment_text(4000, 8, "=")), colons * 21 / 20);
  EXPECT_LT(size(as_list(assignment_text(4000, 8, ": "))), colons * 21 / 20);
}

// However few bytes a line has: a byte for its template, which is always the one that is guessed, and those of the number.
TEST(LinesFilter, LoneNumbersAreNumbers) {
  for (const std::uint64_t most : {100U, 10'000U, 4'000'000'000U}) {
    for (const std::string_view ending : {"\n", "\r\n"}) {
      const std::string text = lone_numbers(60'000, most, 9, ending);
      const auto filtered = filter(CodecId::lines, as_bytes(text));
      ASSERT_TRUE(filtered) << most;
      EXPECT_LT(filtered->size(), 60'000U * (most == 100 ? 2 : most == 10'000 ? 3 : 5) + 8'000) << most;
      const auto back = restore(CodecId::lines, *filtered, text.size(), text.size());
      EXPECT_TRUE(back && as_text(*back) == text);
    }
  }
}

// Without fronts a list of words takes a quarter more than so much.
TEST(LinesFilter, SortedLinesStoreWhatTheyAdd) {
  for (const std::string_view ending : {"\n", "\r\n"}) {
    const std::string text = sorted_text(20'000, 20, ending);
    expect_shorter(CodecId::lines, text, text.size() * 2 / 5);
  }
}

// Nor are a table's words, two thirds of it, stored as they are.
TEST(DelimitedFilter, SortedColumnsStoreWhatTheyAdd) {
  const std::string text = sorted_table(20'000, 21);
  expect_shorter(CodecId::delimited, text, text.size() * 3 / 4);
}

// Lines that begin alike are not for that reason a list: templates leave less.
TEST(LinesFilter, ALogOfLongFrontsIsTakenApart) {
  static constexpr std::string_view kMessages[] = {"request # took # ms", "cache: # of # entries are stale", "client # gone after # bytes", "retry # in # s"};
  std::mt19937_64 generator(22);
  std::string text;
  for (int i = 0; i < 6000; ++i) {
    text += "host.example.net service[4711]: 2026-11-30 06:" + std::to_string(10 + i / 100) + " ";
    for (const char byte : kMessages[generator() % 4]) text += byte == '#' ? std::to_string(generator() % 9000 + 1000) : std::string(1, byte);
    text += "\n";
  }
  const auto filtered = filter(CodecId::lines, as_bytes(text));
  ASSERT_TRUE(filtered);
  EXPECT_LT(filtered->size(), 6000U * 8);
}

// Arrays are one column, however many of their numbers are in a line; places of a table have columns of their own.
TEST(LinesFilter, WrappedNumbersAreOneColumn) {
  const auto size = [](const std::string& text) {
    const auto filtered = filter(CodecId::lines, as_bytes(text));
    const auto back = filtered ? restore(CodecId::lines, *filtered, text.size(), text.size()) : Result<Bytes>();
    EXPECT_TRUE(back && as_text(*back) == text);
    return filtered ? filtered->size() : text.size();
  };
  const std::size_t alone = size(wrapped_text(9'001, 1)), wrapped = size(wrapped_text(9'001, 4));
  EXPECT_LT(wrapped, alone * 21 / 20);
  EXPECT_LT(wrapped, 9'001U * 8);
  std::string table;
  std::mt19937_64 generator(3);
  for (std::uint64_t i = 0; i < 4000; ++i) {
    table += "  " + std::to_string(100000 + 3 * i) + ".25  " + std::to_string(500000 - 7 * i);
    table += ".50  " + std::to_string(200000 + i + generator() % 3) + ".75\n";
  }
  EXPECT_LT(size(table), table.size() / 4);
}

// Whatever the widths of the numbers, the lines of a kind have one template and each field a column.
TEST(LinesFilter, AlignedFieldsAreColumns) {
  const std::string text = aligned_text(4000, 18);
  expect_shorter(CodecId::lines, text, text.size() / 4);
}

// Too few of a form are text, which ends at its first quotation mark.
TEST(LinesFilter, AlignedLinesWithQuotationMarksComeBack) {
  for (const std::size_t odd : {1U, 3U, 50U}) {
    const std::string text = quoted_aligned_text(4000, odd, 20);
    const auto filtered = filter(CodecId::lines, as_bytes(text));
    ASSERT_TRUE(filtered) << odd;
    const auto back = restore(CodecId::lines, *filtered, text.size(), text.size());
    EXPECT_TRUE(back && as_text(*back) == text) << odd;
  }
}

// Lines of forms too rare for a template are text, also where one begins as the one before.
TEST(LinesFilter, RareLinesThatBeginAlikeComeBack) {
  std::mt19937_64 generator(23);
  std::string text;
  for (int i = 0; i < 4000; ++i) {
    text += "key=" + std::to_string(generator() % 1000) + "\n";
    if (i % 80 != 0) continue;
    text += "Name of the carrier and of those who fly for it=Air";
    for (int word = 0; word < i / 80; ++word) text += word % 2 == 0 ? " and" : " &";
    text += "\n";
  }
  expect_shorter(CodecId::lines, text, text.size() / 2);
}

// What is kept of each line must leave room for many short ones, all of them different.
TEST(LinesFilter, ShortLinesFillALargeBlock) {
  std::mt19937_64 generator(16);
  std::string text;
  for (int i = 0; text.size() < 7U << 20; ++i) text += std::to_string(50 * i) + "  0." + std::to_string(100000 + generator() % 900000) + "\n";
  expect_shorter(CodecId::lines, text, text.size() / 2);
}

// Nor where each line's last field ends where it ends. As words and numbers such lines have hundreds of forms.
TEST(LinesFilter, JustifiedFieldsAreColumns) {
  for (const std::string_view ending : {"\n", "\r\n"}) {
    const std::string text = justified_table(4000, 24, ending);
    expect_shorter(CodecId::lines, text, 4000 * 14);
  }
}

// Whichever byte is between its cells, a row takes as much: six cells, of which four are one of six names.
TEST(DelimitedFilter, AnyMarkMayBeBetweenCells) {
  static constexpr std::string_view kMarks[] = {",", "\t", ";", "|", ":", "&", "^", "~",  "=",    "!",    "#",
                                                "$", "%",  "*", "\\", "@", "<", ">", "::", " = ", "\x01", "\x1F"};
  for (const std::string_view between : kMarks)
    expect_shorter(CodecId::delimited, worded_table(4000, 25, between), 4000 * 12);
  expect_shorter(CodecId::delimited, worded_table(4000, 25, "] [", "[", "]\n"), 4000 * 12);
  expect_shorter(CodecId::delimited, worded_table(4000, 25, "\" \"", "\"", "\"\n"), 4000 * 12);
  expect_shorter(CodecId::delimited, worded_table(4000, 25, " || ", "|-\n| "), 4000 * 13);
}

// Others are looked for where none of the usual ones is, and in lines that have four of them or more.
TEST(DelimitedFilter, UsualDelimitersGoBeforeOthers) {
  const auto cells = [](std::string_view row) {
    std::string text;
    for (int i = 0; i < 200; ++i) text += std::string(row) + std::to_string(i) + "\n";
    const DelimitedRows table = split_rows(as_bytes(text));
    return table.cells.size() / table.rows.size();
  };
  EXPECT_EQ(cells("12:30:45,a:b:c,"), 3U);
  EXPECT_EQ(cells("12:30:45 a:b:c "), 5U);
  EXPECT_EQ(cells("12:30:45 abc"), 1U);
  EXPECT_EQ(cells("a@b c$d e:f:g:h:"), 5U) << "each mark is in as many lines";
}

// A table of entity, attribute and value: what the values look like depends on the attribute.
TEST(DelimitedFilter, AColumnForEachAttribute) {
  std::mt19937_64 generator(31);
  std::string text;
  for (int i = 0; i < 4000; ++i) {
    const std::uint64_t attribute = generator() % 3;
    text += "U+" + std::to_string(10000 + i / 3) + "\t";
    if (attribute == 0) text += "strokes\t" + std::to_string(i / 400);
    if (attribute == 1) text += "place\tG3-" + std::to_string(5000 + i + static_cast<int>(generator() % 4));
    if (attribute == 2) text += "radical\t" + std::to_string(i / 100) + "." + std::to_string(i / 40 % 7);
    text += generator() % 100 == 0 ? "\tand more\n" : "\n";
  }
  const DelimitedRows table = split_rows(as_bytes(text));
  FilterVector<std::uint32_t> rows;
  table.rows.for_each([&](const DelimitedRow& row) { if (row.cells == 3) rows.push_back(row.first_cell); });
  const auto key = find_key_cell(as_bytes(text), table.cells, rows, 3);
  ASSERT_TRUE(key);
  EXPECT_EQ(key->cell, 1U);
  EXPECT_TRUE(key->splits(2));
  EXPECT_EQ(key->values.size(), 3U);
  EXPECT_EQ(key->number_of(as_bytes("neither")), 0U);
  const auto filtered = filter(CodecId::delimited, as_bytes(text));
  ASSERT_TRUE(filtered);
  const auto back = restore(CodecId::delimited, *filtered, text.size(), text.size());
  EXPECT_TRUE(back && as_text(*back) == text);
}

// However long rows are, as long as some of them are within what a delimiter is looked for in.
TEST(DelimitedFilter, WideRowsAreTakenApart) {
  constexpr std::size_t kRows = 800;
  for (const std::size_t columns : {100U, 150U, 600U, 1500U}) {
    for (const char delimiter : {',', '\t', ';', '|'}) {
      const std::string text = number_table(kRows, columns, 400, delimiter, columns);
      const DelimitedRows table = split_rows(as_bytes(text));
      ASSERT_EQ(table.rows.size(), kRows);
      table.rows.for_each([&](const DelimitedRow& row) { ASSERT_EQ(row.cells, columns); });
      const auto filtered = filter(CodecId::delimited, as_bytes(text));
      ASSERT_TRUE(filtered) << columns;
      EXPECT_LT(filtered->size(), text.size() * 3 / 5) << columns;
      const auto back = restore(CodecId::delimited, *filtered, text.size(), text.size());
      EXPECT_TRUE(back && as_text(*back) == text) << columns;
    }
  }
}

// Their readers may take 8 MiB more than the block: 1,500 columns of 1,600 bytes take 9.6 million bytes.
TEST(DelimitedFilter, ColumnsAreRefusedThatTakeMoreThanTheyMay) {
  constexpr std::size_t kColumns = 1500, kMemory = kColumns * 4 * 1600, kMost = kMemory - (8U << 20);
  const std::string text = number_table(800, kColumns, 400, ',', kColumns);
  const auto filtered = filter(CodecId::delimited, as_bytes(text));
  ASSERT_TRUE(filtered);
  const auto refused = restore(CodecId::delimited, *filtered, kMost / 2, 100);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, Errc::corrupt);
  EXPECT_NE(refused.error().message.find("columns"), std::string::npos) << refused.error().message;
  EXPECT_TRUE(restore(CodecId::delimited, *filtered, text.size(), 100));
}

TEST(DelimitedFilter, NoKeyWhereCellsAreIndependent) {
  std::mt19937_64 generator(32);
  std::string text;
  for (int i = 0; i < 4000; ++i) text += std::to_string(generator() % 5) + "," + std::to_string(generator()) + "," + std::to_string(generator() % 1000) + "\n";
  const DelimitedRows table = split_rows(as_bytes(text));
  FilterVector<std::uint32_t> rows;
  table.rows.for_each([&](const DelimitedRow& row) { rows.push_back(row.first_cell); });
  EXPECT_FALSE(find_key_cell(as_bytes(text), table.cells, rows, 3));
}

// Tables with as many cells, of text here and of numbers there: those of numbers have columns of their own: without, 0.69 of the text is left.
TEST(DelimitedFilter, FilesWithHeadingsHaveTheirColumnsOfNumbers) {
  std::mt19937_64 generator(33);
  std::string text;
  for (int file = 0; file < 6; ++file) {
    text += "name" + std::to_string(file) + ",value" + std::to_string(file) + ",unit\n";
    for (int i = 0; i < 600; ++i) {
      const std::string number = std::to_string(100000 + generator() % 900000), word(1 + generator() % 9, static_cast<char>('a' + generator() % 26));
      text += file % 2 == 0 ? "1." + number + "," + word + ",7\n" : word + "," + number + ",8\n";
    }
  }
  expect_shorter(CodecId::delimited, text, text.size() * 5 / 8);
}

TEST(DelimitedFilter, WhatAnotherColumnSaysIsNotStored) {
  const std::string text = keyed_text(6000, 14);
  expect_shorter(CodecId::delimited, text, text.size() / 2);  // five sixths of the addresses, which are most of it, have been seen
}

// Else a payload of one long value and many short ones would take hours.
TEST(KeyedPredictors, TakeLongKeysForEmptyOnes) {
  const ValuePredictor predictor{.kind = PredictorKind::keyed, .first_slot = 3, .slot_bits = 12};
  const Bytes key(kMostKeyedBytes + 1, 'k');
  EXPECT_EQ(keyed_slot(predictor, key), keyed_slot(predictor, {}));
  EXPECT_NE(keyed_slot(predictor, ByteView(key).first(kMostKeyedBytes)), keyed_slot(predictor, {}));
}

// A block is of many files: each has its delimiter, and some are no tables.
TEST(DelimitedFilter, FilesWithDelimitersOfTheirOwnAreAllTakenApart) {
  std::string text;
  for (const char delimiter : {',', '\t', ';', '|'}) {
    text += delimited_text(600, 21, delimiter);
    for (int i = 0; i < 30; ++i) text += "A line of prose, number " + std::to_string(i) + ", between tables.\n";
  }
  expect_shorter(CodecId::delimited, text, text.size() / 2);
}

INSTANTIATE_TEST_SUITE_P(Each, TemplateFilters, testing::Values(CodecId::lines, CodecId::delimited),
                         [](const auto& each) { return std::string(find_filter(each.param)->name); });

}  // namespace
}  // namespace npk::codec
