// Made-up markup of several kinds, whole and broken, from a seed.
#pragma once

#include <cstdint>
#include <iterator>
#include <random>
#include <string>
#include <string_view>

#include "npk/bytes.h"

namespace npk::test {

using namespace std::string_view_literals;

// Tags, texts and what breaks them.
inline constexpr std::string_view kMarkupPieces[] = {
    "<p>"sv, "</p>"sv, "<p class=\"a\">"sv, "<p class='a' id=\"x1\">"sv, "<br>"sv, "<br/>"sv, "<td width=10 height = 20>"sv, "</td>"sv, "</td >"sv, "<"sv,
    ">"sv, "</"sv, "/>"sv, "\""sv, "'"sv, "="sv, "\n  "sv, "\n    "sv, "\r\n"sv, " "sv, "text"sv, "&amp;"sv, "caf\xC3\xA9"sv, "\xFF\xFE"sv, "\0"sv,
    "<!-- a <b> comment -->"sv, "<!--"sv, "-->"sv, "<![CDATA[ <x> ]]>"sv, "<![CDATA["sv, "]]>"sv, "<?xml version=\"1.0\"?>"sv, "<?"sv,
    "<!DOCTYPE html>"sv, "<!"sv, "<script>if (a < b) x = '</p>';</script>"sv, "<script>"sv, "<STYLE>p{}</STYLE>"sv,
    "<a href=\"http://example.org/?a=1&amp;b=2\">"sv, "</a>"sv, "<path d=\"M 1.5,2.25 -3.125 4 L10 200.75z\"/>"sv,
    "<path d=\"M0 0h16.5v-12.25.5.25-7e-5z\"/>"sv, "<n>12.5</n>"sv, "<when>2023-01-02T03:04:05Z</when>"sv, "<a b"sv, "<a b="sv, "<a b=\""sv, "<a b='c"sv,
    "< a>"sv, "<:x:y/>"sv, "<a\0b>"sv, "<a b=\"\0\">"sv, "\xF0\x9F\x98\x80"sv, "<\xC3\xA9l>"sv};

// The same in any order.
inline Bytes broken_markup(std::size_t size, std::uint64_t seed) {
  std::mt19937_64 generator(seed);
  Bytes bytes;
  while (bytes.size() < size) {
    const ByteView piece = as_bytes(kMarkupPieces[generator() % std::size(kMarkupPieces)]);
    bytes.insert(bytes.end(), piece.begin(), piece.end());
  }
  bytes.resize(size);
  return bytes;
}

class MarkupWriter {
 public:
  explicit MarkupWriter(std::uint64_t seed) : generator_(seed) {}

  Bytes make(std::size_t size) {
    while (text_.size() < size) generator_() % 3 == 0 ? icon() : page();
    text_.resize(size);
    return {text_.begin(), text_.end()};
  }

 private:
  std::string number(int most, int decimals) {
    std::string digits = std::to_string(generator_() % static_cast<unsigned>(most));
    if (decimals > 0) digits += '.' + std::to_string(1 + generator_() % 999999).substr(0, static_cast<std::size_t>(decimals));
    return (generator_() % 3 == 0 ? "-" : "") + digits;
  }

  void icon() {
    text_ += "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"16\" height=\"16\">\n";
    for (unsigned i = 0; i < 1 + generator_() % 6; ++i) {
      text_ += " <g id=\"g" + std::to_string(generator_() % 5000) + "\" style=\"fill:#" + std::to_string(100000 + generator_() % 9) + "\">\n  <path d=\"m";
      for (unsigned step = 0; step < 3 + generator_() % 20; ++step) text_ += (generator_() % 4 == 0 ? " c " : " ") + number(20, 3) + "," + number(3000, 2);
      text_ += " z\"/>\n </g>\n";
    }
    text_ += "</svg>\n";
  }

  void page() {
    text_ += "<!DOCTYPE html>\n<html>\n <head>\n  <title>Page " + number(100, 0) +
             "</title>\n  <meta charset=utf-8>\n  <script>for (i = 0; i < 9; ++i) f(i);</script>\n </head>\n <body>\n";
    for (unsigned i = 0; i < 1 + generator_() % 9; ++i) {
      static constexpr const char* kWords[] = {
          "the", "menu", "of a", "window", "closes", "&quot;now&quot;", "<b>bold</b>", "<br>", "<img src='a.png' alt=''/>"};
      text_ += generator_() % 2 == 0 ? "  <p class=\"text\">" : "  <p class='note' id=n" + std::to_string(i) + ">";
      for (unsigned word = 0; word < generator_() % 30; ++word) text_ += std::string(kWords[generator_() % std::size(kWords)]) + " ";
      text_ += generator_() % 4 == 0 ? "\n" : "</p>\n";
      text_ += "  <table><tr><td>" + number(9000, 2) + "</td><td>2024-0" + std::to_string(1 + generator_() % 9) + "-11</td></tr></table>\n";
    }
    text_ += " </body>\n</html>\n";
  }

  std::mt19937_64 generator_;
  std::string text_;
};

// Icons and pages as they are written, one behind another.
inline Bytes whole_markup(std::size_t size, std::uint64_t seed) { return MarkupWriter(seed).make(size); }

}  // namespace npk::test
