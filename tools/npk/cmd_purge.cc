#include <fmt/format.h>

#include <algorithm>

#include "amounts.h"
#include "exit_code.h"
#include "npk/ops/purge.h"
#include "output_buffer.h"
#include "rewrite_report.h"
#include "verbs.h"

namespace npk::tools {
namespace purge_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk purge [OPTION]... PACKAGE GLOB...

Takes entries out of all of a package's history, as if they had never been packed: into a new file, which takes the
package's place when it is whole. It has no byte of them or of their names left. A GLOB that fits a directory means what
is under it as well; each must fit something in some generation.

  -n, --dry-run        says what would be done, and changes nothing
  -o, --output FILE    writes there, and leaves the package as it is
  --rewrite-signed     also where a generation that is signed would change
  --threads N          at most N at once; default: as many as processors
  --pad                hides the sizes in a sealed package: they become up to 12 % larger
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary

Generations stay, with numbers, times and messages (a message that names what is purged is named here). Content roots of
those that change become others; the statements they had are kept as records, with their signatures: who signed them did
not sign what is left. Copies of the old file, and the blocks it took on the disk, are not npk's to wipe.

example:
  npk purge backup.npk 'home/*/.ssh'
)";

struct Options {
  RewriteCommand command;
  std::vector<std::string> globs;
  bool rewrite_signed = false;
};

std::string numbers_text(const std::vector<std::uint64_t>& numbers) {
  constexpr std::size_t kShown = 20;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, numbers.size()); ++i) text += (i == 0 ? "" : ", ") + std::to_string(numbers[i]);
  return numbers.size() > kShown ? text + ", …" : text;
}

int tell(const ops::PurgeReport& report, const Options& options, std::chrono::duration<double> time, Messages& messages, Io& io) {
  if (options.command.json) {
    OutputBuffer out(io.out);
    Json document{{"format", "npk-purge-1"},
                  {"generations", report.generations},
                  {"changed_generations", report.changed_generations},
                  {"purged_entries", report.purged_entries},
                  {"messages_naming", report.messages_naming}};
    document.update(json_of(report.rewrite, options.command, time));
    out.append(document.dump(2) + "\n");
    if (const auto written = out.finish(); !written) return messages.error(written.error());
  } else {
    messages.note(fmt::format("{} of {} generations {}", count_text(report.changed_generations), count_text(report.generations),
                              options.command.rewrite.dry_run ? "would change" : "have changed"));
    say_rewrite(report.rewrite, options.command, time, messages);
  }
  if (!report.messages_naming.empty())
    messages.error("a purged path stands in a message, which stays: of generation " + numbers_text(report.messages_naming));
  return report.messages_naming.empty() ? kDone : kSomeFailed;
}

}  // namespace
}  // namespace purge_verb

int run_purge(const Arguments& arguments, Io& io) {
  using namespace purge_verb;
  Messages messages(io, "purge");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("--rewrite-signed", options.rewrite_signed);
  define_rewrite(parser, options.command);
  parser.operands("GLOB", options.globs);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (const auto completed = complete_rewrite(options.command, messages, io); !completed) return messages.error(completed.error());
  const auto start = io.now();
  const auto report = ops::purge(options.command.package,
                                 {.rewrite = options.command.rewrite, .globs = options.globs, .rewrite_signed = options.rewrite_signed});
  messages.clear_status_line();
  if (!report) {
    const int code = say_rewrite_failure(report.error(), messages);
    if (report.error().message.find("is signed") != std::string::npos) messages.hint("--rewrite-signed purges it all the same");
    return report.error().code == Errc::not_found && report.error().path.empty() ? kSomeFailed : code;
  }
  return tell(*report, options, io.now() - start, messages, io);
}

}  // namespace npk::tools
