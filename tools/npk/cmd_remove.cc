#include "change_report.h"
#include "verbs.h"

namespace npk::tools {
namespace remove_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk remove [OPTION]... PACKAGE GLOB...

Takes entries out of the package, from its next generation on: the one before still has them, and the file does not become
smaller. A GLOB that fits a directory means what is under it as well.

  --message TEXT       kept with the generation
  --append-to-signed   also where the newest generation is signed; the new one is not
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no summary

example:
  npk remove backup.npk 'home/*/.cache'
)";

}  // namespace
}  // namespace remove_verb

int run_remove(const Arguments& arguments, Io& io) {
  using namespace remove_verb;
  Messages messages(io, "remove");
  ChangeCommand command;
  OptionParser parser(kHelp, messages);
  define_change(parser, command);
  parser.operands("GLOB", command.append.removed);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return run_change(command, messages, io);
}

}  // namespace npk::tools
