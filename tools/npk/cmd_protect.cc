#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/ops/protect.h"
#include "output_buffer.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace protect_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk protect [--recovery PERCENT] PACKAGE

Adds parity to a package, from which `npk repair` has damaged parts of it back: behind its end, nothing else changes.
Protects what is not protected yet: the generations and signatures since the last time, or all. What was protected
before keeps the parity it has. A sealed package needs no key. What is to be protected is checked first.

  --recovery PERCENT  1 to 90 (default 5): a burst of so much of what is protected, its parity with it, can be repaired
                      wherever it lies; smaller losses here and there, too
  --json              a report as JSON on standard output (see JSON.md)
  -q, --quiet         no progress and no summary

examples:
  npk protect --recovery 10 backup.npk
  npk append backup.npk docs && npk protect backup.npk
)";

struct Options {
  ops::ProtectOptions protect;
  std::uint64_t percent = ops::kDefaultRecoveryPercent;
  bool json = false;
  bool quiet = false;
};

Json json_of(const ops::ProtectReport& report) {
  return {{"format", "npk-protect-1"},         {"protected_bytes", report.protected_bytes}, {"parity_bytes", report.parity_bytes},
          {"package_bytes", report.package_bytes}, {"shard_bytes", report.shard_bytes},         {"data_shards", report.data_shards},
          {"parity_shards", report.parity_shards}, {"stripes", report.stripes}};
}

std::string summary(const ops::ProtectReport& report) {
  if (report.protected_bytes == 0) return "all of it is protected already";
  return fmt::format("{} protected by {} of parity: any {} of {} shards may be lost in each of {} stripes", bytes_text(report.protected_bytes),
                     bytes_text(report.parity_bytes), report.parity_shards, report.data_shards + report.parity_shards, count_text(report.stripes));
}

int protect(Options& options, Messages& messages, Io& io) {
  options.protect.percent = static_cast<unsigned>(options.percent);
  options.protect.stop = io.stop;
  options.protect.progress = progress_line(io, messages, options.quiet || options.json);
  const auto report = ops::protect(options.protect);
  messages.clear_status_line();
  if (!report) return messages.error(report.error());
  if (!options.json) {
    messages.note(fmt::format("{}: {}", options.protect.package_path, summary(*report)));
    return kDone;
  }
  OutputBuffer out(io.out);
  out.append(json_of(*report).dump(2) + "\n");
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

}  // namespace
}  // namespace protect_verb

int run_protect(const Arguments& arguments, Io& io) {
  using namespace protect_verb;
  Messages messages(io, "protect");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.number("--recovery", options.percent, 1, ops::kMaxRecoveryPercent);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  parser.operand("PACKAGE", options.protect.package_path);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  return protect(options, messages, io);
}

}  // namespace npk::tools
