#include "change_report.h"
#include "keys.h"
#include "pack_options.h"
#include "verbs.h"

namespace npk::tools {
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

int run_rename(const Arguments& arguments, Io& io) {
  Messages messages(io, "rename");
  ops::AppendOptions append;
  ChangeOptions change;
  IdentityOptions keys;
  std::string from, to;
  OptionParser parser(kHelp, messages);
  parser.text("--message", append.create.writer.message);
  parser.flag("--append-to-signed", append.append_to_signed);
  define_identities(parser, keys);
  parser.flag("--json", change.json);
  parser.flag("-q,--quiet", change.quiet);
  parser.operand("PACKAGE", append.package_path);
  parser.operand("FROM", from);
  parser.operand("TO", to);
  if (const auto code = parser.parse(arguments, io)) return *code;
  append.renamed.emplace_back(std::move(from), std::move(to));
  if (const auto timed = set_time(append.create, io); !timed) return messages.error(timed.error());
  auto identities = identities_of(keys, append.package_path);
  if (!identities) return messages.error(identities.error());
  append.identities = *std::move(identities);
  return change_package(append, change, messages, io);
}

}  // namespace npk::tools
