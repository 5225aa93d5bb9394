#include "change_report.h"
#include "exit_code.h"
#include "keys.h"
#include "metadata_options.h"
#include "npk/ops/protect.h"
#include "pack_options.h"
#include "profile_option.h"
#include "verbs.h"

namespace npk::tools {
namespace append_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk append [OPTION]... PACKAGE PATH...

Adds PATHs to a package, or brings them up to date: a further generation, in which each PATH is as it is now. Only what is
new is written. What was there stays: `npk log` lists the generations, `--at N` reads one.

  -C, --directory DIR  PATHs behind it are relative to DIR
  --files-from FILE    PATHs, one a line; - is standard input
  --exclude GLOB, --include GLOB, --stdin-name NAME
                       as of npk pack
  --checksum           reads all files; else those of the size and times they had are taken to be unchanged
  --ignore-ctime, --ignore-inode
                       a file may be unchanged though its ctime, or its inode number, is another
  --keep-missing       what is not found any more stays in the new generation
  --append-to-signed   also where the newest generation is signed; the new one is not
  --fast, --max, --codec NAME, --level N, --filters, --no-filters, --chain CHAIN, --block-size N, --chunk-size N, --dedup WHAT, --order HOW,
  --threads N, --accel MODE, --memory N, --message TEXT,
  --name TEXT, --package-version TEXT, --application ID, --vendor ID, --comment TEXT, --tag KEY=VALUE
                       as of npk pack
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --recovery PERCENT   adds parity for all that has none yet, as npk protect does: 1 to 90
  --resume             goes on where a run with --resume was stopped: what it had compressed is not compressed again
  --profile FILE       where the time went, by stage and codec: FILE.json, .csv, .txt, or .trace.json for Perfetto
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary

examples:
  npk append home.npk -C / home
  npk append --message 'before the upgrade' etc.npk etc
)";

struct Options {
  ops::AppendOptions append;
  PackOptions pack;
  ChangeOptions change;
  IdentityOptions keys;
  MetadataOptions metadata;
  ProfileOption profile;
  std::uint64_t recovery = 0;
};

void define(OptionParser& parser, Options& options) {
  define_pack(parser, options.pack, options.append.create);
  define_metadata(parser, options.metadata);
  parser.flag("--checksum", options.append.read_all);
  parser.flag("--ignore-ctime", options.append.ignore_ctime);
  parser.flag("--ignore-inode", options.append.ignore_inode);
  parser.flag("--keep-missing", options.append.keep_missing);
  parser.flag("--append-to-signed", options.append.append_to_signed);
  parser.flag("--resume", options.append.create.resume);
  parser.number("--recovery", options.recovery, 1, ops::kMaxRecoveryPercent);
  define_identities(parser, options.keys);
  options.profile.define(parser);
  parser.flag("--json", options.change.json);
  parser.flag("-q,--quiet", options.change.quiet);
  parser.operand("PACKAGE", options.append.package_path);
  parser.operands("PATH", options.pack.paths);
}

Result<void> complete(Options& options, const OptionParser& parser, Io& io) {
  ops::CreateOptions& create = options.append.create;
  NPK_ASSIGN(create.writer.profile, options.profile.begin(options.append.package_path));
  NPK_TRY(complete_pack(options.pack, parser, io, create));
  if (create.inputs.empty() && create.standard_input == nullptr && options.pack.lists.empty())
    return fail(Errc::misuse, "PATH is missing: there is nothing to append");
  create.recovery_percent = static_cast<unsigned>(options.recovery);
  NPK_ASSIGN(options.append.metadata, metadata_changes(options.metadata));
  NPK_ASSIGN(options.append.identities, identities_of(options.keys, options.append.package_path));
  return {};
}

}  // namespace
}  // namespace append_verb

int run_append(const Arguments& arguments, Io& io) {
  using namespace append_verb;
  Messages messages(io, "append");
  Options options;
  OptionParser parser(kHelp, messages);
  define(parser, options);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (const auto completed = complete(options, parser, io); !completed) {
    const int code = messages.error(completed.error());
    if (code == kUsage) messages.hint("--help shows what there is");
    return code;
  }
  const int code = change_package(options.append, options.change, messages, io);
  return code == kDone || code == kSomeFailed ? options.profile.finish(code, messages) : code;
}

}  // namespace npk::tools
