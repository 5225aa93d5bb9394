#include <algorithm>
#include <fmt/format.h>

#include "amounts.h"
#include "html_text.h"
#include "report_chart.h"
#include "report_page.h"

namespace npk::tools {
namespace {

constexpr std::size_t kColumns = 50;

std::string title_of(const ops::SurveyReport& report, const ops::MapCell& cell) {
  std::string text = fmt::format("{}: {} at byte {}", html(report.kinds[cell.kind]), bytes_text(cell.bytes), count_text(cell.position));
  if (cell.frames > 1) text += fmt::format(", {} frames", count_text(cell.frames));
  if (cell.raw_bytes != 0) text += fmt::format("; {} of content, {}", bytes_text(cell.raw_bytes), ratio_text(cell.raw_bytes, cell.stored_bytes));
  return text;
}

// Paler where little of the content is left: 0.3 to 1 in hundredths.
unsigned opacity_of(const ops::MapCell& cell) {
  if (cell.raw_bytes == 0) return 100;
  const std::uint64_t stored = std::min(cell.stored_bytes, cell.raw_bytes);
  return 30 + static_cast<unsigned>(70.0 * static_cast<double>(stored) / static_cast<double>(cell.raw_bytes));
}

std::string legend_of(const ops::SurveyReport& report) {
  std::vector<bool> used(report.kinds.size());
  for (const ops::MapCell& cell : report.cells) used[cell.kind] = true;
  std::string text = "<ul class=\"legend\">";
  for (std::size_t i = 0; i < report.kinds.size(); ++i) {
    if (used[i]) text += fmt::format("<li><i class=\"{}\"></i>{}</li>", colour_class(i), html(report.kinds[i]));
  }
  return text + "</ul>\n";
}

}  // namespace

std::string map_section(const ops::SurveyReport& report) {
  const std::size_t rows = (report.cells.size() + kColumns - 1) / kColumns;
  std::uint64_t most = 1;
  for (const ops::MapCell& cell : report.cells) most = std::max(most, cell.raw_bytes != 0 ? cell.frames : 1);
  std::string text = "<h2>Map</h2>\n<p class=\"note\">The package from its beginning to its end, row by row; a square is " +
                     (most == 1 ? std::string("a block, or what lies between two blocks")
                                : fmt::format("blocks and what lies between them, up to {} frames", count_text(most))) +
                     ". Colour: how it is stored. Paler: smaller than its content. Hover for more.</p>\n";
  text += fmt::format("<svg id=\"map\" class=\"map\" viewBox=\"0 0 {} {}\">\n", kColumns, std::max<std::size_t>(rows, 1));
  for (std::size_t i = 0; i < report.cells.size(); ++i) {
    const unsigned opacity = opacity_of(report.cells[i]);
    text += fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"1\" height=\"1\" fill-opacity=\"{}.{:02}\"><title>{}</title></rect>\n",
                        colour_class(report.cells[i].kind), i % kColumns, i / kColumns, opacity / 100, opacity % 100, title_of(report, report.cells[i]));
  }
  return text + "</svg>\n" + legend_of(report);
}

}  // namespace npk::tools
