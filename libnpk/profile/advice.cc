#include "profile/recorder.h"

namespace npk {
namespace {

// Serial where order matters: more threads are no help there.
std::string threads_hint(const ProfileReport& report) {
  if (report.threads < report.processors)
    return "more --threads (" + std::to_string(report.threads) + " of " + std::to_string(report.processors) + " processors)";
  return {};
}

std::string either(const std::string& one, const std::string& other) {
  if (one.empty() || other.empty()) return one + other;
  return one + ", or " + other;
}

std::string compress_advice(const ProfileReport& report, const ProfileKey& key) {
  if (key.codec == format::CodecId::lzma2) return either("leave out --max, or give a lower --level", threads_hint(report));
  if (key.codec == format::CodecId::zstd && key.level > 1) return either("--fast, or a lower --level", threads_hint(report));
  return either("--codec store compresses nothing", threads_hint(report));
}

std::string writing_advice(const ProfileReport& report, const ProfileLayer& layer) {
  const bool waits = layer.waiting_nanoseconds() * 2 > layer.nanoseconds;
  switch (layer.key.stage) {
    case ProfileStage::scan: return "--exclude leaves out what need not be looked at";
    case ProfileStage::plan:
    case ProfileStage::read:
      return waits ? either("the input is slow: --threads reads more of it at once", "put it on a faster disk")
                   : either("--exclude leaves out what need not be read", threads_hint(report));
    case ProfileStage::inspect:
    case ProfileStage::cut: return either("--dedup files does not cut them", threads_hint(report));
    case ProfileStage::hash:
    case ProfileStage::digest: return either("--exclude leaves data out", threads_hint(report));
    case ProfileStage::deduplicate: return "a larger --chunk-size has fewer chunks to look up";
    case ProfileStage::choose: return either("--codec NAME chooses nothing", threads_hint(report));
    case ProfileStage::filter: return either(layer.key.codec == format::CodecId::words ? "leave out --max" : "leave out --filters", threads_hint(report));
    case ProfileStage::compress: return compress_advice(report, layer.key);
    case ProfileStage::encrypt: return either("--cipher aes-256-gcm is faster where the processor has it", threads_hint(report));
    case ProfileStage::index: return "a larger --chunk-size makes the index smaller";
    case ProfileStage::write: return "the output is slow: a higher --level writes less to it";
    case ProfileStage::sync: return "the output's disk is slow: --level writes less to it";
    default: return "--threads sets how much runs at once";
  }
}

std::string reading_advice(const ProfileReport& report, const ProfileLayer& layer) {
  const std::string threads = threads_hint(report);
  const std::string less = report.operation == "verify" ? "--part K/N checks some of it at a time" : "a GLOB takes less of the package";
  switch (layer.key.stage) {
    case ProfileStage::plan: return "npk pack with a larger --chunk-size makes the index smaller";
    case ProfileStage::decompress: return either(layer.key.codec == format::CodecId::lzma2 ? "npk pack without --max decodes faster" : less, threads);
    case ProfileStage::unfilter:
      return either(layer.key.codec == format::CodecId::words ? "npk pack without --max decodes faster" : "npk pack without --filters decodes faster", threads);
    case ProfileStage::decrypt: return either("npk rekey --cipher aes-256-gcm is faster where the processor has it", threads);
    case ProfileStage::restore:
    case ProfileStage::metadata: return either("the target is slow, or has many small files: -C DIR can name a faster disk", threads);
    case ProfileStage::check_files: return "--quick leaves out contents, --part K/N checks some of them at a time";
    default: return either(less, threads);
  }
}

std::string percent_text(unsigned thousandths) {
  const unsigned rounded = (thousandths + 5) / 10;
  return rounded == 0 ? "under 1 %" : std::to_string(rounded) + " %";
}

}  // namespace

std::string advice_for(const ProfileReport& report) {
  if (!report.slowest) return "nothing was measured";
  const ProfileLayer& layer = report.layers[*report.slowest];
  const bool is_reading = report.operation == "extract" || report.operation == "verify";
  return layer_name(layer.key) + " takes " + percent_text(layer.share_thousandths) + " of the time: " +
         (is_reading ? reading_advice(report, layer) : writing_advice(report, layer));
}

}  // namespace npk
