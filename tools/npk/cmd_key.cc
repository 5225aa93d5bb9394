#include <algorithm>
#include <array>
#include <fmt/format.h>

#include "cmd_key.h"
#include "exit_code.h"
#include "opened_package.h"

namespace npk::tools {
namespace key_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk key list [--json] PACKAGE
       npk key add PACKAGE -r RECIPIENT...
       npk key remove PACKAGE -r RECIPIENT...
       npk key export [--envelope N] [-o FILE] PACKAGE
       npk key import [--replace N] PACKAGE AGEFILE

Who may open a sealed package. Its keys lie in envelopes, which are age files; content is not touched. All but list
and export need what opens the package.

  list     the envelopes: number, kinds of keys; with -i or -p also whom those that open are for; --json as a document
           (see JSON.md)
  add      lets more people read everything: -r, --recipient KEY, -R, --recipients-file FILE; --new-passphrase asks
           for one, --new-passphrase-fd N takes the first line behind descriptor N; a package has one at most
  remove   what is added from now on they can't read: -r KEY, -R FILE, or --envelope N, a whole one. What they could
           read they still can, until npk rekey, and for ever in copies. Needs a key for each envelope that stays
  export   an envelope's age file, to standard output or -o FILE; age -d -i KEY opens it
  import   an age file made from an exported one, as it comes from age -r; `-` is standard input. --replace N: envelope
           N goes

  -i, --identity FILE  opens the package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase with
                       a passphrase; --passphrase-fd N with the first line behind descriptor N
  -q, --quiet          says only what is wrong

examples:
  npk key add -i key.txt backup.npk -r age1...
  npk key remove -i key.txt backup.npk -r age1...
  npk key export backup.npk | age -d -i key.txt | age -r age1yubikey1... | npk key import -i key.txt backup.npk -
)";

struct Action {
  std::string_view name;
  int (*run)(const Arguments&, Io&);
};

constexpr std::array<Action, 5> kActions = {{
    {"list", run_key_list},
    {"add", run_key_add},
    {"remove", run_key_remove},
    {"export", run_key_export},
    {"import", run_key_import},
}};

}  // namespace
}  // namespace key_verb

std::string_view key_help() noexcept { return key_verb::kHelp; }

int key_failure(const Error& error, Messages& messages) {
  using namespace key_verb;
  const int code = messages.error(error);
  if (error.code == Errc::no_key && !error.message.starts_with("envelope ")) hint_at_keys(error, messages);
  return code;
}

Result<ops::KeyOptions> key_options(const IdentityOptions& keys, const std::string& package) {
  using namespace key_verb;
  ops::KeyOptions options;
  NPK_ASSIGN(options.identities, identities_of(keys, package));
  return options;
}

int run_key(const Arguments& arguments, Io& io) {
  using namespace key_verb;
  Messages messages(io, "key");
  const auto action = arguments.empty() ? kActions.end() : std::ranges::find(kActions, arguments.front(), &Action::name);
  if (action != kActions.end()) return action->run(Arguments(arguments.begin() + 1, arguments.end()), io);
  OptionParser parser(kHelp, messages);
  std::vector<std::string> operands;
  parser.operands("ACTION", operands);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.error(operands.empty() ? "what to do is missing: list, add, remove, export or import" : fmt::format("there is no 'npk key {}'", operands.front()));
  messages.hint("npk key --help lists what there is");
  return kUsage;
}

}  // namespace npk::tools
