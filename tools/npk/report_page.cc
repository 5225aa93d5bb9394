#include "report_page.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <tuple>

#include "amounts.h"
#include "html_text.h"
#include "npk/ops/hash.h"
#include "report_chart.h"

namespace npk::tools {
namespace {

constexpr std::size_t kMostTypes = 25;
constexpr std::size_t kMostChains = 40;
constexpr std::size_t kMostGenerations = 50;

// The first `most` as they are, the others as one.
template <class Row, class Join>
void fold(std::vector<std::pair<std::string, Row>>& rows, std::size_t most, Join join) {
  if (rows.size() <= most + 1) return;
  for (std::size_t i = most + 1; i < rows.size(); ++i) join(rows[most].second, rows[i].second);
  rows[most].first = fmt::format("({} others)", rows.size() - most);
  rows.resize(most + 1);
}

std::string figure(const std::string& name, const std::string& value) { return "<div><dt>" + name + "</dt><dd>" + value + "</dd></div>\n"; }

std::string figures(const ops::InspectReport& report) {
  const format::Totals& totals = report.info.commit.placement.totals;
  const std::uint64_t data = totals.content_bytes - std::min(totals.hole_bytes, totals.content_bytes);
  return "<dl>\n" + figure("package", bytes_text(report.info.package_length)) + figure("content", bytes_text(totals.content_bytes)) +
         figure("ratio", ratio_text(data, report.info.package_length)) + figure("entries", count_text(totals.entries)) +
         figure("files", count_text(totals.files)) + figure("blocks", count_text(totals.blocks)) +
         figure("generation", count_text(report.info.commit.statement.generation)) + "</dl>\n";
}

std::string costs_section(const ops::ByteCosts& costs) {
  return "<h2>Where the bytes are</h2>\n" + stacked_bar("costs", {{"blocks", costs.blocks},
                                                                  {"dictionaries", costs.dictionaries},
                                                                  {"catalog pages", costs.catalog_pages},
                                                                  {"chunk pages", costs.chunk_pages},
                                                                  {"manifests", costs.manifests},
                                                                  {"commits", costs.commits},
                                                                  {"parity", costs.parity},
                                                                  {"other frames", costs.others}});
}

std::string deduplication_section(const ops::InspectReport& report) {
  const format::Totals& totals = report.info.commit.placement.totals;
  const std::vector<Bar> bars = {{"content", totals.content_bytes, 0, {bytes_text(totals.content_bytes)}},
                                 {"without holes", totals.content_bytes - std::min(totals.hole_bytes, totals.content_bytes), 0,
                                  {bytes_text(totals.content_bytes - std::min(totals.hole_bytes, totals.content_bytes))}},
                                 {"unique", totals.unique_bytes, 0, {bytes_text(totals.unique_bytes)}},
                                 {"stored", totals.stored_bytes, totals.stored_bytes, {bytes_text(totals.stored_bytes)}}};
  return fmt::format("<h2>Deduplication</h2>\n<p class=\"note\">{} were found twice and are stored once; {} chunks.</p>\n", bytes_text(report.duplicate_bytes),
                     count_text(totals.chunks)) +
         bar_table("deduplication", {"", "", "bytes"}, bars);
}

std::string types_section(const ops::InspectReport& report) {
  std::vector<std::pair<std::string, ops::TypeShare>> types(report.types.begin(), report.types.end());
  std::ranges::sort(types, {},
                    [](const auto& type) { return std::tuple(~type.second.stored_bytes, ~type.second.content_bytes, std::string_view(type.first)); });
  for (auto& [name, share] : types) name = name.empty() ? "(none)" : name;
  fold(types, kMostTypes, [](ops::TypeShare& rest, const ops::TypeShare& share) {
    rest.files += share.files;
    rest.content_bytes += share.content_bytes;
    rest.unique_bytes += share.unique_bytes;
    rest.stored_bytes += share.stored_bytes;
  });
  std::vector<Bar> bars;
  for (const auto& [name, share] : types)
    bars.push_back({html_name(name), share.unique_bytes, share.stored_bytes,
                    {count_text(share.files), bytes_text(share.content_bytes), bytes_text(share.unique_bytes), bytes_text(share.stored_bytes),
                     ratio_text(share.unique_bytes, share.stored_bytes)}});
  return "<h2>By type</h2>\n<p class=\"note\">By the end of the name. The bar is what is unique, the darker part what is stored of it: "
         "each chunk's share of its block.</p>\n" +
         bar_table("types", {"type", "", "files", "content", "unique", "stored", "ratio"}, bars);
}

std::string chains_section(const ops::InspectReport& report) {
  std::vector<std::pair<std::string, ops::CodecShare>> chains(report.codecs.begin(), report.codecs.end());
  std::ranges::sort(chains, {}, [](const auto& chain) { return std::pair(~chain.second.stored_bytes, std::string_view(chain.first)); });
  fold(chains, kMostChains, [](ops::CodecShare& rest, const ops::CodecShare& share) {
    rest.blocks += share.blocks;
    rest.raw_bytes += share.raw_bytes;
    rest.stored_bytes += share.stored_bytes;
  });
  std::vector<Bar> bars;
  for (const auto& [name, share] : chains)
    bars.push_back({html_name(name), share.raw_bytes, share.stored_bytes,
                    {count_text(share.blocks), bytes_text(share.raw_bytes), bytes_text(share.stored_bytes), ratio_text(share.raw_bytes, share.stored_bytes)}});
  return "<h2>By codec chain</h2>\n" + bar_table("chains", {"chain", "", "blocks", "raw", "stored", "ratio"}, bars);
}

std::string largest_section(const ops::SurveyReport& report) {
  std::vector<Bar> bars;
  for (const ops::LargeEntry& entry : report.largest)
    bars.push_back({html_name(entry.path), entry.content_bytes, std::min(entry.stored_bytes, entry.content_bytes),
                    {bytes_text(entry.content_bytes), bytes_text(entry.stored_bytes), ratio_text(entry.content_bytes, entry.stored_bytes)}});
  return fmt::format(
             "<h2>Largest entries</h2>\n<p class=\"note\">The {} that take most, by what is stored for them; what several entries share counts for each.</p>\n",
             bars.size()) +
         bar_table("largest", {"entry", "", "content", "stored", "ratio"}, bars);
}

std::string generations_section(const ops::SurveyReport& report) {
  if (report.generations.size() < 2) return {};
  std::vector<Bar> bars;
  for (std::size_t i = 0; i < std::min(report.generations.size(), kMostGenerations); ++i) {
    const Generation& generation = report.generations[i];
    const format::Statement& statement = generation.statement;
    const std::uint64_t grown = i < report.generation_bytes.size() ? report.generation_bytes[i] : 0;
    bars.push_back({count_text(statement.generation), grown, grown,
                    {bytes_text(grown), rfc3339(statement.time_seconds, 0).substr(0, 19), count_text(generation.totals.entries),
                     bytes_text(generation.totals.content_bytes), html_name(statement.message)}});
  }
  const std::size_t left = report.generations.size() - bars.size();
  const std::string note = left == 0 ? "" : fmt::format("<p class=\"note\">And {} older ones.</p>\n", count_text(left));
  return "<h2>Generations</h2>\n" + bar_table("generations", {"number", "", "added", "time", "entries", "content", "message"}, bars) + note;
}

}  // namespace

std::string report_page(const std::string& name, const ops::SurveyReport& report, const std::optional<ReportProfile>& profile) {
  std::string page = "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
                     "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width\">\n<title>npk: " +
                     html(name) + "</title>\n<style>\n" + std::string(report_style()) + "</style></head><body>\n";
  page += "<h1>" + html_name(name) + "</h1>\n" + figures(report.inspect) + costs_section(report.inspect.costs) + types_section(report.inspect) +
          chains_section(report.inspect) + deduplication_section(report.inspect) + largest_section(report) + map_section(report) + generations_section(report);
  if (profile) page += profile_section(*profile);
  return page +
         fmt::format("<p class=\"note\">npk report. Content root {}.</p>\n</body></html>\n", ops::hex_of(report.inspect.info.commit.statement.content_root));
}

}  // namespace npk::tools
