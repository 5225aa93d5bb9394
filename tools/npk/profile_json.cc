#include "profile_forms.h"

namespace npk::tools {
namespace {

constexpr double kNanosecond = 1e-9;

// null for what can't be said.
Json quotient(std::uint64_t of, std::uint64_t to, double unit = 1) {
  if (of == 0 || to == 0) return nullptr;
  return static_cast<double>(of) / (static_cast<double>(to) * unit);
}

Json known(std::uint64_t value) { return value == 0 ? Json(nullptr) : Json(value); }
Json known(const std::optional<double>& value) { return value ? Json(*value) : Json(nullptr); }

Json layer_json(const ProfileLayer& layer) {
  const bool has_codec = layer.key.codec != format::CodecId::store;
  return {{"name", layer_name(layer.key)},
          {"stage", name_of(layer.key.stage)},
          {"codec", has_codec ? Json(codec_name(layer.key.codec)) : Json(nullptr)},
          {"level", layer.key.level},
          {"calls", layer.calls},
          {"bytes_in", layer.bytes_in},
          {"bytes_out", layer.bytes_out},
          {"ratio", quotient(layer.bytes_in, layer.bytes_out)},
          {"seconds", seconds_of(layer.nanoseconds)},
          {"processor_seconds", seconds_of(layer.processor_nanoseconds)},
          {"waiting_seconds", seconds_of(layer.waiting_nanoseconds())},
          {"longest_call_seconds", seconds_of(layer.longest_nanoseconds)},
          {"share_percent", layer.share_thousandths / 10.0},
          {"bytes_per_second", quotient(layer.bytes_in, layer.nanoseconds, kNanosecond)},
          {"entropy_bits_per_byte", known(layer.entropy_bits)},
          {"memory_bytes", known(layer.memory_bytes)}};
}

Json deduplication_json(const ProfileReport& report) {
  const std::uint64_t lookups = report.chunk_hits + report.chunk_misses;
  return {{"chunk_hits", report.chunk_hits},
          {"chunk_misses", report.chunk_misses},
          {"hit_rate", lookups == 0 ? Json(nullptr) : Json(static_cast<double>(report.chunk_hits) / static_cast<double>(lookups))}};
}

Json bottleneck_json(const ProfileReport& report) {
  return {{"level", name_of(report.bottleneck)},
          {"layer", report.slowest ? Json(layer_name(report.layers[*report.slowest].key)) : Json(nullptr)},
          {"share_percent", report.slowest ? Json(report.layers[*report.slowest].share_thousandths / 10.0) : Json(nullptr)},
          {"advice", report.advice}};
}

}  // namespace

Json profile_json(const ProfileReport& report) {
  Json json = {{"format", "npk-profile-1"},
               {"operation", report.operation},
               {"seconds", seconds_of(report.nanoseconds)},
               {"threads", report.threads},
               {"processors", report.processors},
               {"bytes_in", report.bytes_in},
               {"bytes_out", report.bytes_out},
               {"ratio", quotient(report.bytes_in, report.bytes_out)},
               {"bytes_per_second", quotient(report.bytes_in, report.nanoseconds, kNanosecond)},
               {"layer_seconds", seconds_of(report.layer_nanoseconds)},
               {"idle_seconds", seconds_of(report.idle_nanoseconds)},
               {"input_wait_seconds", seconds_of(report.input_wait_nanoseconds)},
               {"output_wait_seconds", seconds_of(report.output_wait_nanoseconds)},
               {"peak_memory_bytes", report.peak_memory_bytes},
               {"entropy_bits_per_byte", known(report.entropy_bits)},
               {"deduplication", deduplication_json(report)},
               {"bottleneck", bottleneck_json(report)}};
  Json& layers = json["layers"] = Json::array();
  for (const ProfileLayer& layer : report.layers) layers.push_back(layer_json(layer));
  return json;
}

}  // namespace npk::tools
