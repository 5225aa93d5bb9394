#include "accel_text.h"

#include <fmt/format.h>

#include "amounts.h"
#include "messages.h"

namespace npk::tools {
namespace {

std::string milliseconds(std::uint64_t nanoseconds) { return seconds_text(std::chrono::duration<double>(static_cast<double>(nanoseconds) / 1e9)); }

std::string rates_text(const char* work, const AccelRates& rates) {
  if (rates.device <= 0) return "";
  return fmt::format("; {} measured at {:.1f} GB/s, the processor at {:.1f}", work, rates.device / 1e9, rates.processor / 1e9);
}

Json rates_json(const AccelRates& rates) { return {{"device", rates.device}, {"processor", rates.processor}}; }

}  // namespace

std::string accel_text(const AccelUse& use) {
  std::string text = "chunks hashed by the processor";
  if (use.device) text = fmt::format("chunks hashed by {} {}, {}", name_of(use.device->backend), use.device->number, printable(use.device->name));
  if (!use.reason.empty()) text += ": " + use.reason;
  text += rates_text("hashing", use.hash_rates) + rates_text("cutting", use.cut_rates);
  if (!use.device) return text;
  return text + fmt::format("; {} hashed, cuts found in {}, in {} batches, kernels {}, copying {}", bytes_text(use.hashed_bytes), bytes_text(use.cut_bytes),
                            count_text(use.batches), milliseconds(use.kernel_nanoseconds), milliseconds(use.transfer_nanoseconds));
}

Json accel_json(const AccelUse& use) {
  return {{"asked", name_of(use.asked)},
          {"backend", name_of(use.device ? use.device->backend : AccelBackend::cpu)},
          {"device", use.device ? to_utf8(use.device->name) : ""},
          {"reason", use.reason},
          {"hash_rates", rates_json(use.hash_rates)},
          {"cut_rates", rates_json(use.cut_rates)},
          {"batches", use.batches},
          {"kernels", use.kernels},
          {"hashed_bytes", use.hashed_bytes},
          {"cut_bytes", use.cut_bytes},
          {"kernel_nanoseconds", use.kernel_nanoseconds},
          {"transfer_nanoseconds", use.transfer_nanoseconds}};
}

}  // namespace npk::tools
