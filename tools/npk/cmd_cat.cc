#include "content_copy.h"
#include "exit_code.h"
#include "opened_package.h"
#include "verbs.h"

namespace npk::tools {
namespace cat_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk cat [--offset N] [--length N] PACKAGE ENTRY

Writes the content of a file in a package to standard output, checked.

  --offset N  from byte N on (K, M, G behind it: times 1024, …)
  --length N  at most N bytes
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk cat src.npk src/README
  npk cat --offset 1M --length 4K disk.npk disk.img | xxd
)";

struct Options {
  std::uint64_t offset = 0;
  std::uint64_t length = UINT64_MAX;
  std::string package;
  ReadingOptions reading;
  std::string entry;
};

int cat(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  auto stream = open_content(package, options.entry, messages);
  if (!stream) return stream.error();
  const auto copied = copy_content(*stream, options.offset, options.length, io);
  return copied ? kDone : messages.error(copied.error());
}

}  // namespace
}  // namespace cat_verb

int run_cat(const Arguments& arguments, Io& io) {
  using namespace cat_verb;
  Messages messages(io, "cat");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.size("--offset", options.offset);
  parser.size("--length", options.length);
  define_reading(parser, options.reading);
  parser.operand("PACKAGE", options.package);
  parser.operand("ENTRY", options.entry);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return with_entry_of(options.package, options.reading, messages, [&](const PackageReader& package) { return cat(package, options, messages, io); });
}

}  // namespace npk::tools
