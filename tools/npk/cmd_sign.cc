#include "npk/ops/sign.h"

#include <fmt/format.h>

#include "exit_code.h"
#include "npk/files.h"
#include "npk/ops/hash.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "passphrase.h"
#include "verbs.h"

namespace npk::tools {
namespace sign_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk sign [-s KEYFILE] [--comment TEXT] PACKAGE
       npk sign --detached [-s KEYFILE] [--comment TEXT] [-o FILE] PACKAGE

Adds a signature to a package, over its newest commit: what is packed and how it is stored. Nothing else changes;
readers check it with --signer, `npk info --minisig` writes it for minisign. It does not check the package: npk verify
does. An encrypted key asks for its passphrase at the terminal; opening it takes 1 GiB of memory, as minisign's does.

  -s, --secret-key KEYFILE  by `minisign -G`; without it, ~/.minisign/minisign.key
  --key-passphrase-fd N     the key's passphrase is the first line behind descriptor N
  --comment TEXT            the trusted comment, which is signed too; by default it says which package
  --detached                signs the whole file as it stands, for `minisign -Vm PACKAGE`, into PACKAGE.minisig;
  -o, --output FILE         or into FILE
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N

examples:
  npk sign release.npk && npk verify --signer ~/.minisign/minisign.pub release.npk
  npk sign --detached -s team.key release.npk && minisign -Vm release.npk -p team.pub
)";

struct Options {
  std::optional<std::string> key_file;
  std::optional<int> key_descriptor;
  std::optional<std::string> comment;
  std::optional<std::string> output;
  bool detached = false;
  std::string package;
  IdentityOptions keys;
};

Result<std::string> key_file_of(const Options& options, const Io& io) {
  if (options.key_file) return *options.key_file;
  const auto home = io.environment("HOME");
  if (home && !home->empty()) return *home + "/.minisign/minisign.key";
  return fail(Errc::misuse, "-s KEYFILE is missing, and there is no HOME to look for one");
}

Result<SecretBytes> read_key_file(const std::string& path) {
  NPK_ASSIGN(const auto file, open_file_source(path));
  NPK_ASSIGN(SecretBytes bytes, SecretBytes::allocate(kMaxSignatureKeyFileBytes + 1));  // one that is longer is no key
  NPK_ASSIGN(const std::size_t count, file->read_at(0, bytes.span()));
  bytes.shorten(count);
  return bytes;
}

Result<Signer> open_key(const SecretBytes& file, const std::string& path, const Options& options) {
  NPK_ASSIGN(const bool is_encrypted, Signer::is_encrypted(file.view()));
  if (!is_encrypted) return Signer::parse(file.view());
  NPK_ASSIGN(const SecretBytes passphrase, options.key_descriptor ? read_passphrase(*options.key_descriptor, PassphraseUse::opening)
                                                                  : ask_passphrase(path, PassphraseUse::opening));
  return Signer::parse(file.view(), &passphrase);
}

// A file that is no key is a mistake in using it.
Result<Signer> signer_of(const Options& options, const Io& io) {
  NPK_ASSIGN(const std::string path, key_file_of(options, io));
  NPK_ASSIGN(const SecretBytes file, read_key_file(path));
  auto signer = open_key(file, path, options);
  if (signer) return signer;
  Error error = std::move(signer).error();
  if (error.code == Errc::corrupt || error.code == Errc::unsupported) error.code = Errc::misuse;
  return std::unexpected(std::move(error).in(path));
}

Result<std::string> sign_in_package(const Signer& signer, const Options& options) {
  NPK_ASSIGN(auto identities, identities_of(options.keys, options.package));
  NPK_ASSIGN(const ops::SignReport report, ops::sign_package(options.package, signer, {.identities = std::move(identities), .comment = options.comment}));
  return fmt::format("{} commit {}, generation {}, with key {}\n", report.was_there ? "already signed:" : "signed", ops::hex_of(report.statement_hash),
                     report.generation, signer.public_key().id().to_string());
}

Result<std::string> sign_beside(const Signer& signer, const Options& options) {
  const std::string output = options.output.value_or(options.package + ".minisig");
  NPK_ASSIGN(const Signature signature, ops::sign_file(options.package, signer, {.comment = options.comment}));
  NPK_ASSIGN(const auto sink, create_atomic_file(output));
  NPK_TRY(sink->write(as_bytes(signature.to_file())));
  NPK_TRY(sink->commit());
  return fmt::format("signed {} with key {}: {}\n", printable(options.package), signer.public_key().id().to_string(), printable(output));
}

Result<std::string> sign(const Options& options, const Io& io) {
  if (options.package == "-") return fail(Errc::misuse, "only a file can be signed, not '-'");
  if (options.output && !options.detached) return fail(Errc::misuse, "-o is for --detached: otherwise the signature goes into the package");
  NPK_ASSIGN(const Signer signer, signer_of(options, io));
  if (io.stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
  return options.detached ? sign_beside(signer, options) : sign_in_package(signer, options);
}

}  // namespace
}  // namespace sign_verb

int run_sign(const Arguments& arguments, Io& io) {
  using namespace sign_verb;
  Messages messages(io, "sign");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.text("-s,--secret-key", options.key_file);
  parser.number("--key-passphrase-fd", options.key_descriptor, 0, 65'535);
  parser.text("--comment", options.comment);
  parser.flag("--detached", options.detached);
  parser.text("-o,--output", options.output);
  define_identities(parser, options.keys);
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const auto done = sign(options, io);
  if (!done) {
    const int code = messages.error(done.error());
    if (done.error().path == options.package) hint_at_keys(done.error(), messages);
    return code;
  }
  OutputBuffer out(io.out);
  out.append(*done);
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

}  // namespace npk::tools
