#include "report_chart.h"

#include <algorithm>
#include <fmt/format.h>

#include "amounts.h"

namespace npk::tools {
namespace {

constexpr std::uint64_t kBarUnits = 1000;  // of an SVG's own width
constexpr std::size_t kColours = 10;

// Rounded up, so that something is never nothing.
std::uint64_t scaled(std::uint64_t part, std::uint64_t whole, std::uint64_t units) {
  if (whole == 0 || part == 0) return 0;
  return std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(std::min(part, whole)) / static_cast<double>(whole) *
                                                               static_cast<double>(units)));
}

std::string bar_svg(const Bar& bar, std::uint64_t longest) {
  return fmt::format(
      "<svg class=\"bar\" viewBox=\"0 0 {0} 10\" preserveAspectRatio=\"none\" aria-hidden=\"true\"><rect class=\"whole\" width=\"{1}\" height=\"10\"/>"
      "<rect class=\"part\" width=\"{2}\" height=\"10\"/></svg>",
      kBarUnits, scaled(bar.whole, longest, kBarUnits), scaled(bar.part, longest, kBarUnits));
}

}  // namespace

std::string colour_class(std::size_t number) { return fmt::format("c{}", number % kColours); }

std::string bar_table(const std::string& id, const std::vector<std::string>& heads, const std::vector<Bar>& bars) {
  std::string text = fmt::format("<table id=\"{}\"><thead><tr>", id);
  for (const std::string& head : heads) text += "<th>" + head + "</th>";
  text += "</tr></thead><tbody>\n";
  std::uint64_t longest = 0;
  for (const Bar& bar : bars) longest = std::max(longest, bar.whole);
  for (const Bar& bar : bars) {
    text += "<tr><td>" + bar.name + "</td><td class=\"chart\">" + bar_svg(bar, longest) + "</td>";
    for (const std::string& column : bar.columns) text += "<td>" + column + "</td>";
    text += "</tr>\n";
  }
  return text + "</tbody></table>\n";
}

std::string stacked_bar(const std::string& id, const std::vector<Part>& parts) {
  std::uint64_t whole = 0;
  for (const Part& part : parts) whole += part.bytes;
  std::string bar = fmt::format("<svg id=\"{}\" class=\"stack\" viewBox=\"0 0 {} 10\" preserveAspectRatio=\"none\">", id, kBarUnits);
  std::string legend = "<ul class=\"legend\">";
  std::uint64_t before = 0;
  for (std::size_t i = 0; i < parts.size(); before += parts[i].bytes, ++i) {
    const Part& part = parts[i];
    if (part.bytes == 0) continue;
    bar += fmt::format("<rect class=\"{}\" x=\"{}\" width=\"{}\" height=\"10\"><title>{}: {}</title></rect>", colour_class(i),
                       before == 0 ? 0 : scaled(before, whole, kBarUnits), scaled(part.bytes, whole, kBarUnits), part.name, bytes_text(part.bytes));
    legend += fmt::format("<li><i class=\"{}\"></i>{} {} ({})</li>", colour_class(i), part.name, bytes_text(part.bytes), percent_text(part.bytes, whole));
  }
  return bar + "</svg>\n" + legend + "</ul>\n";
}

}  // namespace npk::tools
