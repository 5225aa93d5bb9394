#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "keys.h"
#include "npk/ops/rekey.h"
#include "opened_package.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace rekey_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk rekey [OPTION]... PACKAGE

Seals a package anew, all of its history, under fresh keys. Who does not get them can't read this file any more; copies
made before stay readable to them. Nothing is compressed again. The package is replaced when the new one is whole.

  -i, --identity FILE  opens the package as it is; -p, --passphrase with a passphrase; --passphrase-fd N with the first
                       line behind descriptor N
  -r, --recipient KEY  who may open it then: an age1… or ssh-ed25519 key; may be given again. Default: who may now
  -R, --recipients-file FILE
                       for the keys in FILE, one a line
  --new-passphrase     for a passphrase, asked for at the terminal; --new-passphrase-fd N: the first line behind
                       descriptor N
  --cipher NAME        xchacha20-poly1305, or aes-256-gcm where the processor has it; default: as it is
  --pad                hides the sizes: they become up to 12 % larger
  -o, --output FILE    writes there, and leaves the package as it is
  -q, --quiet          no progress and no summary

Signatures are of the form the package had: they are kept as records that `npk verify --signer` can check the content
by, but sign it again for all else.

examples:
  npk key remove -i me.key -r age1… backup.npk && npk rekey -i me.key backup.npk
  npk rekey -i me.key -R team.keys backup.npk
)";

struct Options {
  std::string package;
  IdentityOptions keys;
  RecipientOptions recipients;
  std::optional<std::string> cipher;
  ops::RekeyOptions rekey;
  bool quiet = false;
};

Result<void> complete(Options& options) {
  NPK_ASSIGN(options.rekey.identities, identities_of(options.keys, options.package));
  NPK_ASSIGN(options.rekey.recipients, recipients_of(options.recipients, options.package));
  if (options.cipher) {
    NPK_ASSIGN(options.rekey.cipher, cipher_of(*options.cipher));
  }
  return {};
}

void tell(const ops::RekeyReport& report, const std::string& path, Messages& messages) {
  messages.note(fmt::format("{}: sealed anew, {}", path, bytes_text(report.package_bytes)));
  if (report.kept_signatures != 0)
    messages.note(fmt::format("{} of the form it had {} records now: `npk sign` signs the new one",
                              report.kept_signatures == 1 ? "a signature" : fmt::format("{} signatures", report.kept_signatures),
                              report.kept_signatures == 1 ? "is a" : "are"));
}

int rekey(Options& options, Messages& messages, Io& io) {
  if (const auto completed = complete(options); !completed) return messages.error(completed.error());
  options.rekey.progress = progress_line(io, messages, options.quiet);
  const auto report = ops::rekey(options.package, options.rekey);
  messages.clear_status_line();
  if (!report) {
    const int code = messages.error(report.error());
    hint_at_keys(report.error(), messages);
    return code;
  }
  tell(*report, options.rekey.output_path.empty() ? options.package : options.rekey.output_path, messages);
  return kDone;
}

}  // namespace
}  // namespace rekey_verb

int run_rekey(const Arguments& arguments, Io& io) {
  using namespace rekey_verb;
  Messages messages(io, "rekey");
  Options options;
  options.rekey.stop = io.stop;
  OptionParser parser(kHelp, messages);
  define_identities(parser, options.keys);
  define_new_recipients(parser, options.recipients);
  parser.text("--cipher", options.cipher);
  parser.flag("--pad", options.rekey.pad);
  parser.text("-o,--output", options.rekey.output_path);
  parser.flag("-q,--quiet", options.quiet);
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  return rekey(options, messages, io);
}

}  // namespace npk::tools
