#include "codec/content_kind.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <string>

#include "unit/codec/test_data.h"

namespace npk::codec {
namespace {

ContentKind kind_of_text(std::string_view text) { return kind_of(as_bytes(text)); }

std::string repeated(std::string_view line, int times) {
  std::string text;
  for (int i = 0; i < times; ++i) text += std::to_string(i % 10) + std::string(line);
  return text;
}

TEST(ContentKind, TextsByTheirShape) {
  EXPECT_EQ(kind_of_text(R"({"name": "a package", "version": "1.0", "files": ["a", "b"]})"), ContentKind::json);
  EXPECT_EQ(kind_of_text("  [\n  {\"id\": 1, \"x\": 2.5},\n  {\"id\": 2, \"x\": 3.5}\n]\n"), ContentKind::json);
  EXPECT_EQ(kind_of_text("\xEF\xBB\xBF<?xml version=\"1.0\"?><svg width=\"16\"><path d=\"M0 0\"/></svg>"), ContentKind::markup);
  EXPECT_EQ(kind_of_text("<!DOCTYPE html><html><head><title>t</title></head><body></body></html>"), ContentKind::markup);
  EXPECT_EQ(kind_of_text(repeated(",abc,12.5,\"x,y\"\n", 20)), ContentKind::delimited);
  EXPECT_EQ(kind_of_text(repeated("\tabc\n", 20)), ContentKind::delimited);
  EXPECT_EQ(kind_of_text(repeated("2:17 host daemon[12]: connection from 10.0.0.1 closed\n", 30)), ContentKind::lines);
}

// Bytes that are between cells of some tables, where lines have four of them or more; times of the day have fewer.
TEST(ContentKind, TablesOfUnusualDelimitersAreLines) {
  std::string words;
  for (int i = 0; i < 40; ++i) words += std::string(static_cast<std::size_t>(3 + i * 7 % 11), static_cast<char>('a' + i % 26)) + (i % 5 < 4 ? "^" : "\n");
  for (const char delimiter : {'^', ':', '&', '~', '\x01', '\x1F'}) {
    std::string text = words + words + words;
    std::ranges::replace(text, '^', delimiter);
    EXPECT_EQ(kind_of_text(text), ContentKind::lines) << int{delimiter};
  }
}

// Where nothing else stands outside of strings, white space does not count.
TEST(ContentKind, JsonIndentedDeeply) {
  const std::string coordinates = repeated(".25\n            ],\n            [\n                ", 60);
  EXPECT_EQ(kind_of_text("{\n    \"type\": \"Polygon\",\n    \"coordinates\": [\n            [\n                " + coordinates), ContentKind::json);
  EXPECT_EQ(kind_of_text("[\n" + repeated(".0,\n" + std::string(60, ' '), 40)), ContentKind::json);
  EXPECT_NE(kind_of_text("[\n" + repeated(".0, x\n" + std::string(60, ' '), 40)), ContentKind::json) << "a name outside of a string";
  EXPECT_NE(kind_of_text("{\n\"a\": \"" + repeated(" words \n" + std::string(60, ' '), 40)), ContentKind::json) << "a line feed in a string";
  EXPECT_NE(kind_of_text("[1] " + repeated(".5 ", 200)), ContentKind::json) << "numbers without commas";
  const std::string licence = repeated(" words of a licence, which go on for long without \\\" any mark that counts", 100);
  EXPECT_EQ(kind_of_text("{\"licence\": \"" + licence), ContentKind::json) << "one long string";
}

// As scripts carry it: behind comments, assigned, handed on or exported.
TEST(ContentKind, JsonInScripts) {
  const std::string records = "[\n" + repeated(",\n  {\"id\": 1, \"x\": [2.5, 3.5]}", 60) + "\n]";
  for (const std::string_view opening : {"// made\n", "/* made\n * by hand */\n\n", "// a\n/* b */ // c\n", "var data = ", "module.exports = ",
                                         "window.part[\"0\"] = ", "export default ", "callback(", "'use strict'\nreturn ", "const data: Row[] = ",
                                         "JSON.parse('"}) {
    EXPECT_EQ(kind_of_text(std::string(opening) + records), ContentKind::json) << opening;
    EXPECT_EQ(kind_of_text(std::string(opening) + R"({"name": "a package", "files": ["a", "b"]})"), ContentKind::json) << opening;
  }
  const std::string call = repeated("].f({\"a\": 1});\n", 40);
  for (const std::string& source : {"var x = 1; var y = " + records, "/* never ended " + records, "f(a[" + call, "x = [] of " + call, "data " + records,
                                    "var rows = [\n  {id: 0, name: \"a\"},\n" + repeated(", {id: 1, name: \"a\"},\n", 40),
                                    "var x = {\n" + repeated(": [\"a\", \"b\"],\n", 40),
                                    "rows[] = {\n  {\"a\", \"b\"},\n" + repeated(", \"a\", \"b\"},\n", 40),
                                    "rows = []row{\n" + repeated(", \"a\", \"b\"},\n", 40), std::string("/* only a comment, but a long one */\n")}) {
    EXPECT_NE(kind_of_text(source), ContentKind::json) << source.substr(0, 40);
  }
}

// Path data and style sheets are long, and tags few.
TEST(ContentKind, MarkupByItsOpening) {
  const std::string path = "<path d=\"m" + repeated(" 0.25 -1.5 3.125 c", 200) + "\"/></svg>";
  EXPECT_EQ(kind_of_text("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\">" + path), ContentKind::markup);
  EXPECT_EQ(kind_of_text("<?xml version=\"1.0\"?>\n<svg width=\"16\">" + path), ContentKind::markup);
  EXPECT_EQ(kind_of_text("<!DOCTYPE html>\n<html><style>" + repeated(" a { color: red; }\n", 200)), ContentKind::markup);
  EXPECT_EQ(kind_of_text("<!doctype HTML>\n<HTML><STYLE>" + repeated(" a { color: red; }\n", 200)), ContentKind::markup);
  EXPECT_NE(kind_of_text("<?php\n" + repeated(" $a = b($c);\n", 200)), ContentKind::markup);
  EXPECT_NE(kind_of_text("<svgs>" + path), ContentKind::markup);
  EXPECT_EQ(kind_of_text("<svg>"), ContentKind::general);
}

TEST(ContentKind, SourceCodeAndProseAreGeneral) {
  EXPECT_EQ(kind_of_text("/* SPDX */\n#include <stdio.h>\nint main(void)\n{\n\treturn 0;\n}\n"), ContentKind::general);
  EXPECT_EQ(kind_of_text("#!/bin/sh\nset -e\nfor f in *; do\n  echo \"$f\"\ndone\nexit 0\n"), ContentKind::general);
  EXPECT_EQ(kind_of_text("{ this is no JSON; it = only; begins = like; some; }, and so on and on"), ContentKind::general);
  EXPECT_EQ(kind_of_text("A sentence follows a sentence here.\nNone of them has commas enough, or any shape at all.\n"), ContentKind::general);
  EXPECT_EQ(kind_of({}), ContentKind::general);
  EXPECT_EQ(kind_of(random_bytes(4096, 1)), ContentKind::general);
}

// Tables of data often begin with lines of '#'.
TEST(ContentKind, TextsBehindAHeading) {
  const std::string heading = "# a table of things\n# as of today\n#\n\n";
  EXPECT_EQ(kind_of_text(heading + repeated(";abc;12\n", 20)), ContentKind::delimited);
  EXPECT_EQ(kind_of_text(heading + repeated("    ; LETTER\n", 20)), ContentKind::delimited);
  EXPECT_EQ(kind_of_text(heading + repeated("2:17 host daemon[12]: closed\n", 30)), ContentKind::lines);
  EXPECT_EQ(kind_of_text("#!/bin/sh\n" + repeated(";abc;12\n", 20)), ContentKind::general);
  EXPECT_NE(kind_of_text(repeated("call();\n", 20)), ContentKind::delimited) << "statements";
}

// What is behind a licence or a title is seen from the size of a middle on, in the head that is the whole or apart.
TEST(ContentKind, LargeTextsByTheirMiddle) {
  std::string text;
  while (text.size() < kKindHeadBytes) text += "  " + std::to_string(text.size()) + " Permission is granted to read this line.\n";
  const std::string licence = text, rows = repeated(",abc,12.5,\"x,y\"\n", 5000);
  const std::uint64_t size = licence.size() + rows.size();
  ASSERT_GE(size, kKindMiddleFileBytes);
  EXPECT_EQ(kind_of(as_bytes(licence), size), ContentKind::general);
  EXPECT_EQ(kind_of(as_bytes(licence), size, as_bytes(rows).subspan(3, kKindHeadBytes)), ContentKind::delimited);
  EXPECT_EQ(kind_of(as_bytes(licence + rows), size), ContentKind::delimited);
  EXPECT_EQ(kind_of(as_bytes(licence), size, random_bytes(kKindHeadBytes, 3)), ContentKind::general);
}

// Data that a source or a script of some size carries is seen in its middle.
TEST(ContentKind, LargeSourcesByWhatTheyCarry) {
  const std::string json = repeated("\": {\"id\": 1, \"x\": 2.5},\n    \"k", 500), rows = repeated("{ \"a\", \"b\", 12 },\n\t", 500);
  const std::string code = repeated(" = f(x)\n{\n\tint y = 1;\n\tif (y) {\n\t\tcall(x,\n\t\t     y);\n\t}\n}\n", 500);
  const auto middle_of = [](const std::string& text) { return as_bytes(text).subspan(100, kKindHeadBytes); };
  for (const std::string_view opening : {"/* a source */\n", "#include <a.h>\n", "#!/bin/sh\n"}) {
    const std::string head = std::string(opening) + code;
    const auto kind_with = [&](const std::string& carried, std::uint64_t size) {
      return kind_of(as_bytes(head).first(kKindHeadBytes), size, middle_of(carried));
    };
    EXPECT_EQ(kind_with(json, 1U << 20), ContentKind::json) << opening;
    EXPECT_EQ(kind_with(rows, 1U << 20), ContentKind::delimited) << opening;
    EXPECT_EQ(kind_with(code, 1U << 20), ContentKind::general) << opening;
    EXPECT_EQ(kind_with(json, 100U << 10), ContentKind::general) << opening;
    EXPECT_EQ(kind_of(as_bytes(head).first(kKindHeadBytes), 1U << 20, random_bytes(kKindHeadBytes, 5)), ContentKind::general);
  }
}

// Of which no six lie in what is looked at: many numbers between delimiters, but not those of source code.
TEST(ContentKind, TablesOfLongRows) {
  std::string heading, row, source;
  for (int i = 0; i < 900; ++i) {
    heading += (i == 0 ? "name_" : ",name_") + std::to_string(i);
    row += (i == 0 ? "" : ",") + std::to_string(i * 7 % 1000) + (i % 3 == 0 ? ".25" : "");
    source += "    " + std::to_string(i) + ", " + std::to_string(i * i) + ", 17, 23, 5," + (i % 3 == 0 ? " 8, 9,\n" : "\n");
  }
  heading += "\n", row += "\n";
  EXPECT_EQ(kind_of_text(row + row), ContentKind::delimited);
  EXPECT_NE(kind_of_text(heading + row), ContentKind::delimited) << "names alone";
  std::string table = heading;
  while (table.size() < kKindMiddleFileBytes) table += row;
  EXPECT_EQ(kind_of(as_bytes(table), table.size()), ContentKind::delimited) << "by the middle, which is within a row";
  EXPECT_NE(kind_of_text("static const int kNumbers[] = {\n" + source), ContentKind::delimited);
  std::ranges::replace(row, ',', ' ');
  EXPECT_EQ(kind_of_text(row), ContentKind::lines) << "no delimiter";
}

// In a line of any length.
TEST(ContentKind, RowsOfStatementsAreLines) {
  std::string rows = "INSERT INTO `people` VALUES (";
  while (rows.size() < 2 * kKindMiddleFileBytes) rows += "'Ada Lovelace','London'),('Grace Hopper','New York'),(";
  EXPECT_EQ(kind_of(as_bytes(rows), rows.size()), ContentKind::lines);
  EXPECT_EQ(kind_of(as_bytes(rows).first(kKindHeadBytes), kKindHeadBytes), ContentKind::lines);
  EXPECT_EQ(kind_of_text("call(f(a),(b), (c))\n" + std::string(4000, 'x')), ContentKind::general);
}

// Slashes begin comments, and paths.
TEST(ContentKind, ListsOfPathsAreLines) {
  const auto again = [](std::string_view line) {
    std::string text;
    for (int i = 0; i < 60; ++i) text += line;
    return text;
  };
  EXPECT_EQ(kind_of_text(again("/usr/share/doc/bash/README\n/usr/share/doc/bash/NEWS.gz\n")), ContentKind::lines);
  EXPECT_EQ(kind_of_text("/usr/lib:\ntotal 12\n" + again("drwxr-xr-x   2 root root   4096 Nov 29 02:18 posix\n")), ContentKind::lines);
  EXPECT_EQ(kind_of_text(again("// What it does\nreturn f(x);\n")), ContentKind::general);
  EXPECT_EQ(kind_of_text(again("return f(x);\n// What it does\n")), ContentKind::general);
  EXPECT_EQ(kind_of_text("/* Copyright */\n" + again("value: 17\n")), ContentKind::general);
}

// Whatever their lines look like: nested lists with identifiers, columns of floats in tags, tables in source code. Not what has some numbers.
TEST(ContentKind, NumbersAndIdentifiersAreLines) {
  const std::string footprint = "  (fp_line (start 1.26 1.535) (end 1.26 12.54) (width 0.12) (tstamp 26f8625e-a578-404a-9b23-39f04fd9df78))\n";
  const std::string arc = "    (arc (mid 0.5 -2.25) (stroke 0.05))\n    (uuid 6144600f-6d1f-44da-82fe-2bee65446540)\n  )\n";
  EXPECT_EQ(kind_of_text("(footprint \"Relief\" (version 20211014)\n" + repeated(footprint + arc, 20)), ContentKind::lines);
  const std::string floats = "  8.72696714572E-05  8.83673887906E-05  8.94789137083E-05\n";
  EXPECT_EQ(kind_of_text("<PP_R type=\"real\" size=\"1141\" columns=\"4\">\n" + repeated(floats, 40)), ContentKind::lines);
  const std::string bytes = "  0x12, 0x7f, 0x33, 0x90, 0x05, 0x41, 0x77, 0x28,\n  0x12, 0x33,\n";
  EXPECT_EQ(kind_of_text("static const u8 kTable[] = {\n" + repeated(bytes, 40)), ContentKind::lines);
  EXPECT_EQ(kind_of_text(repeated("\tif (count > 17 && x2 != 0x40)\n\t\treturn call_it(buffer1, 100);\n", 40)), ContentKind::general);
}

// Records of which most lines are indented, as lists of vendors have; not statements.
TEST(ContentKind, LargeTextsWithIndentedLines) {
  const auto kind_of_large = [](std::string_view text) { return kind_of(as_bytes(text), 1U << 20); };
  const std::string records = repeated("0-E0-28   (hex)\t\tA COMPANY\n\t\t\t\t340 THOR PLACE\n\t\t\t\tBREA  CA  92821\n\t\t\t\tUS\n", 20);
  EXPECT_EQ(kind_of_large(records), ContentKind::lines);
  EXPECT_EQ(kind_of_text(records), ContentKind::general);
  EXPECT_EQ(kind_of_large(repeated(" = f(x)\n{\n\tint y = 1;\n\tif (y) {\n\t\tcall(x,\n\t\t     y);\n\t}\n}\n", 20)), ContentKind::general);
}

// Of which there are only some in what is looked at: like each other, or prose.
TEST(ContentKind, LargeTextsOfLongLines) {
  static constexpr std::string_view openings[] = {"A", "It is ", "(of) ", "\"So\" ", "half-way ", "one's ", "so, then ", "no; ", "Mr. "};
  std::string records, prose;
  for (int i = 0; i < 9; ++i) {
    records += "  (row (:id \"" + std::to_string(i) + "\")" + std::string(400, 'x') + ")\n";
    prose += std::string(openings[i]) + std::string(400, 'b') + "\n";
  }
  EXPECT_EQ(kind_of(as_bytes(records), 1U << 20), ContentKind::lines);
  EXPECT_EQ(kind_of(as_bytes(records), 100U << 10), ContentKind::general);
  EXPECT_EQ(kind_of(as_bytes(prose), 1U << 20), ContentKind::general);
}

TEST(ContentKind, BinariesByTheirMagic) {
  Bytes elf(128);
  std::ranges::copy(as_bytes("\x7F" "ELF\x02\x01\x01"), elf.begin());
  elf[18] = 62;
  EXPECT_EQ(kind_of(elf), ContentKind::x86_code);
  elf[18] = 183;
  EXPECT_EQ(kind_of(elf), ContentKind::arm64_code);
  elf[18] = 243;
  EXPECT_EQ(kind_of(elf), ContentKind::general);
  Bytes wave(64);
  std::ranges::copy(as_bytes("RIFFxxxxWAVEfmt "), wave.begin());
  EXPECT_EQ(kind_of(wave), ContentKind::numeric);
  Bytes fits(128, ' ');
  std::ranges::copy(as_bytes("SIMPLE  =                    T"), fits.begin());
  EXPECT_EQ(kind_of(fits), ContentKind::numeric);
}

TEST(ContentKind, ArchivesOfObjectsByTheirFirst) {
  const auto archive = [](std::string_view name, std::size_t object_at, std::uint8_t machine) {
    Bytes bytes(512, ' ');
    std::ranges::copy(as_bytes("!<arch>\n"), bytes.begin());
    std::ranges::copy(as_bytes(name), bytes.begin() + 8);
    if (object_at == 0) return bytes;
    std::ranges::copy(as_bytes("\x7F" "ELF\x02\x01\x01"), bytes.begin() + static_cast<std::ptrdiff_t>(object_at));
    bytes[object_at + 18] = machine;
    bytes[object_at + 19] = 0;
    return bytes;
  };
  EXPECT_EQ(kind_of(archive("first.o/", 68, 62)), ContentKind::x86_code);
  EXPECT_EQ(kind_of(archive("/ ", 300, 183)), ContentKind::arm64_code);
  EXPECT_EQ(kind_of(archive("/ ", 300, 243)), ContentKind::general);
  EXPECT_EQ(kind_of(archive("/ ", 0, 0)), ContentKind::x86_code);
  EXPECT_EQ(kind_of(archive("debian-binary   ", 0, 0)), ContentKind::general);
}

// Magic numbers with nothing behind them: no read past the end.
TEST(ContentKind, CutAnywhere) {
  for (const std::string_view magic : {"\x7F" "ELF", "!<arch>\n/ ", "!<arch>\n\x7F" "ELF", "MZ", "BM", "RIFF", "P5", "{", "[", "<", "SIMPLE  ="}) {
    for (std::size_t size = 0; size <= 80; ++size) {
      Bytes bytes(size, 0xFF);
      for (std::size_t i = 0; i < std::min(size, magic.size()); ++i) bytes[i] = static_cast<std::uint8_t>(magic[i]);
      (void)kind_of(bytes);
    }
  }
}

// Tables without a magic number: the bytes of an element's rank are alike.
TEST(ContentKind, ElementsAreNumbers) {
  Bytes table;
  const Bytes noise = random_bytes(kKindHeadBytes, 5);
  for (std::size_t i = 0; 4 * i < kKindHeadBytes; ++i)
    for (const std::uint8_t byte : {noise[i], noise[i + 1], static_cast<std::uint8_t>(i / 64), std::uint8_t{0x42}}) table.push_back(byte);
  EXPECT_EQ(kind_of(table), ContentKind::numeric);
  EXPECT_EQ(kind_of(noise), ContentKind::general);
  EXPECT_EQ(kind_of(ByteView(table).first(1000)), ContentKind::general) << "too few to be sure";
}

// Doubles of which all but sign and exponent is noise: only the highest byte is alike.
TEST(ContentKind, DenseNumbersAreNumbers) {
  constexpr std::size_t kBytes = kKindMiddleFileBytes;
  const Bytes noise = random_bytes(kBytes, 6);
  Bytes table = noise;
  for (std::size_t i = 0; 8 * i + 8 <= kBytes; ++i) table[8 * i + 7] = static_cast<std::uint8_t>(0x3F + noise[8 * i] % 3 + (noise[8 * i] & 0x80));
  EXPECT_EQ(kind_of(table), ContentKind::numeric);
  EXPECT_EQ(kind_of(ByteView(table).first(kKindHeadBytes), kBytes, ByteView(table).subspan(kBytes / 2, kKindHeadBytes)), ContentKind::numeric);
  EXPECT_EQ(kind_of(ByteView(table).first(kKindHeadBytes), kBytes, ByteView(noise).first(kKindHeadBytes)), ContentKind::general) << "a head is not enough";
  EXPECT_EQ(kind_of(noise), ContentKind::general);
  EXPECT_TRUE(holds_dense_numbers(table));
  EXPECT_FALSE(holds_dense_numbers(noise));
  EXPECT_FALSE(holds_dense_numbers({}));
}

// Samples that begin behind a header, softly; not what is nearly all zeros.
TEST(ContentKind, NumbersByTheMiddle) {
  std::mt19937_64 random(4);
  Bytes head(kKindHeadBytes), middle(kKindHeadBytes), sparse(kKindHeadBytes);
  for (std::uint8_t& byte : head) byte = static_cast<std::uint8_t>(random() % 3);
  int value = 0;
  for (std::size_t i = 0; i + 1 < middle.size(); i += 2) {
    value += static_cast<int>(random() % 401) - 200;
    middle[i] = static_cast<std::uint8_t>(value);
    middle[i + 1] = static_cast<std::uint8_t>(value >> 8);
    if (i % 64 == 0) sparse[i] = middle[i], sparse[i + 1] = middle[i + 1];
  }
  EXPECT_EQ(kind_of(head, 1U << 20), ContentKind::general);
  EXPECT_EQ(kind_of(head, 1U << 20, middle), ContentKind::numeric);
  EXPECT_EQ(kind_of(head, 1U << 20, sparse), ContentKind::general);
  EXPECT_EQ(kind_of(head, 1U << 20, head), ContentKind::general);
}

// Lengths and places of strings, then the strings: text. Records with short names are still numbers.
TEST(ContentKind, CatalogsOfStringsAreText) {
  constexpr std::size_t kStrings = 1024;
  Bytes catalog, strings, records;
  for (std::size_t i = 0; i < kStrings; ++i) {
    const std::string message = "Message number " + std::to_string(i * i) + std::string(i * 7 % 11, 'e') + " of those that ar\xC3\xA9 told";
    for (const std::size_t value : {message.size(), 8 * kStrings + strings.size()})
      for (std::size_t byte = 0; byte < 4; ++byte) catalog.push_back(static_cast<std::uint8_t>(value >> (8 * byte)));
    records.insert(records.end(), catalog.end() - 8, catalog.end());
    records.insert(records.end(), {'n', 'a', 'm', 'e', 0, 0, 0, 0});
    strings.insert(strings.end(), message.begin(), message.end());
    strings.push_back(0);
  }
  EXPECT_EQ(kind_of(catalog), ContentKind::numeric);
  catalog.insert(catalog.end(), strings.begin(), strings.end());
  ASSERT_LT(catalog.size(), kKindMiddleFileBytes) << "a small one, of which no middle is read";
  EXPECT_EQ(kind_of(catalog), ContentKind::general);
  EXPECT_EQ(kind_of(ByteView(catalog).first(kKindHeadBytes), 1U << 20, ByteView(strings).first(kKindHeadBytes)), ContentKind::general);
  EXPECT_EQ(kind_of(records), ContentKind::numeric);
}

// As many control bytes as text may have, wherever they are; one more, and one in each stride of a vector, are too many.
TEST(ContentKind, TextHasFewControlBytes) {
  for (const std::size_t size : {std::size_t{300}, std::size_t{2047}, kKindHeadBytes}) {
    for (const std::size_t stride : {std::size_t{1}, std::size_t{7}, std::size_t{16}}) {
      std::string text = "[";
      while (text.size() < size) text += "\"a\",";
      text.resize(size);
      const std::size_t most = size / 256;
      for (std::size_t i = 0; i < most; ++i) text[100 + i * stride] = '\x02';
      EXPECT_EQ(kind_of_text(text), ContentKind::json) << size << ' ' << stride;
      text[100 + most * stride] = '\x7F';
      EXPECT_NE(kind_of_text(text), ContentKind::json) << size << ' ' << stride;
    }
  }
  std::string text = "[";
  while (text.size() < kKindHeadBytes) text += "\"a\",";
  for (std::size_t i = 4; i < text.size(); i += 16) text[i] = '\x02';
  EXPECT_NE(kind_of_text(text), ContentKind::json);
}

TEST(ContentKind, EveryKindHasAName) {
  for (std::size_t kind = 0; kind < kContentKinds; ++kind) EXPECT_FALSE(kind_name(static_cast<ContentKind>(kind)).empty());
}

}  // namespace
}  // namespace npk::codec
