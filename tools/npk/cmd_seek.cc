#include <fmt/format.h>

#include "amounts.h"
#include "content_copy.h"
#include "exit_code.h"
#include "opened_package.h"
#include "verbs.h"

namespace npk::tools {
namespace seek_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk seek [-v] PACKAGE ENTRY OFFSET [LENGTH]

Writes LENGTH bytes of a file in a package from OFFSET on to standard output; without LENGTH, the rest.
K, M or G behind a number: times 1024, …

  -v, --verbose  says on stderr what it cost: frames touched, bytes read and decoded, time
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk seek -v src.npk src/ChangeLog 10M 4096 >piece
  npk seek disk.npk disk.img 446 64 | xxd
)";

struct Options {
  bool verbose = false;
  std::string package;
  ReadingOptions reading;
  std::string entry;
  std::optional<std::uint64_t> offset;
  std::optional<std::uint64_t> length;
};

std::string cost_text(const PackageReader& package, std::chrono::duration<double> open_time, std::chrono::duration<double> read_time) {
  const ReaderStatistics cost = package.statistics();
  return fmt::format("{} frames touched, {} stored bytes read, {} bytes decoded in {} blocks; opened in {}, read in {}", cost.frames_read,
                     count_text(cost.stored_bytes_read), count_text(cost.raw_bytes_decoded), cost.blocks_decoded, seconds_text(open_time),
                     seconds_text(read_time));
}

int seek(const Options& options, Messages& messages, Io& io) {
  const auto start = io.now();
  const Result<PackageReader> package = open_package(options.package, options.reading, messages);
  if (!package) return exit_code_of(package.error());
  const auto opened = io.now();
  auto stream = open_content(*package, options.entry, messages);
  if (!stream) return stream.error();
  const auto copied = copy_content(*stream, *options.offset, options.length.value_or(UINT64_MAX), io);
  if (!copied) return messages.error(copied.error());
  if (options.verbose) messages.note(cost_text(*package, opened - start, io.now() - opened));
  return kDone;
}

}  // namespace
}  // namespace seek_verb

int run_seek(const Arguments& arguments, Io& io) {
  using namespace seek_verb;
  Messages messages(io, "seek");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("-v,--verbose", options.verbose);
  define_reading(parser, options.reading);
  parser.operand("PACKAGE", options.package);
  parser.operand("ENTRY", options.entry);
  parser.operand("OFFSET", options.offset);
  parser.operand("LENGTH", options.length);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (options.offset) return seek(options, messages, io);
  messages.error("OFFSET is missing");
  messages.hint("npk cat writes whole files");
  return kUsage;
}

}  // namespace npk::tools
