#include <fmt/format.h>

#include <algorithm>

#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/ops/repair.h"
#include "output_buffer.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace repair_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk repair -o OUTPUT PACKAGE

Mends a damaged package that has parity (npk pack --recovery, npk protect) and writes it to OUTPUT; PACKAGE stays as it
is. Mends changed bytes, missing ones in the middle or at the end, too many, and a lost beginning. Everything that is
protected is compared with the hashes in the parity. Needs no key. If something can't be mended, says what, writes
nothing, and exits with 3.

  -o, --output FILE  the mended package: another file than PACKAGE, which appears when it is whole
  --keep-damaged     writes OUTPUT all the same; what can't be mended in it is as it was found
  --json             a report as JSON on standard output (see JSON.md)
  -q, --quiet        no progress and no summary

examples:
  npk repair -o mended.npk damaged.npk && npk verify mended.npk
)";

struct Options {
  ops::RepairOptions repair;
  std::optional<std::string> output;
  bool json = false;
  bool quiet = false;
};

Json json_of(const std::vector<ops::PackageRange>& ranges) {
  Json list = Json::array();
  for (const ops::PackageRange& range : ranges) list.push_back({{"position", range.position}, {"length", range.length}});
  return list;
}

Json json_of(const ops::RepairReport& report) {
  return {{"format", "npk-repair-1"},
          {"ok", report.is_whole()},
          {"written", report.written},
          {"mended", json_of(report.mended)},
          {"lost", json_of(report.lost)},
          {"mended_bytes", report.mended_bytes},
          {"lost_bytes", report.lost_bytes},
          {"moved_bytes", report.moved_bytes},
          {"dropped_bytes", report.dropped_bytes},
          {"protected_bytes", report.protected_bytes},
          {"package_bytes", report.package_bytes}};
}

std::string summary(const ops::RepairReport& report) {
  std::string text =
      report.mended.empty() ? "nothing to mend" : fmt::format("{} mended in {} places", bytes_text(report.mended_bytes), count_text(report.mended.size()));
  if (report.moved_bytes != 0) text += fmt::format(", {} moved back", bytes_text(report.moved_bytes));
  if (report.dropped_bytes != 0) text += fmt::format(", {} behind the package left out", bytes_text(report.dropped_bytes));
  const std::uint64_t unprotected = report.package_bytes - std::min(report.package_bytes, report.protected_bytes);
  if (unprotected != 0) text += fmt::format("; {} behind the newest parity are not protected: npk protect", bytes_text(unprotected));
  return text;
}

void say_lost(const ops::RepairReport& report, const Options& options, Messages& messages) {
  constexpr std::size_t kShown = 20;
  for (std::size_t i = 0; i < std::min(kShown, report.lost.size()); ++i)
    messages.error(fmt::format("{}: {} bytes at position {} can't be mended", options.repair.package_path, report.lost[i].length, report.lost[i].position));
  if (report.lost.size() > kShown) messages.error(fmt::format("and {} more places (--json names all)", count_text(report.lost.size() - kShown)));
  if (!report.written) messages.hint(fmt::format("{} was not written: --keep-damaged writes it as far as it can be mended", options.repair.output_path));
}

int report_on(const ops::RepairReport& report, const Options& options, Messages& messages, Io& io) {
  if (options.json) {
    OutputBuffer out(io.out);
    out.append(json_of(report).dump(2) + "\n");
    if (const auto written = out.finish(); !written) return messages.error(written.error());
  } else if (report.written) {
    messages.note(fmt::format("{}: {}", options.repair.output_path, summary(report)));
  }
  if (!report.is_whole()) say_lost(report, options, messages);
  return report.is_whole() ? kDone : kDamaged;
}

int repair(Options& options, Messages& messages, Io& io) {
  options.repair.output_path = *options.output;
  options.repair.stop = io.stop;
  options.repair.progress = progress_line(io, messages, options.quiet || options.json);
  const auto report = ops::repair(options.repair);
  messages.clear_status_line();
  return report ? report_on(*report, options, messages, io) : messages.error(report.error());
}

}  // namespace
}  // namespace repair_verb

int run_repair(const Arguments& arguments, Io& io) {
  using namespace repair_verb;
  Messages messages(io, "repair");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.text("-o,--output", options.output);
  parser.flag("--keep-damaged", options.repair.keep_damaged);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  parser.operand("PACKAGE", options.repair.package_path);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  if (options.output) return repair(options, messages, io);
  messages.error("-o OUTPUT is missing: a package is not repaired in place");
  return kUsage;
}

}  // namespace npk::tools
