#include <algorithm>
#include <numeric>
#include <sys/resource.h>
#include <thread>

#include "npk/checked.h"
#include "profile/recorder.h"

namespace npk {
namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;

std::uint64_t peak_resident_bytes() noexcept {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return static_cast<std::uint64_t>(std::max(usage.ru_maxrss, 0L)) * 1024;
}

double bits_of(std::uint64_t millibits, std::uint64_t bytes) { return static_cast<double>(millibits) / static_cast<double>(bytes) / 1000; }

ProfileLayer layer_from(const LayerCounters& counters) {
  ProfileLayer layer;
  layer.key = unpacked(counters.key.load(kRelaxed));
  layer.calls = counters.calls.load(kRelaxed);
  layer.bytes_in = counters.bytes_in.load(kRelaxed);
  layer.bytes_out = counters.bytes_out.load(kRelaxed);
  layer.nanoseconds = counters.nanoseconds.load(kRelaxed);
  layer.processor_nanoseconds = counters.processor_nanoseconds.load(kRelaxed);
  layer.longest_nanoseconds = counters.longest_nanoseconds.load(kRelaxed);
  layer.memory_bytes = counters.memory_bytes.load(kRelaxed);
  if (const std::uint64_t sampled = counters.sampled_bytes.load(kRelaxed); sampled != 0)
    layer.entropy_bits = bits_of(counters.sampled_millibits.load(kRelaxed), sampled);
  return layer;
}

std::uint64_t bytes_out_of(const ProfileReport& report, ProfileStage stage) {
  std::uint64_t bytes = 0;
  for (const ProfileLayer& layer : report.layers) {
    if (layer.key.stage == stage) bytes += layer.bytes_out;
  }
  return bytes;
}

void add_up(ProfileReport& report) {
  for (const ProfileLayer& layer : report.layers) {
    report.layer_nanoseconds += layer.nanoseconds;
    switch (layer.key.stage) {
      case ProfileStage::read:
        report.bytes_in += layer.bytes_in;
        report.input_wait_nanoseconds += layer.waiting_nanoseconds();
        break;
      case ProfileStage::scan:
      case ProfileStage::plan: report.input_wait_nanoseconds += layer.waiting_nanoseconds(); break;
      case ProfileStage::restore:
      case ProfileStage::metadata:
      case ProfileStage::write:
      case ProfileStage::sync: report.output_wait_nanoseconds += layer.waiting_nanoseconds(); break;
      case ProfileStage::choose: report.entropy_bits = layer.entropy_bits; break;
      default: break;
    }
  }
  for (const ProfileStage last : {ProfileStage::write, ProfileStage::restore, ProfileStage::check_chunks}) {
    if (report.bytes_out == 0) report.bytes_out = bytes_out_of(report, last);
  }
  const std::uint64_t offered = checked_multiply(report.nanoseconds, report.threads).value_or(UINT64_MAX);
  report.idle_nanoseconds = offered - std::min(offered, report.layer_nanoseconds);
}

// Largest remainders: rounded shares that still add up.
void set_shares(ProfileReport& report) {
  const auto whole = static_cast<long double>(report.layer_nanoseconds);
  if (report.layer_nanoseconds == 0) return;
  std::vector<std::pair<long double, std::size_t>> rests;
  unsigned given = 0;
  for (std::size_t i = 0; i < report.layers.size(); ++i) {
    const long double exact = static_cast<long double>(report.layers[i].nanoseconds) * 1000 / whole;
    report.layers[i].share_thousandths = static_cast<unsigned>(exact);
    given += report.layers[i].share_thousandths;
    rests.emplace_back(static_cast<long double>(report.layers[i].share_thousandths) - exact, i);
  }
  std::ranges::sort(rests);
  for (std::size_t i = 0; given < 1000 && i < rests.size(); ++i, ++given) ++report.layers[rests[i].second].share_thousandths;
}

}  // namespace

BottleneckLevel bottleneck_level(std::uint64_t part, std::uint64_t whole) noexcept {
  if (whole == 0 || part == 0) return BottleneckLevel::none;
  const auto above = [&](std::uint64_t percent) {  // part * 100 > whole * percent, without overflow
    return part / percent > whole / 100 || (part / percent == whole / 100 && part % percent * 100 > whole % 100 * percent);
  };
  if (above(60)) return BottleneckLevel::critical;
  if (above(30)) return BottleneckLevel::significant;
  return above(10) ? BottleneckLevel::moderate : BottleneckLevel::minor;
}

void judge(ProfileReport& report) {
  add_up(report);
  set_shares(report);
  const auto slowest = std::ranges::max_element(report.layers, {}, &ProfileLayer::nanoseconds);
  if (slowest != report.layers.end() && slowest->nanoseconds != 0) {
    report.slowest = static_cast<std::size_t>(slowest - report.layers.begin());
    report.bottleneck = bottleneck_level(slowest->nanoseconds, report.layer_nanoseconds);
  }
  report.advice = advice_for(report);
}

ProfileReport Profile::report() const {
  ProfileReport report;
  report.operation = rep_->operation;
  report.nanoseconds = rep_->ended - rep_->begun;
  report.threads = rep_->threads;
  report.processors = std::max(1U, std::thread::hardware_concurrency());
  report.peak_memory_bytes = peak_resident_bytes();
  report.chunk_hits = rep_->hits.load(kRelaxed);
  report.chunk_misses = rep_->misses.load(kRelaxed);
  const std::uint64_t slices = rep_->next_slice.load(kRelaxed);
  report.slices_dropped = slices - std::min<std::uint64_t>(slices, rep_->most_slices);
  for (const LayerCounters& counters : rep_->layers) {
    if (counters.calls.load(kRelaxed) != 0) report.layers.push_back(layer_from(counters));
  }
  std::ranges::sort(report.layers, {}, [](const ProfileLayer& layer) { return packed(layer.key); });
  judge(report);
  return report;
}

}  // namespace npk
