#include <charconv>
#include <fmt/format.h>
#include <map>

#include "accel_text.h"
#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "keys.h"
#include "npk/memory_estimate.h"
#include "npk/ops/hash.h"
#include "npk/ops/protect.h"
#include "output_buffer.h"
#include "metadata_options.h"
#include "pack_options.h"
#include "profile_option.h"
#include "progress_line.h"
#include "rewrite_report.h"
#include "verbs.h"

namespace npk::tools {
namespace pack_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk pack [OPTION]... PACKAGE PATH...

Makes PACKAGE of files and directories. Names are stored as given, without a leading '/'; `-C DIR .` stores what
is inside DIR. PACKAGE appears when it is whole; `-` writes it to standard output. PATH `-` is an entry of its
own, read from standard input.

  -C DIR               paths behind it start in DIR; may be given again
  --files-from FILE    paths to pack, one a line; FILE `-` is standard input
  --exclude GLOB, --include GLOB
                       leaves out, or takes only, what fits; `*` matches '/' too
  --stdin-name NAME    what the entry of PATH `-` is called (stdin)
  --fast, --max        quicker, or smaller
  --codec NAME         store, zstd, lz4 or lzma2; --level N sets how hard it tries
  --no-filters         JSON, XML, HTML, CSV, logs, numbers and machine code as they are: otherwise they are taken apart where a trial says
                       that they become smaller, but with --fast, --codec, --level or --block-size only if --filters asks for it
  --chain CHAIN        filters and a codec for every block, like json+zstd:15
  --block-size N       raw bytes compressed together, 64K to 64M (K, M, G: times 1024, …); up to 512K, with zstd, blocks
                       share bases, so that they are nearly as small as large ones
  --chunk-size N       average piece looked for again, a power of two from 4K to 4M
  --dedup WHAT         stores equal files, or equal chunks (default), or none, once only
  --order HOW          files by path, kind or similar: like beside like; the last (default without --fast) reads each once more
  --threads N          as many as processors by default; never changes the bytes
  --accel MODE         where chunks are found and hashed: off (the default, or what NPK_ACCEL says), opencl, cuda, or auto: a device that is measured
                       to be faster than these threads; never changes the bytes
  --memory N           at most N bytes for buffers; never changes the bytes
  --reproducible       nothing of this machine or moment: no owners, holes by content, time 0 or SOURCE_DATE_EPOCH
  --volume-size N      files PACKAGE.001, PACKAGE.002, … of at most N bytes each, 4M at least
  --message TEXT       kept with the package
  --name TEXT, --package-version TEXT, --application ID, --vendor ID, --comment TEXT
                       what the package is; `npk info` shows it, npk tag and npk comment change it
  --tag KEY=VALUE      a tag of the package, which all entries inherit; may be given again
  -r, --recipient KEY  seals the package for an age1… or ssh-ed25519 key; may be given again
  -R, --recipients-file FILE
                       seals it for the keys in FILE, one a line
  -p, --passphrase     seals it with a passphrase, asked for at the terminal; --passphrase-fd N: the first line
                       behind descriptor N
  --cipher NAME        xchacha20-poly1305 (default), or aes-256-gcm where the processor has it
  --pad                hides the sizes of a sealed package: they become up to 12 % larger
  --resume             goes on where a run with --resume was stopped, and ends with the same bytes; what is written is kept
                       as .PACKAGE.npk-partial until it is whole. A sealed one needs -i, --identity FILE, or its passphrase
  --recovery PERCENT   adds parity for `npk repair`, as npk protect does: 1 to 90; not to standard output
  --profile FILE       where the time went, by stage and codec: FILE.json, .csv, .txt, or .trace.json for Perfetto
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary;  -v, --verbose  more of a summary, and the memory allowed

examples:
  npk pack src.npk src
  npk pack --max -C /srv/www --exclude '*.log' - . | ssh host 'cat >www.npk'
)";

struct Options {
  ops::CreateOptions create;
  PackOptions pack;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::optional<std::string> cipher;
  std::optional<int> recovery;
  RecipientOptions keys;
  MetadataOptions metadata;
  ProfileOption profile;
  std::vector<std::string> identity_files;  // with --resume
};

void define(OptionParser& parser, Options& options) {
  WriterOptions& writer = options.create.writer;
  define_pack(parser, options.pack, options.create);
  define_metadata(parser, options.metadata);
  parser.flag("--reproducible", writer.reproducible);
  define_recipients(parser, options.keys);
  parser.size("--volume-size", writer.volume_bytes);
  parser.text("--cipher", options.cipher);
  parser.flag("--pad", writer.pad);
  parser.flag("--resume", options.create.resume);
  parser.texts("-i,--identity", options.identity_files);
  parser.number("--recovery", options.recovery, 1, static_cast<int>(ops::kMaxRecoveryPercent));
  options.profile.define(parser);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  parser.flag("-v,--verbose", options.verbose);
  parser.operand("PACKAGE", options.create.package_path);
  parser.operands("PATH", options.pack.paths);
  parser.excludes("--quiet", "--verbose");
}

// What the options mean together.
Result<void> complete(Options& options, const OptionParser& parser, Io& io) {
  ops::CreateOptions& create = options.create;
  NPK_ASSIGN(create.writer.profile, options.profile.begin(create.package_path));
  const bool to_output = create.package_path == "-";
  if (to_output && io.out_is_terminal) return fail(Errc::misuse, "a package is not for a terminal: redirect standard output, or name a file");
  if (to_output && create.writer.volume_bytes != 0) return fail(Errc::misuse, "--volume-size: standard output is one file: name PACKAGE");
  if (to_output && options.json) return fail(Errc::misuse, "--json and the package can't both go to standard output");
  if (to_output && options.recovery)
    return fail(Errc::misuse, "--recovery reads the package once more: write it to a file, or `npk protect` the file that standard output goes to afterwards");
  create.recovery_percent = static_cast<unsigned>(options.recovery.value_or(0));
  NPK_TRY(complete_pack(options.pack, parser, io, create));
  NPK_ASSIGN(create.writer.metadata, new_metadata(options.metadata));
  if (create.inputs.empty() && create.standard_input == nullptr && options.pack.lists.empty())
    return fail(Errc::misuse, "PATH is missing: there is nothing to pack");
  if (options.cipher) {
    NPK_ASSIGN(create.writer.cipher, cipher_of(*options.cipher));
  }
  if (to_output) create.sink = &io.out;
  if (to_output && create.resume)
    return fail(Errc::misuse, "--resume: what went into a pipe is gone, so nothing can be gone on with: name a file");
  if (!options.identity_files.empty() && !create.resume)
    return fail(Errc::misuse, "--identity: nothing is opened without --resume; -r says who may open the package");
  NPK_ASSIGN(std::vector<Identity> openers, identities_in(options.identity_files));
  NPK_ASSIGN(create.writer.recipients, recipients_of(options.keys, create.package_path, create.resume ? &openers : nullptr));
  create.identities = std::make_shared<const std::vector<Identity>>(std::move(openers));
  if (options.cipher && create.writer.recipients == nullptr)
    return fail(Errc::misuse, "--cipher: the package would not be sealed: -r, -R or -p say for whom");
  if (create.writer.pad && create.writer.recipients == nullptr)
    return fail(Errc::misuse, "--pad: the package would not be sealed: -r, -R or -p say for whom");
  return {};
}

Json json_of(const ops::CreateReport& report, std::chrono::duration<double> time) {
  const WriteReport& write = report.write;
  const format::Totals& totals = write.totals;
  return {{"format", "npk-pack-1"},
          {"entries", totals.entries},
          {"files", totals.files},
          {"directories", totals.directories},
          {"content_bytes", totals.content_bytes},
          {"hole_bytes", totals.hole_bytes},
          {"chunks", totals.chunks},
          {"blocks", totals.blocks},
          {"unique_bytes", totals.unique_bytes},
          {"stored_bytes", totals.stored_bytes},
          {"package_bytes", write.package_bytes},
          {"parity_bytes", report.parity_bytes},
          {"input_bytes", write.input_bytes},
          {"duplicate_bytes", write.duplicate_bytes},
          {"failed_entries", write.failed_entries + report.scan_problems},
          {"changed_entries", write.changed_entries},
          {"earlier_bytes", write.earlier_bytes},
          {"not_restored_blocks", write.not_restored_blocks},
          {"content_root", ops::hex_of(write.content_root)},
          {"seconds", time.count()}};
}

std::string summary(const ops::CreateReport& report, bool verbose, std::chrono::duration<double> time) {
  const WriteReport& write = report.write;
  std::string text = fmt::format("{} entries, {} -> {} ({}), {} found twice, {}", count_text(write.totals.entries), bytes_text(write.input_bytes),
                                 bytes_text(write.package_bytes), ratio_text(write.input_bytes, write.package_bytes),
                                 bytes_text(write.duplicate_bytes), seconds_text(time));
  if (write.earlier_bytes != 0) text += fmt::format(", {} of it from the run before", bytes_text(write.earlier_bytes));
  if (report.parity_bytes != 0) text += fmt::format(", of it {} parity", bytes_text(report.parity_bytes));
  if (!verbose) return text;
  return text + fmt::format("; {} files, {} directories, {} chunks, {} blocks, {} in holes; content root {}", count_text(write.totals.files),
                            count_text(write.totals.directories), count_text(write.totals.chunks), count_text(write.totals.blocks),
                            bytes_text(write.totals.hole_bytes), ops::hex_of(write.content_root));
}

std::string memory_text(const WriteMemory& memory) {
  return fmt::format("{} threads, at most {} of memory (encoders {}, blocks {}, filters {}, input {}, other {}), and 128 bytes a chunk, 200 an entry",
                     memory.threads, bytes_text(memory.working_bytes()), bytes_text(memory.encoder_bytes), bytes_text(memory.block_buffer_bytes),
                     bytes_text(memory.filter_bytes), bytes_text(memory.data_buffer_bytes), bytes_text(memory.fixed_bytes));
}

int report_on(const ops::CreateReport& report, const Options& options, std::chrono::duration<double> time, Messages& messages, Io& io) {
  messages.clear_status_line();
  if (options.json) {
    OutputBuffer out(io.out);
    out.append(json_of(report, time).dump(2) + "\n");
    if (const auto written = out.finish(); !written) return messages.error(written.error());
  } else {
    messages.note(summary(report, options.verbose, time));
  }
  if (report.write.not_restored_blocks != 0) messages.note(not_restored_text(report.write.not_restored_blocks));
  const std::uint64_t failed = report.write.failed_entries + report.scan_problems;
  if (failed != 0) messages.error(fmt::format("{} entries were left out", count_text(failed)));
  if (options.verbose && report.write.accel.asked != AccelMode::off) messages.note(accel_text(report.write.accel));
  return failed == 0 && report.write.changed_entries == 0 ? kDone : kSomeFailed;
}

// No package is read here: a limit is one that the caller set. A reader of the package that has gone is worth a word.
int say_failure(const Error& error, Messages& messages) {
  const int code = messages.error(error);
  if (code == kBrokenPipe) messages.error("nobody reads the package any more");
  if (code == kBrokenPipe) return kInputOutput;
  return error.code == Errc::limit && code == kDamaged ? kUsage : code;
}

int pack(Options& options, Messages& messages, Io& io) {
  ops::CreateOptions& create = options.create;
  create.writer.progress = progress_line(io, messages, options.quiet);
  create.writer.problem = [&](const Error& error) { messages.error(error.to_string()); };
  create.writer.stop = io.stop;
  create.note = [&](const Error& note) { messages.note(note.to_string()); };
  if (options.verbose) {
    if (const auto memory = estimate_write_memory(create.writer)) messages.note(memory_text(*memory));
  }
  const auto start = io.now();
  const auto report = ops::create(create);
  if (!report) return say_failure(report.error(), messages);
  options.profile.note_device(report->write.accel);
  return options.profile.finish(report_on(*report, options, io.now() - start, messages, io), messages);
}

}  // namespace
}  // namespace pack_verb

int run_pack(const Arguments& arguments, Io& io) {
  using namespace pack_verb;
  Messages messages(io, "pack");
  Options options;
  OptionParser parser(kHelp, messages);
  define(parser, options);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  if (const auto completed = complete(options, parser, io); !completed) {
    const int code = messages.error(completed.error());
    if (code == kUsage) messages.hint("--help shows what there is");
    return code;
  }
  return pack(options, messages, io);
}

}  // namespace npk::tools
