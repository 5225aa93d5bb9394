#include "accel_text.h"

#include <fmt/format.h>

#include "amounts.h"
#include "messages.h"

namespace npk::tools {
namespace {

std::string milliseconds(std::uint64_t nanoseconds) { return seconds_text(std::chrono::duration<double>(static_cast<double>(nanoseconds) / 1e9)); }

}  // namespace

std::string accel_text(const AccelUse& use) {
  std::string text = "chunks hashed by the processor";
  if (use.device) text = fmt::format("chunks hashed by {} {}, {}", name_of(use.device->backend), use.device->number, printable(use.device->name));
  if (!use.reason.empty()) text += ": " + use.reason;
  if (use.device_rate > 0) text += fmt::format(" ({:.1f} GB/s, a core {:.1f})", use.device_rate / 1e9, use.processor_rate / 1e9);
  if (!use.device) return text;
  return text + fmt::format("; {} in {} batches, kernels {}, copying {}", bytes_text(use.bytes), count_text(use.batches), milliseconds(use.kernel_nanoseconds),
                            milliseconds(use.transfer_nanoseconds));
}

Json accel_json(const AccelUse& use) {
  return {{"backend", name_of(use.device->backend)}, {"device", to_utf8(use.device->name)}, {"reason", use.reason}, {"batches", use.batches}, {"kernels", use.kernels},
          {"bytes", use.bytes}, {"kernel_nanoseconds", use.kernel_nanoseconds}, {"transfer_nanoseconds", use.transfer_nanoseconds}};
}

}  // namespace npk::tools
