#include "exit_code.h"
#include "npk/files.h"
#include "npk/ops/survey.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "report_page.h"
#include "same_file.h"
#include "verbs.h"

namespace npk::tools {
namespace report_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk report [-o FILE] [--profile FILE] PACKAGE

A page for a browser, in one file and without a script: where the bytes of the package went, by type, by codec, by entry, what was
found twice, and a map of the blocks. The same package gives the same page.

  -o, --output FILE    where to; it appears when it is whole. Default: standard output
  --profile FILE       shows also where the time went: what npk pack --profile FILE.json has written
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk report src.npk -o src.html
  npk pack --profile src.json src.npk src && npk report --profile src.json -o src.html src.npk
)";

constexpr std::uint64_t kMostProfileBytes = 1U << 20;

struct Options {
  std::string package;
  std::string output = "-";
  std::optional<std::string> profile;
  ReadingOptions reading;
};

Result<std::optional<ReportProfile>> profile_of(const Options& options) {
  if (!options.profile) return std::nullopt;
  NPK_ASSIGN(const auto source, open_file_source(*options.profile));
  NPK_ASSIGN(const std::uint64_t size, source->size());
  if (size > kMostProfileBytes) return fail(Errc::misuse, "--profile: " + *options.profile + " is too long to be what npk pack --profile has written");
  Bytes bytes(static_cast<std::size_t>(size));
  NPK_ASSIGN(const std::size_t count, source->read_at(0, bytes));
  bytes.resize(count);
  return read_profile(as_text(bytes));
}

Result<void> write_page(const std::string& page, const Options& options, Io& io) {
  if (options.output == "-") {
    OutputBuffer out(io.out);
    out.append(page);
    return out.finish();
  }
  NPK_ASSIGN(const std::unique_ptr<Sink> file, create_atomic_file(options.output));
  NPK_TRY(file->write(as_bytes(page)));
  return file->commit();
}

std::string name_of_package(const std::string& path) { return path == "-" ? "standard input" : path.substr(path.rfind('/') + 1); }

int report(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  if (options.output != "-" && is_same_file(options.output, options.package))
    return messages.error(Error{.code = Errc::misuse, .message = "--output: '" + options.output + "' is the package"});
  const auto profile = profile_of(options);
  if (!profile) return messages.error(profile.error());
  const auto found = ops::survey(package, {.stop = io.stop});
  if (!found) return messages.error(found.error());
  const auto written = write_page(report_page(name_of_package(options.package), *found, *profile), options, io);
  return written ? kDone : messages.error(written.error());
}

}  // namespace
}  // namespace report_verb

int run_report(const Arguments& arguments, Io& io) {
  using namespace report_verb;
  Messages messages(io, "report");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.text("-o,--output", options.output);
  parser.text("--profile", options.profile);
  define_reading(parser, options.reading);
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return with_package(options.package, options.reading, messages, [&](const PackageReader& package) { return report(package, options, messages, io); });
}

}  // namespace npk::tools
