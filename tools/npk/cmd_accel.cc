#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/accel.h"
#include "output_buffer.h"
#include "verbs.h"

namespace npk::tools {
namespace accel_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk accel [--list] [--backend NAME] [--batch SIZE] [--json] [OPERATION...]

Lists the devices that heavy batches of work can run on, and measures each operation on each of them, on made-up
data: from memory to memory as a caller sees it, the kernels alone by the device's own clock, and the copying.
Every result is compared with the processor's.

  --list          the devices only
  --backend NAME  devices of this kind only: cpu, opencl or cuda
  --batch SIZE    bytes of input of a batch (K, M); 16M by default
  --json          one document (see JSON.md)

examples:
  npk accel                      all operations on all devices
  npk accel --backend opencl blake3 lz4_decode
)";

struct Options {
  bool list = false;
  bool json = false;
  std::optional<std::string> backend;
  std::uint64_t batch_bytes = 16U << 20;
  std::vector<std::string> operations;
};

Json json_of(const AccelDevice& device) {
  return {{"backend", name_of(device.backend)}, {"number", device.number}, {"name", to_utf8(device.name)}, {"driver", to_utf8(device.driver)},
          {"memory_bytes", device.memory_bytes}, {"units", device.units}, {"is_processor", device.is_processor}};
}

Json json_of(const AccelMeasurement& one) {
  return {{"operation", one.operation}, {"backend", name_of(one.device.backend)}, {"number", one.device.number}, {"input_bytes", one.input_bytes},
          {"output_bytes", one.output_bytes}, {"items", one.items}, {"batches", one.batches}, {"host_nanoseconds", one.host_nanoseconds},
          {"kernel_nanoseconds", one.kernel_nanoseconds}, {"transfer_nanoseconds", one.transfer_nanoseconds}, {"same_as_processor", one.same_as_processor}};
}

// "opencl 0": what names a device in the table.
std::string short_name(const AccelDevice& device) {
  return device.backend == AccelBackend::cpu ? "cpu" : fmt::format("{} {}", name_of(device.backend), device.number);
}

std::string list_text(const std::vector<AccelDevice>& devices) {
  std::string text;
  for (const AccelDevice& device : devices)
    text += fmt::format("{:<9} {}, {} units, {} ({})\n", short_name(device), printable(device.name), device.units, bytes_text(device.memory_bytes),
                        printable(device.driver));
  return text;
}

// Gigabytes of input a second.
std::string rate(std::uint64_t bytes, std::uint64_t nanoseconds) {
  return nanoseconds == 0 ? "-" : fmt::format("{:.3f}", static_cast<double>(bytes) / static_cast<double>(nanoseconds));
}

std::string line_of(const AccelMeasurement& one) {
  return fmt::format("{:<15} {:<9} {:>9} {:>9} {:>9}  {}\n", one.operation, short_name(one.device), rate(one.input_bytes, one.host_nanoseconds),
                     rate(one.input_bytes, one.kernel_nanoseconds), rate(one.input_bytes, one.transfer_nanoseconds),
                     one.same_as_processor ? "same" : "DIFFERENT");
}

int print(const std::string& text, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  out.append(text);
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

std::vector<AccelDevice> devices_of(const std::optional<AccelBackend>& only) {
  std::vector<AccelDevice> devices = accel_devices();
  if (only) std::erase_if(devices, [&](const AccelDevice& device) { return device.backend != *only; });
  return devices;
}

int measure(const Options& options, const std::optional<AccelBackend>& only, Messages& messages, Io& io) {
  const std::vector<AccelDevice> devices = devices_of(only);
  Json json = {{"format", "npk-accel-1"}, {"devices", Json::array()}, {"measurements", Json::array()}};
  for (const AccelDevice& device : devices) json["devices"].push_back(json_of(device));
  std::string text = list_text(devices);
  bool all_same = true;
  if (!options.list) {
    AccelMeasureOptions measured{.batch_bytes = options.batch_bytes, .only = only, .operations = options.operations, .on_measured = {}, .stop = io.stop};
    if (io.err_is_terminal)
      measured.on_measured = [&](const AccelMeasurement& one) { messages.status_line(fmt::format("{} on {}", one.operation, short_name(one.device))); };
    const auto results = measure_accel(measured);
    messages.clear_status_line();
    if (!results) return messages.error(results.error());
    text += fmt::format("\ngigabytes of input a second: from memory to memory, kernels alone, copying alone\n{:<15} {:<9} {:>9} {:>9} {:>9}\n", "operation",
                        "device", "host", "kernel", "copy");
    for (const AccelMeasurement& one : *results) {
      text += line_of(one);
      json["measurements"].push_back(json_of(one));
      all_same = all_same && one.same_as_processor;
    }
  }
  const int printed = print(options.json ? json.dump(2) + "\n" : text, messages, io);
  if (printed != kDone || all_same) return printed;
  messages.error("a device gives other results than the processor: do not use it");
  return kDamaged;
}

}  // namespace
}  // namespace accel_verb

int run_accel(const Arguments& arguments, Io& io) {
  using namespace accel_verb;
  Messages messages(io, "accel");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("--list", options.list);
  parser.text("--backend", options.backend);
  parser.size("--batch", options.batch_bytes);
  parser.flag("--json", options.json);
  parser.operands("OPERATION", options.operations);
  if (const auto code = parser.parse(arguments, io)) return *code;
  std::optional<AccelBackend> only;
  if (options.backend) {
    only = accel_backend_of(*options.backend);
    if (!only) {
      messages.error(fmt::format("--backend: '{}' is none of cpu, opencl and cuda", *options.backend));
      return kUsage;
    }
  }
  return measure(options, only, messages, io);
}

}  // namespace npk::tools
