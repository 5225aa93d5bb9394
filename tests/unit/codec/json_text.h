// JSON of several kinds, made up deterministically, for the tests of the json filter.
#pragma once

#include <random>
#include <string>

#include "npk/bytes.h"

namespace npk::codec {

inline Bytes bytes_of_text(std::string_view text) { return {text.begin(), text.end()}; }

// Writes values at random: objects with keys from a small set or any, arrays, strings with escapes, all kinds of numbers and layouts.
class JsonWriter {
 public:
  JsonWriter(std::uint64_t seed, std::string line_end, std::string unit) : generator_(seed), line_end_(std::move(line_end)), unit_(std::move(unit)) {}

  Bytes document(std::size_t size) {
    while (text_.size() < size) {
      value(0);
      text_ += line_end_.empty() ? "\n" : line_end_;
    }
    return bytes_of_text(text_);
  }

 private:
  std::size_t below(std::size_t bound) { return generator_() % bound; }

  void line(std::size_t level) {
    if (line_end_.empty()) return;
    text_ += line_end_;
    for (std::size_t i = 0; i < level; ++i) text_ += unit_;
    if (below(200) == 0) text_ += ' ';
  }

  void string(std::string_view extra = {}) {
    static constexpr std::string_view kPieces[] = {"name", "a b", "\\\"", "\\\\", "\\u00e9", "caf\xC3\xA9", "{", "]", ":", ",", "2024-05-01", "x", ""};
    text_ += '"';
    for (std::size_t i = below(4); i > 0; --i) text_ += kPieces[below(std::size(kPieces))];
    text_ += extra;
    text_ += '"';
  }

  void scalar() {
    switch (below(9)) {
      case 0: text_ += "null"; break;
      case 1: text_ += below(2) == 0 ? "true" : "false"; break;
      case 2: text_ += std::to_string(static_cast<double>(below(1000000)) / 128.0); break;
      case 3: text_ += "-" + std::to_string(below(100)) + "e+10"; break;
      case 4: text_ += "1.50"; break;
      case 5: case 6: text_ += std::to_string(below(100000)); break;
      default: string();
    }
  }

  void object(std::size_t level) {
    static constexpr std::string_view kKeys[] = {"id", "name", "value", "tags", "position", "id"};
    text_ += '{';
    const std::size_t members = below(6);
    for (std::size_t i = 0; i < members; ++i) {
      if (i > 0) text_ += ',';
      line(level + 1);
      if (below(10) == 0) {
        string(std::to_string(below(1000)));
      } else {
        text_ += '"' + std::string(kKeys[i]) + '"';
      }
      text_ += line_end_.empty() ? ":" : ": ";
      value(level + 1);
    }
    if (members > 0) line(level);
    text_ += '}';
  }

  void array(std::size_t level) {
    text_ += '[';
    const std::size_t elements = below(5);
    for (std::size_t i = 0; i < elements; ++i) {
      if (i > 0) text_ += ',';
      line(level + 1);
      value(level + 1);
    }
    if (elements > 0) line(level);
    text_ += ']';
  }

  void value(std::size_t level) {
    const std::size_t kind = below(level == 0 ? 2 : 6);
    if (level > 8 || kind > 2) return scalar();
    kind == 1 ? array(level) : object(level);
  }

  std::mt19937_64 generator_;
  std::string line_end_;
  std::string unit_;
  std::string text_;
};

// Records as a web service writes them, one a line.
inline Bytes json_lines(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  std::string text;
  for (std::uint64_t id = 1000; text.size() < size; ++id) {
    text += R"({"id":)" + std::to_string(id) + R"(,"user":"user)" + std::to_string(generator() % 500) + R"(","position":[)" +
            std::to_string(generator() % 180) + "." + std::to_string(generator() % 10000) + "," + std::to_string(generator() % 90) +
            R"(.5],"active":)" + (generator() % 2 == 0 ? "true" : "false") + R"(,"parent":)" + (generator() % 3 == 0 ? "null" : "17") +
            R"(,"tags":["a","b"],"time":"2024-05-01T12:)" + std::to_string(10 + generator() % 50) + ":00Z\"}\n";
  }
  return bytes_of_text(text);
}

}  // namespace npk::codec
