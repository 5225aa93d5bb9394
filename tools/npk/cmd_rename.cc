#include "change_report.h"
#include "verbs.h"

namespace npk::tools {
namespace rename_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk rename [OPTION]... PACKAGE FROM TO

Gives an entry, and what is under it, another path, from the next generation on. No content is written again.

  --message TEXT       kept with the generation
  --append-to-signed   also where the newest generation is signed; the new one is not
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no summary

example:
  npk rename backup.npk home/old home/new
)";

}  // namespace
}  // namespace rename_verb

int run_rename(const Arguments& arguments, Io& io) {
  using namespace rename_verb;
  Messages messages(io, "rename");
  ChangeCommand command;
  std::string from, to;
  OptionParser parser(kHelp, messages);
  define_change(parser, command);
  parser.operand("FROM", from);
  parser.operand("TO", to);
  if (const auto code = parser.parse(arguments, io)) return *code;
  command.append.renamed.emplace_back(std::move(from), std::move(to));
  return run_change(command, messages, io);
}

}  // namespace npk::tools
