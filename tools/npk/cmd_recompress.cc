#include "exit_code.h"
#include "npk/ops/recompress.h"
#include "output_buffer.h"
#include "rewrite_report.h"
#include "verbs.h"

namespace npk::tools {
namespace recompress_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk recompress [OPTION]... PACKAGE

Compresses a package's data anew, as another preset, codec or a newer npk does, and replaces the package when the new one is whole.

  --fast, --max        quicker, or smaller
  --codec NAME, --level N, --filters, --no-filters, --chain CHAIN, --block-size N
                       as of npk pack
  -n, --dry-run        only says what there is to do
  -o, --output FILE    writes there, and leaves the package as it is
  --threads N          at most N at once; default: as many as processors
  --pad                hides the sizes in a sealed package: they become up to 12 % larger
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --json               a report as JSON on standard output (see JSON.md)
  -q, --quiet          no progress and no summary

All generations stay what they are, with their numbers, times, messages and content roots; their commits' hashes change.
Signatures are of the form the package had: they are kept as records that `npk verify --signer` can check the content by.

example:
  npk recompress --max archive.npk
)";

struct Options {
  RewriteCommand command;
  WriterOptions writer;
  bool fast = false, max = false;
  bool filters = false, no_filters = false;
};

void define(OptionParser& parser, Options& options) {
  parser.flag("--fast", options.fast);
  parser.flag("--max", options.max);
  parser.text("--codec", options.writer.codec);
  parser.number("--level", options.writer.level, -100, 100);
  parser.text("--chain", options.writer.chain);
  parser.flag("--filters", options.filters);
  parser.flag("--no-filters", options.no_filters);
  parser.size("--block-size", options.writer.block_bytes);
  parser.excludes("--fast", "--max");
  parser.excludes("--filters", "--no-filters");
  define_rewrite(parser, options.command);
}

int tell(const ops::RewriteReport& report, const Options& options, std::chrono::duration<double> time, Messages& messages, Io& io) {
  if (!options.command.json) {
    say_rewrite(report, options.command, time, messages);
    return kDone;
  }
  OutputBuffer out(io.out);
  Json document{{"format", "npk-recompress-1"}};
  document.update(json_of(report, options.command, time));
  out.append(document.dump(2) + "\n");
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

}  // namespace
}  // namespace recompress_verb

int run_recompress(const Arguments& arguments, Io& io) {
  using namespace recompress_verb;
  Messages messages(io, "recompress");
  Options options;
  OptionParser parser(kHelp, messages);
  define(parser, options);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (options.fast) options.writer.preset = Preset::fast;
  if (options.max) options.writer.preset = Preset::max;
  if (options.filters || options.no_filters) options.writer.choose_filters = options.filters;
  if (const auto completed = complete_rewrite(options.command, messages, io); !completed) return messages.error(completed.error());
  const auto start = io.now();
  const auto report = ops::recompress(options.command.package, {.rewrite = options.command.rewrite, .writer = options.writer});
  messages.clear_status_line();
  if (!report) return say_rewrite_failure(report.error(), messages);
  return tell(*report, options, io.now() - start, messages, io);
}

}  // namespace npk::tools
