#include "npk/files.h"
#include "npk/ops/extract.h"

#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "metadata_options.h"
#include "opened_package.h"
#include "profile_option.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace extract_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk extract [OPTION]... PACKAGE [GLOB...]

Gets entries out of a package, all or those that a GLOB means: `*` matches '/' too, and a directory's name
means all that is under it. PACKAGE `-` is standard input, read once, in bounded memory.

  -C DIR                 below DIR, made if it is missing
  --tag KEY[=VALUE]      only entries for which the tag holds, theirs or inherited (npk tag); given again, all of them
  --strip-components N   without the first N components of each path
  --overwrite            replaces what is there; without it, it is left alone, reported, and the exit code is 1
  --keep                 leaves alone what is there, and says nothing
  --resume               goes on where a run with --resume was stopped: its finished files are left as they are, what it
                         made else is made again, and what was there before is treated as without it
  --checksum             with --resume: finished is what has the content's hash, too, which reads it; so it counts after
                         a restart of the machine as well
  --threads N            as many as processors by default
  --memory N             at most N bytes (K, M, G) for buffers; what can't be kept is refused
  --profile FILE         where the time went, by stage and codec: FILE.json, .csv, .txt, or .trace.json for Perfetto
  -q, --quiet            no progress line
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk extract -C /tmp src.npk
  curl -s https://example.org/src.npk | npk extract - 'src/doc'
)";

struct Options {
  ops::ExtractOptions extract;
  std::uint64_t strip = 0;
  std::uint64_t threads = 0;
  bool overwrite = false;
  bool keep = false;
  std::vector<std::string> tags;
  bool quiet = false;
  std::string package;
  ReadingOptions reading;
  ProfileOption profile;
  bool is_incomplete = false;  // found out on opening
};

int exit_code_of_report(const ops::ExtractReport& report, Messages& messages) {
  messages.clear_status_line();
  if (report.failed_entries != 0)
    messages.error(fmt::format("{} of {} entries could not be restored", count_text(report.failed_entries),
                               count_text(report.entries + report.failed_entries)));
  if (report.damaged_entries != 0) return kDamaged;
  return report.failed_entries != 0 || report.unmatched_globs != 0 ? kSomeFailed : kDone;
}

Result<ops::ExtractReport> extract_from(Options& options, Messages& messages, Io& io) {
  if (options.extract.check_finished && !options.extract.resume)
    return fail(Errc::misuse, "--checksum is for --resume: it reads what a run before finished");
  const bool is_piped = options.package == "-" && !options.reading.spool_bytes;
  if (is_piped && options.reading.expectation.expects_anything())
    return fail(Errc::misuse, "the signature and the newest state lie at a package's end: --signer and --expect-commit need a file, not '-'");
  if (is_piped && options.reading.at)
    return fail(Errc::misuse, "--at: an older generation is found from a package's end, which needs a file, not '-'");
  if (is_piped && !options.tags.empty())
    return fail(Errc::misuse, "--tag: what holds for an entry is known from a package's end, which needs a file, not '-'");
  NPK_ASSIGN(options.extract.profile, options.profile.begin(options.package));
  NPK_ASSIGN(options.extract.tags, tag_conditions(options.tags));
  NPK_ASSIGN(ReaderOptions reader, reader_options(options.reading, options.package));
  reader.profile = options.extract.profile;
  options.extract.identities = reader.identities;
  if (is_piped) return ops::extract_stream(*joined_volumes(io.in), options.extract);
  NPK_ASSIGN(auto source, package_source(options.package, options.reading, io));
  auto package = PackageReader::open(std::move(source), reader);
  if (!package) return std::unexpected(package.error());
  for (const Error& warning : package->info().warnings) messages.error(warning.to_string());
  // What comes from a pipe came whole, or it is damaged.
  options.is_incomplete = is_incomplete(*package) || (options.package == "-" && package->info().recovered);
  return ops::extract(*package, options.extract);
}

int extract(Options& options, Messages& messages, Io& io) {
  ops::ExtractOptions& extract = options.extract;
  extract.strip_components = static_cast<unsigned>(options.strip);
  extract.threads = static_cast<unsigned>(options.threads);
  if (options.overwrite) extract.existing = ops::ExistingFiles::overwrite;
  if (options.keep) extract.existing = ops::ExistingFiles::keep;
  extract.progress = progress_line(io, messages, options.quiet);
  extract.problem = [&](const Error& error) { messages.error(error.to_string()); };
  extract.stop = io.stop;
  const auto report = extract_from(options, messages, io);
  if (report) {
    const int code = exit_code_of_report(*report, messages);
    return options.profile.finish(options.is_incomplete ? kDamaged : code, messages);
  }
  const int code = messages.error(report.error());
  hint_at_keys(report.error(), messages);
  if (report.error().code == Errc::misuse) messages.hint("--help shows what there is");
  if (report.error().code == Errc::unsupported && options.package == "-" && !options.reading.spool_bytes)
    messages.hint("--spool SIZE keeps a package from standard input first, in a file without a name, of at most SIZE");
  return code;
}

}  // namespace
}  // namespace extract_verb

int run_extract(const Arguments& arguments, Io& io) {
  using namespace extract_verb;
  Messages messages(io, "extract");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.text("-C,--directory", options.extract.target_directory);
  parser.number("--strip-components", options.strip, 0, 65'535);
  parser.texts("--tag", options.tags);
  parser.flag("--overwrite", options.overwrite);
  parser.flag("--keep", options.keep);
  parser.flag("--resume", options.extract.resume);
  parser.flag("--checksum", options.extract.check_finished);
  parser.number("--threads", options.threads, 1, 1024);
  parser.size("--memory", options.extract.memory_bytes);
  options.profile.define(parser);
  parser.flag("-q,--quiet", options.quiet);
  define_reading(parser, options.reading);
  parser.excludes("--overwrite", "--keep");
  parser.operand("PACKAGE", options.package);
  parser.operands("GLOB", options.extract.globs);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return extract(options, messages, io);
}

}  // namespace npk::tools
