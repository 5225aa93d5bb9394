// Bars and maps as inline SVG and HTML, without a script.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace npk::tools {

// A class of the page's style sheet: c0 … c9, again from the start beyond.
[[nodiscard]] std::string colour_class(std::size_t number);

struct Bar {
  std::string name;                  // HTML
  std::uint64_t whole = 0;           // what the bar's length stands for
  std::uint64_t part = 0;            // of it, drawn darker
  std::vector<std::string> columns;  // HTML, behind the bar
};

// A table, each row with a bar; lengths compare by `whole`. `heads`: of the name, the bar, the columns.
[[nodiscard]] std::string bar_table(const std::string& id, const std::vector<std::string>& heads, const std::vector<Bar>& bars);

struct Part {
  std::string name;  // HTML, for the legend
  std::uint64_t bytes = 0;
};
// One bar of all parts, and what they are.
[[nodiscard]] std::string stacked_bar(const std::string& id, const std::vector<Part>& parts);

}  // namespace npk::tools
