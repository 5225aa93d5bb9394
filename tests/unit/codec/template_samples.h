// Texts that the filters lines and delimited are for, deterministic.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"

namespace npk::codec {

inline std::string log_text(std::size_t lines, std::uint64_t seed, std::string_view ending = "\n") {
  static constexpr std::string_view kNames[] = {"root", "alice", "bob", "backup", "www-data"};
  std::mt19937_64 generator(seed);
  const auto below = [&](std::uint64_t limit) { return generator() % limit; };
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::string second = std::to_string(10 + i / 7 % 50);
    text += "Nov 28 03:2" + std::to_string(i / 350 % 10) + ":" + second + " host" + std::to_string(below(3)) + " ";
    const std::string name(kNames[below(5)]), number = std::to_string(below(65536));
    const std::string address = "10.0." + std::to_string(below(4)) + "." + std::to_string(below(250));
    if (below(3) == 0)
      text += "sshd[" + number + "]: Failed password for invalid user " + name + " from " + address + " port " + number + " ssh2";
    else if (below(3) == 0)
      text += "nginx: " + address + " \"GET /items/" + number + "?q=" + name + " HTTP/1.1\" 200 \"-\" \"client/1.0 (" + name + ")\"";
    else if (below(40) == 0)
      text += "an odd line, number " + std::to_string(generator());
    else
      text += "systemd[1]: Started Session " + number + " of user " + name + ".";
    text += ending;
  }
  return text;
}

inline std::string record_text(std::size_t records, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::size_t i = 0; i < records; ++i) {
    const std::string name = "lib" + std::to_string(generator() % 1000) + "-data", version = std::to_string(generator() % 9) + ".4-" + std::to_string(i % 5);
    text += "Package: " + name + "\nVersion: " + version + "\nMaintainer: Some One <one@example.org>\nDepends: libc6 (>= 2.14), " + name + "-extra | other\n";
    if (generator() % 2 == 0) text += "Homepage: https://example.org/" + name + "\n";
    text += "Files:\n";
    for (const std::string_view suffix : {".dsc", ".orig.tar.xz", ".debian.tar.xz"})
      text += " 0123456789abcdef" + std::to_string(100000 + generator() % 900000) + " " + std::to_string(generator() % 100000) + " " + name + "_" + version +
              std::string(suffix) + "\n";
    text += "Section: misc\n\n";
  }
  return text;
}

inline std::string delimited_text(std::size_t rows, std::uint64_t seed, char delimiter, std::string_view ending = "\n") {
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::size_t i = 0; i < rows; ++i) {
    if (i % 200 == 0) text += std::string("id") + delimiter + "name" + delimiter + "\"place, of\"" + delimiter + "value" + std::string(ending);
    text += std::to_string(1000 + i);
    text += delimiter;
    text += generator() % 3 == 0 ? "\"a \"\"quoted\"\" name\"" : "name" + std::to_string(generator() % 50);
    text += delimiter;
    text += generator() % 20 == 0 ? "\"two\nlines, here\"" : "";
    text += delimiter;
    text += std::to_string(generator() % 1000) + "." + std::to_string(generator() % 10);
    if (generator() % 50 == 0) text += std::string(1, delimiter) + "ragged";
    text += ending;
  }
  return text;
}

// Records of one width: lines of two kinds, numbers that leave no space before them, names aligned to the left.
inline std::string aligned_text(std::size_t lines, std::uint64_t seed, std::string_view ending = "\n") {
  std::mt19937_64 generator(seed);
  const auto right = [](std::string text, std::size_t width) { return std::string(width - std::min(width, text.size()), ' ') + text; };
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const bool other = generator() % 3 == 0;
    const std::string name(1 + generator() % 4, static_cast<char>('A' + generator() % 5));
    text += (other ? "ANISOU" : "ATOM  ") + right(std::to_string(i + 1), 6) + "  " + name + std::string(4 - name.size(), ' ');
    for (int axis = 0; axis < 3; ++axis) {
      const auto thousandths = static_cast<std::int64_t>(generator() % 120'000) - 60'000;
      text += other ? right(std::to_string(thousandths), 9)
                    : right((thousandths < 0 ? "-" : "") + std::to_string(std::abs(thousandths) / 1000) + "." + std::to_string(1000 + std::abs(thousandths) % 1000).substr(1), 9);
    }
    text += "  1.00" + right(std::to_string(generator() % 20 == 0 ? 100 + generator() % 9 : 10 + generator() % 90), 3) + "." + std::to_string(10 + generator() % 90);
    text += generator() % 200 == 0 ? "?" : " ";
    text += ending;
  }
  return text;
}

// Edges of a graph, by numbers: as many in a line as happen to be.
inline std::string list_text(std::size_t lines, std::uint64_t seed) {
  static constexpr std::string_view kMarks[] = {"@ ", "~ ", "+ ", "#m "};
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    text += std::to_string(10000000 + 173 * i) + " 03 n 01 name" + std::to_string(generator() % 100) + " ";
    for (std::uint64_t edges = generator() % 8; edges > 0; --edges)
      text += std::string(kMarks[generator() % 4]) + std::to_string(10000000 + 173 * (generator() % lines)) + " n 0000 ";
    text += "| what it is, \"as one says\"; and more of it\n";
  }
  return text;
}

// Rows whose maker says where it lives, mostly; some makers have more to say than is remembered.
inline std::string keyed_text(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::string text = "part,maker,address,note\n";
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t maker = generator() % (rows / 6);
    std::mt19937_64 of_maker(generator() % 30 == 0 ? i : maker + 1'000'000);
    std::string address;
    for (std::uint64_t words = 3 + (of_maker() % 40 == 0 ? 60 : 0); words > 0; --words) address += std::to_string(of_maker() % 100'000) + " ";
    text += std::to_string(generator() % 1'000'000) + ",Maker " + std::to_string(maker) + ",\"" + address + "\"," + std::to_string(maker % 7) + "\n";
  }
  return text;
}

// The same, and each tenth row of a maker with a name as long as a key may be or longer, of whom all live in one of two places.
inline std::string long_keyed_text(std::size_t rows, std::uint64_t seed) {
  const std::string text = keyed_text(rows, seed);
  std::string longer;
  std::size_t row = 0;
  for (std::size_t at = 0; at < text.size(); ++row) {
    const std::size_t end = text.find('\n', at) + 1;
    longer.append(text, at, end - at);
    at = end;
    if (row % 10 != 9) continue;
    const std::size_t length = 253 + row / 10 % 5;
    longer += std::to_string(row) + ",M" + std::to_string(1'000'000 + row) + std::string(length - 8, 'x') + ",\"" +
              (length > 255 ? "12345 67890 11121 " : "54321 9876 15141 ") + "\",0\n";
  }
  return longer;
}

// A smooth function, so many values to a line, behind a heading.
inline std::string wrapped_text(std::size_t values, std::size_t values_a_line) {
  std::string text = "PP_MESH " + std::to_string(values) + "\n";
  for (std::size_t i = 0; i < values; ++i) {
    char number[32];
    (void)std::snprintf(number, sizeof number, " %20.12E", std::sin(static_cast<double>(i) / 400) * std::exp(static_cast<double>(i) / 5000));
    text += number;
    if ((i + 1) % values_a_line == 0 || i + 1 == values) text += "\n";
  }
  return text;
}

// Statements of so many rows, each in one line, as dumps of databases have them.
inline std::string tuple_text(std::size_t statements, std::size_t rows, std::uint64_t seed) {
  static constexpr std::string_view kNames[] = {"Ada", "Grace Hopper", "5\" disk", "O''Neill", "a),(b"};
  std::mt19937_64 generator(seed);
  std::string text = "-- a dump\n";
  for (std::size_t i = 0; i < statements * rows; ++i) {
    text += i % rows == 0 ? "INSERT INTO `people` VALUES (" : ",(";
    text += std::to_string(i) + ",'" + std::string(kNames[generator() % std::size(kNames)]) + "'," + std::to_string(generator() % 90'000) + ".25,NULL)";
    if (i % rows == rows - 1) text += ";\n";
  }
  return text;
}

// Sections of assignments.
inline std::string assignment_text(std::size_t sections, std::uint64_t seed, std::string_view assign) {
  static constexpr std::string_view kNames[] = {"Ada", "Grace Hopper", "an \\\"odd\\\" one", ""};
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::size_t i = 0; i < sections; ++i) {
    const auto line = [&](std::string_view name, const std::string& value) { text += std::string(name) + std::string(assign) + value + "\n"; };
    text += "[[person]]\n";
    line("id", std::to_string(i));
    line("full-name", '"' + std::string(kNames[generator() % std::size(kNames)]) + '"');
    line("home.town", '"' + std::to_string(generator() % 30) + " Street\"");
    line("height", "1." + std::to_string(40 + generator() % 60));
  }
  return text;
}

// One to a line, behind a heading and with another line here and there.
inline std::string lone_numbers(std::size_t numbers, std::uint64_t most, std::uint64_t seed, std::string_view ending = "\n") {
  std::mt19937_64 generator(seed);
  std::string text = "the \"numbers\"" + std::string(ending);
  for (std::size_t i = 0; i < numbers; ++i) {
    if (i % 500 == 499) text += "-- \"" + std::to_string(i) + "\" --\n";
    text += std::to_string(generator() % most) + std::string(ending);
  }
  return text;
}

// Aligned lines with two quoted names each; of another form are as many as `odd`, all as long as the others.
inline std::string quoted_aligned_text(std::size_t lines, std::size_t odd, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  const auto right = [&](std::uint64_t most) {
    const std::string text = std::to_string(generator() % most);
    return std::string(6 - text.size(), ' ') + text;
  };
  std::string text;
  for (std::size_t i = 0; i < lines; ++i) {
    const std::string_view mark = i % (lines / odd) == lines / odd / 2 ? "key:" : "key=";
    text += "row " + std::string(mark) + std::to_string(10 + generator() % 90) + right(100'000) + " " + right(1000);
    text += " \"F.Fab\" " + right(50'000) + " \"F.SilkS\" end\n";
  }
  return text;
}

// Words in order, as a dictionary has them: each with some of its endings; and, here and there, one that is longer than a front may be cut.
inline std::vector<std::string> sorted_words(std::size_t count, std::uint64_t seed) {
  static constexpr std::string_view kSyllables[] = {"ba", "den", "fri", "gal", "ho", "k\xC3\xA9", "lun", "mi", "nor", "o'", "pra", "\"st\""};
  static constexpr std::string_view kEndings[] = {"", "s", "'s", "ed", "ing", "ings"};
  std::mt19937_64 generator(seed);
  std::vector<std::string> words;
  while (words.size() < count) {
    std::string stem;
    for (std::uint64_t syllables = 2 + generator() % 4; syllables > 0; --syllables) stem += kSyllables[generator() % std::size(kSyllables)];
    if (generator() % 1000 == 0) stem += std::string(400, 'x');
    for (std::uint64_t endings = 1 + generator() % std::size(kEndings); endings > 0; --endings) words.push_back(stem + std::string(kEndings[endings - 1]));
  }
  std::ranges::sort(words);
  return words;
}

inline std::string sorted_text(std::size_t count, std::uint64_t seed, std::string_view ending = "\n") {
  std::string text;
  for (const std::string& word : sorted_words(count, seed)) text += word + std::string(ending);
  return text;
}

// Rows in the order of one of their columns.
inline std::string sorted_table(std::size_t rows, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::string text;
  for (const std::string& word : sorted_words(rows, seed)) {
    std::string cell = word;
    std::erase(cell, '"');
    text += std::to_string(generator() % 100'000) + "," + cell + "," + std::to_string(generator() % 1000) + "\n";
  }
  return text;
}

// Rows of cells of several words, as many as happen to be.
inline std::vector<std::vector<std::string>> worded_rows(std::size_t rows, std::uint64_t seed) {
  static constexpr std::string_view kPlaces[] = {"Fort Lauderdale Intl", "Oslo", "New York", "Rio de Janeiro", "St. John's", "Baden Baden"};
  static constexpr std::string_view kBirds[] = {"gull", "unknown bird or bat", "turkey vulture", "sparrow - small"};
  std::mt19937_64 generator(seed);
  std::vector<std::vector<std::string>> table(rows);
  for (auto& row : table) {
    const auto one_of = [&](const auto& names) { return std::string(names[generator() % std::size(names)]); };
    row = {one_of(kPlaces), std::to_string(generator() % 10'000), one_of(kBirds), one_of(kPlaces), std::to_string(generator() % 100), one_of(kBirds)};
  }
  return table;
}

inline std::string worded_table(std::size_t rows, std::uint64_t seed, std::string_view between, std::string_view begin = "", std::string_view end = "\n") {
  std::string text;
  for (const auto& row : worded_rows(rows, seed)) {
    text += begin;
    for (std::size_t i = 0; i < row.size(); ++i) text += std::string(i == 0 ? "" : between) + row[i];
    text += end;
  }
  return text;
}

// Cells filled with spaces behind them, the last one as it is.
inline std::string justified_table(std::size_t rows, std::uint64_t seed, std::string_view ending = "\n") {
  std::string text;
  for (const auto& row : worded_rows(rows, seed)) {
    for (const std::string& cell : row) text += &cell == &row.back() ? cell : cell + std::string(22 - cell.size(), ' ');
    text += ending;
  }
  return text;
}

// Whole, and broken in ways that such texts are.
inline std::vector<std::string> template_samples() {
  std::vector<std::string> samples = {log_text(400, 1),  log_text(200, 2, "\r\n"),        record_text(60, 3),           delimited_text(500, 4, ','),
                                      delimited_text(300, 5, '\t', "\r\n"), delimited_text(300, 6, ';'), delimited_text(300, 7, '|'), list_text(200, 12)};
  samples.push_back(samples[0] + samples[2] + samples[7] + samples[3]);
  samples.push_back(samples[3].substr(17, samples[3].size() - 40));
  std::string broken = samples[3];
  for (std::size_t i = 50; i < broken.size(); i += 97) broken[i] = "\"\n\0,\xFF\r"[i % 6];
  samples.push_back(broken);
  broken = samples[0];
  for (std::size_t i = 50; i < broken.size(); i += 61) broken[i] = "\"\n\0:\xC3 "[i % 6];
  samples.push_back(broken);
  broken = samples[7];
  for (std::size_t i = 50; i < broken.size(); i += 61) broken[i] = "\"\n\0: ,"[i % 6];
  samples.push_back(broken);
  samples.push_back(keyed_text(600, 13));
  samples.push_back(aligned_text(300, 14));
  samples.push_back(aligned_text(200, 15, "\r\n") + samples[0]);
  broken = samples.back();
  for (std::size_t i = 50; i < broken.size(); i += 61) broken[i] = "x\n\0- ."[i % 6];
  samples.push_back(broken);
  samples.push_back(long_keyed_text(600, 15));
  samples.push_back(sorted_text(900, 16));
  samples.push_back(sorted_text(500, 17, "\r\n"));
  samples.push_back(sorted_table(500, 18));
  broken = samples.back() + sorted_text(300, 19);
  for (std::size_t i = 50; i < broken.size(); i += 61) broken[i] = "x\n\0- ."[i % 6];
  samples.push_back(broken);
  samples.push_back(worded_table(300, 20, ":") + worded_table(200, 21, "] [", "[", "]\r\n"));
  samples.push_back(justified_table(300, 22) + justified_table(100, 23, "\r\n"));
  for (std::string odd : {samples[samples.size() - 2], samples.back()}) {
    for (std::size_t i = 50; i < odd.size(); i += 91) odd[i] = "x\n\0- :"[i % 6];
    samples.push_back(odd);
  }
  samples.emplace_back(5000, '"');
  samples.emplace_back(5000, '\n');
  samples.emplace_back(5000, ',');
  std::string wide, commas(3000, ',');
  for (int i = 0; i < 12; ++i) wide += commas + "\n";
  samples.push_back(wide);
  std::string long_line;
  for (int i = 0; i < 300; ++i) long_line += "word" + std::to_string(i) + " ";
  std::string long_lines;
  for (int i = 0; i < 20; ++i) long_lines += long_line + "\n";
  samples.push_back(long_lines);
  return samples;
}

// Rows of numbers, each column's near its own.
inline std::string number_table(std::size_t rows, std::size_t columns, unsigned spread, char delimiter, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::size_t row = 0; row < rows; ++row) {
    for (std::size_t column = 0; column < columns; ++column) {
      text += std::to_string(column * 7919 % 900 / (1000 / spread + 1) + generator() % spread) + (column + 1 < columns ? delimiter : '\n');
    }
  }
  return text;
}

}  // namespace npk::codec
