#include <fmt/format.h>

#include "amounts.h"
#include "profile_forms.h"

namespace npk::tools {
namespace {

std::string duration_text(std::uint64_t nanoseconds) { return seconds_text(std::chrono::duration<double>(seconds_of(nanoseconds))); }

std::string rate_text(std::uint64_t bytes, std::uint64_t nanoseconds) {
  if (bytes == 0 || nanoseconds == 0) return "-";
  return bytes_text(static_cast<std::uint64_t>(static_cast<double>(bytes) / seconds_of(nanoseconds))) + "/s";
}

std::string share_text(unsigned thousandths) { return fmt::format("{}.{} %", thousandths / 10, thousandths % 10); }

std::string amount_text(std::uint64_t bytes) { return bytes == 0 ? "-" : bytes_text(bytes); }
std::string ratio_or_none(std::uint64_t in, std::uint64_t out) { return in == 0 || out == 0 ? "-" : ratio_text(in, out); }

// Empty for what is not known.
std::string csv_ratio(std::uint64_t in, std::uint64_t out) {
  return in == 0 || out == 0 ? "" : fmt::format("{:.6f}", static_cast<double>(in) / static_cast<double>(out));
}

std::string csv_line(const ProfileLayer& layer) {
  const bool has_codec = layer.key.codec != format::CodecId::store;
  return fmt::format("{},{},{},{},{},{},{},{:.9f},{:.9f},{:.9f},{}.{},{},{}\n", name_of(layer.key.stage),
                     has_codec ? codec_name(layer.key.codec) : "", layer.key.level, layer.calls, layer.bytes_in, layer.bytes_out,
                     csv_ratio(layer.bytes_in, layer.bytes_out), seconds_of(layer.nanoseconds), seconds_of(layer.processor_nanoseconds),
                     seconds_of(layer.waiting_nanoseconds()), layer.share_thousandths / 10, layer.share_thousandths % 10,
                     layer.entropy_bits ? fmt::format("{:.3f}", *layer.entropy_bits) : "",
                     layer.memory_bytes == 0 ? "" : std::to_string(layer.memory_bytes));
}

std::string layers_text(const ProfileReport& report) {
  std::string text = fmt::format("\n{:<24}{:>7}{:>10}{:>10}{:>9}{:>12}{:>10}{:>10}{:>9}{:>11}\n", "layer", "calls", "in", "out", "ratio", "in/s",
                                 "time", "waiting", "share", "entropy");
  for (const ProfileLayer& layer : report.layers) {
    text += fmt::format("{:<24}{:>7}{:>10}{:>10}{:>9}{:>12}{:>10}{:>10}{:>9}{:>11}\n", layer_name(layer.key), count_text(layer.calls),
                        amount_text(layer.bytes_in), amount_text(layer.bytes_out), ratio_or_none(layer.bytes_in, layer.bytes_out),
                        rate_text(layer.bytes_in, layer.nanoseconds), duration_text(layer.nanoseconds), duration_text(layer.waiting_nanoseconds()),
                        share_text(layer.share_thousandths), layer.entropy_bits ? fmt::format("{:.2f} bit/B", *layer.entropy_bits) : "-");
  }
  return text;
}

}  // namespace

std::string profile_csv(const ProfileReport& report) {
  std::string text =
      "stage,codec,level,calls,bytes_in,bytes_out,ratio,seconds,processor_seconds,waiting_seconds,share_percent,entropy_bits_per_byte,memory_bytes\n";
  std::uint64_t processor = 0, waiting = 0;
  for (const ProfileLayer& layer : report.layers) {
    text += csv_line(layer);
    processor += layer.processor_nanoseconds;
    waiting += layer.waiting_nanoseconds();
  }
  text += fmt::format("total,,0,1,{},{},{},{:.9f},{:.9f},{:.9f},{},{},{}\n", report.bytes_in, report.bytes_out,
                      csv_ratio(report.bytes_in, report.bytes_out), seconds_of(report.nanoseconds), seconds_of(processor), seconds_of(waiting),
                      report.layer_nanoseconds == 0 ? "0.0" : "100.0", report.entropy_bits ? fmt::format("{:.3f}", *report.entropy_bits) : "",
                      report.peak_memory_bytes);
  return text;
}

std::string profile_text(const ProfileReport& report) {
  const std::uint64_t lookups = report.chunk_hits + report.chunk_misses;
  std::string text = fmt::format("{:<14}{} in {} threads of {} processors\n", report.operation, duration_text(report.nanoseconds), report.threads,
                                 report.processors);
  text += fmt::format("{:<14}{} in, {} out ({}), {}\n", "bytes", bytes_text(report.bytes_in), bytes_text(report.bytes_out),
                      ratio_or_none(report.bytes_in, report.bytes_out), rate_text(report.bytes_in, report.nanoseconds));
  if (report.entropy_bits) text += fmt::format("{:<14}{:.2f} bits a byte, of order 0, in samples\n", "entropy", *report.entropy_bits);
  if (lookups != 0)
    text += fmt::format("{:<14}{} of {} chunks were there already ({})\n", "deduplication", count_text(report.chunk_hits), count_text(lookups),
                        percent_text(report.chunk_hits, lookups));
  text += fmt::format("{:<14}{} at most, of the process\n", "memory", bytes_text(report.peak_memory_bytes));
  text += fmt::format("{:<14}{} in layers, {} idle; {} for input, {} for output\n", "threads' time", duration_text(report.layer_nanoseconds),
                      duration_text(report.idle_nanoseconds), duration_text(report.input_wait_nanoseconds), duration_text(report.output_wait_nanoseconds));
  text += fmt::format("{:<14}{}: {}\n", "bottleneck", name_of(report.bottleneck), report.advice);
  return text + layers_text(report);
}

}  // namespace npk::tools
