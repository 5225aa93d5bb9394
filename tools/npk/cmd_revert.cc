#include "change_report.h"
#include "exit_code.h"
#include "generation_option.h"
#include "verbs.h"

namespace npk::tools {
namespace revert_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk revert [OPTION]... PACKAGE N

Makes what generation N was the newest generation. Those between stay in the history; nothing is stored again.

  --message TEXT       kept with the generation
  --append-to-signed   also where the newest generation is signed; the new one is not
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no summary

example:
  npk log backup.npk && npk revert backup.npk 3
)";

}  // namespace
}  // namespace revert_verb

int run_revert(const Arguments& arguments, Io& io) {
  using namespace revert_verb;
  Messages messages(io, "revert");
  ChangeCommand command;
  std::string generation;
  OptionParser parser(kHelp, messages);
  define_change(parser, command);
  parser.operand("N", generation);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const auto choice = parse_generation(generation);
  if (!choice || choice->number == 0) {
    messages.error("'" + generation + "' is no number of a generation: npk log lists them");
    return kUsage;
  }
  command.append.revert_to = choice->number;
  return run_change(command, messages, io);
}

}  // namespace npk::tools
