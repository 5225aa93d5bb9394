#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "entry_text.h"
#include "exit_code.h"
#include "output_buffer.h"
#include "rewrite_report.h"
#include "verbs.h"

namespace npk::tools {
namespace compact_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk compact [OPTION]... PACKAGE

Writes a package anew: with the generations that are to be kept, without what none of them needs, and with what many
generations have scattered packed together again. The package is replaced when the new one is whole.

What is kept: all that any of these names, and always the newest; without any, all generations.
  --keep-last N        the N newest
  --keep-daily N, --keep-weekly N, --keep-monthly N, --keep-yearly N
                       the newest of each of the last N days, weeks (from Monday), months, years that have one: in UTC,
                       or in the time zone that the variable TZ names
  --keep-within DURATION
                       those not older than that before the newest: 1y6m14d12h is years, months, days, hours
  --keep-generation N  generation N; may be given again

  -n, --dry-run        says what would be kept, why, and what would be freed, and changes nothing
  -o, --output FILE    writes there, and leaves the package as it is
  --threads N          at most N at once; default: as many as processors
  --pad                hides the sizes in a sealed package: they become up to 12 % larger
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary

Kept generations stay what they are, with their numbers, times, messages and content roots; their commits' hashes change.
Signatures are of the form the package had: they are kept as records that `npk verify --signer` can check the content by.

examples:
  npk compact --keep-daily 7 --keep-weekly 5 --keep-monthly 12 backup.npk
  npk compact -n --keep-within 1y backup.npk
)";

struct Options {
  RewriteCommand command;
  ops::KeepRules keep;
  std::string within;
  std::vector<std::string> generations;
};

std::unexpected<Error> misuse(std::string text) { return fail(Errc::misuse, std::move(text)); }

unsigned* part_of(ops::KeepWithin& within, char unit) {
  switch (unit) {
    case 'y': return &within.years;
    case 'm': return &within.months;
    case 'd': return &within.days;
    case 'h': return &within.hours;
    default: return nullptr;
  }
}

Result<ops::KeepWithin> parse_within(const std::string& text) {
  ops::KeepWithin within;
  const auto wrong = [&] { return misuse("--keep-within: '" + text + "' is no duration like 1y6m14d12h"); };
  const char* const end = text.data() + text.size();
  for (const char* at = text.data(); at != end;) {
    unsigned amount = 0;
    const auto [unit, error] = std::from_chars(at, end, amount);
    unsigned* const part = error == std::errc() && unit != end ? part_of(within, *unit) : nullptr;
    if (part == nullptr || *part != 0) return wrong();
    *part = amount;
    at = unit + 1;
  }
  if (text.empty()) return wrong();
  return within;
}

Result<void> complete(Options& options, Messages& messages, Io& io) {
  NPK_TRY(complete_rewrite(options.command, messages, io));
  options.keep.local_time = io.environment("TZ").has_value();
  if (!options.within.empty()) {
    NPK_ASSIGN(options.keep.within, parse_within(options.within));
  }
  for (const std::string& text : options.generations) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size() || number == 0)
      return misuse("--keep-generation: '" + text + "' is not a number from 1 on");
    options.keep.generations.push_back(number);
  }
  return {};
}

std::string reasons_text(const ops::KeepDecision& decision) {
  std::string text;
  for (const std::string& reason : decision.reasons) text += (text.empty() ? "" : ", ") + reason;
  return text;
}

std::string line_of(const ops::KeepDecision& decision) {
  std::string line = fmt::format("{:<5} {:>6}  {}", decision.is_kept() ? "keep" : "drop", decision.generation, rfc3339(decision.time_seconds, 0));
  if (decision.is_kept()) line += "  (" + reasons_text(decision) + ")";
  if (!decision.message.empty()) line += "  " + printable(decision.message);
  return line + "\n";
}

Json json_of(const ops::KeepDecision& decision) {
  return {{"generation", decision.generation},
          {"time", rfc3339(decision.time_seconds, 0)},
          {"message", to_utf8(decision.message)},
          {"kept", decision.is_kept()},
          {"reasons", decision.reasons}};
}

int tell(const ops::CompactReport& report, const Options& options, std::chrono::duration<double> time, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  if (options.command.json) {
    Json document{{"format", "npk-compact-1"}, {"generations", Json::array()}};
    for (const ops::KeepDecision& decision : report.generations) document["generations"].push_back(json_of(decision));
    document.update(json_of(report.rewrite, options.command, time));
    out.append(document.dump(2) + "\n");
  } else if (options.command.rewrite.dry_run) {
    for (const ops::KeepDecision& decision : report.generations) out.append(line_of(decision));
  }
  if (const auto written = out.finish(); !written) return messages.error(written.error());
  if (options.command.json) return kDone;
  const auto kept = std::ranges::count_if(report.generations, &ops::KeepDecision::is_kept);
  const auto dropped = static_cast<std::ptrdiff_t>(report.generations.size()) - kept;
  messages.note(fmt::format("{} of {} generations {}kept, {} {}dropped", kept, report.generations.size(), options.command.rewrite.dry_run ? "would be " : "",
                            dropped, options.command.rewrite.dry_run ? "would be " : ""));
  say_rewrite(report.rewrite, options.command, time, messages);
  return kDone;
}

}  // namespace
}  // namespace compact_verb

int run_compact(const Arguments& arguments, Io& io) {
  using namespace compact_verb;
  Messages messages(io, "compact");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.number("--keep-last", options.keep.last, 1);
  parser.number("--keep-daily", options.keep.daily, 1);
  parser.number("--keep-weekly", options.keep.weekly, 1);
  parser.number("--keep-monthly", options.keep.monthly, 1);
  parser.number("--keep-yearly", options.keep.yearly, 1);
  parser.text("--keep-within", options.within);
  parser.texts("--keep-generation", options.generations);
  define_rewrite(parser, options.command);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (const auto completed = complete(options, messages, io); !completed) return messages.error(completed.error());
  const auto start = io.now();
  const auto report = ops::compact(options.command.package, {.rewrite = options.command.rewrite, .keep = options.keep});
  messages.clear_status_line();
  if (!report) return say_rewrite_failure(report.error(), messages);
  return tell(*report, options, io.now() - start, messages, io);
}

}  // namespace npk::tools
