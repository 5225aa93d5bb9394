#include "change_report.h"
#include "exit_code.h"
#include "generation_option.h"
#include "keys.h"
#include "pack_options.h"
#include "verbs.h"

namespace npk::tools {
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

int run_revert(const Arguments& arguments, Io& io) {
  Messages messages(io, "revert");
  ops::AppendOptions append;
  ChangeOptions change;
  IdentityOptions keys;
  std::string generation;
  OptionParser parser(kHelp, messages);
  parser.text("--message", append.create.writer.message);
  parser.flag("--append-to-signed", append.append_to_signed);
  define_identities(parser, keys);
  parser.flag("--json", change.json);
  parser.flag("-q,--quiet", change.quiet);
  parser.operand("PACKAGE", append.package_path);
  parser.operand("N", generation);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const auto choice = parse_generation(generation);
  if (!choice || choice->number == 0) {
    messages.error("'" + generation + "' is no number of a generation: npk log lists them");
    return kUsage;
  }
  append.revert_to = choice->number;
  if (const auto timed = set_time(append.create, io); !timed) return messages.error(timed.error());
  auto identities = identities_of(keys, append.package_path);
  if (!identities) return messages.error(identities.error());
  append.identities = *std::move(identities);
  return change_package(append, change, messages, io);
}

}  // namespace npk::tools
