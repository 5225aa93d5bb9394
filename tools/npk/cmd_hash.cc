#include "exit_code.h"
#include "npk/ops/hash.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "verbs.h"

namespace npk::tools {
namespace hash_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk hash PACKAGE [GLOB...]

Prints the BLAKE3 of each file as b3sum does, so that `b3sum -c` can check what was extracted. Without GLOB a
last line, `content-root HASH`, names all that was packed, whatever the codec, the layout or the machine.

  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk hash src.npk 'src/*.c' >sums && b3sum -c sums
  npk hash src.npk | tail -n 1
)";

struct Options {
  std::string package;
  ReadingOptions reading;
  std::vector<std::string> globs;
};

int hash(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  const auto selected = ops::for_each_digest(package, options.globs, [&](const Entry& entry, const Digest& digest) {
    ops::append_digest_line(out.text(), digest, entry.path());
    out.flush_if_full();
    return !out.has_failed();
  });
  const bool has_root = !package.info().recovered || package.info().commit.statement.content_root != Digest{};
  if (selected && options.globs.empty() && has_root)
    out.append("content-root " + ops::hex_of(package.info().commit.statement.content_root) + "\n");
  if (const auto written = out.finish(); !written) return messages.error(written.error());
  return selected ? report_unmatched(selected->unmatched, messages) : messages.error(selected.error());
}

}  // namespace
}  // namespace hash_verb

int run_hash(const Arguments& arguments, Io& io) {
  using namespace hash_verb;
  Messages messages(io, "hash");
  Options options;
  OptionParser parser(kHelp, messages);
  define_reading(parser, options.reading);
  parser.operand("PACKAGE", options.package);
  parser.operands("GLOB", options.globs);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return with_package(options.package, options.reading, messages, [&](const PackageReader& package) { return hash(package, options, messages, io); });
}

}  // namespace npk::tools
