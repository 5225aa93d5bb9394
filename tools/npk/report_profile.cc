#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "amounts.h"
#include "html_text.h"
#include "report_chart.h"
#include "report_page.h"

namespace npk::tools {
namespace {

constexpr std::size_t kMostLayers = 100;

std::string text_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

double number_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  const double value = found != object.end() && found->is_number() ? found->get<double>() : 0;
  return value > 0 && value < 1e12 ? value : 0;
}

std::uint64_t count_at(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number_unsigned() ? found->get<std::uint64_t>() : 0;
}

std::uint64_t microseconds(double seconds) { return static_cast<std::uint64_t>(seconds * 1e6); }
std::string duration(double seconds) { return seconds_text(std::chrono::duration<double>(seconds)); }

std::string moved_text(const ReportProfile::Layer& layer) {
  if (layer.bytes_in == 0) return "-";
  return bytes_text(layer.bytes_in) + (layer.bytes_out == 0 || layer.bytes_out == layer.bytes_in ? "" : " → " + bytes_text(layer.bytes_out));
}

}  // namespace

Result<ReportProfile> read_profile(std::string_view text) {
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || text_at(json, "format") != "npk-profile-1")
    return fail(Errc::misuse, "--profile: no JSON that npk pack --profile FILE.json has written");
  ReportProfile profile{.operation = text_at(json, "operation"), .advice = {}, .level = {}, .seconds = number_at(json, "seconds"),
                        .peak_memory_bytes = count_at(json, "peak_memory_bytes"), .layers = {}};
  if (const auto bottleneck = json.find("bottleneck"); bottleneck != json.end() && bottleneck->is_object()) {
    profile.advice = text_at(*bottleneck, "advice");
    profile.level = text_at(*bottleneck, "level");
  }
  const auto layers = json.find("layers");
  if (layers == json.end() || !layers->is_array()) return profile;
  for (const Json& layer : *layers) {
    if (!layer.is_object() || profile.layers.size() == kMostLayers) break;
    profile.layers.push_back({text_at(layer, "name"), number_at(layer, "seconds"), number_at(layer, "waiting_seconds"),
                              number_at(layer, "share_percent"), count_at(layer, "bytes_in"), count_at(layer, "bytes_out")});
  }
  return profile;
}

std::string profile_section(const ReportProfile& profile) {
  std::string text = fmt::format("<h2>Time by layer</h2>\n<p>{} took {} and at most {} of memory. Bottleneck, {}: {}.</p>\n", html(profile.operation),
                                 duration(profile.seconds), bytes_text(profile.peak_memory_bytes), html(profile.level), html(profile.advice));
  text += "<p class=\"note\">Of all threads together; the darker part is waiting, for input, output or a processor.</p>\n";
  std::vector<Bar> bars;
  for (const ReportProfile::Layer& layer : profile.layers)
    bars.push_back({html_name(layer.name), microseconds(layer.seconds), microseconds(layer.waiting_seconds),
                    {duration(layer.seconds), fmt::format("{:.1f} %", layer.share_percent), moved_text(layer)}});
  return text + bar_table("layers", {"layer", "", "time", "share", "bytes"}, bars);
}

}  // namespace npk::tools
