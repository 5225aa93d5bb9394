#include <fmt/format.h>

#include "amounts.h"
#include "entry_text.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/ops/hash.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "verbs.h"

namespace npk::tools {
namespace log_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk log [OPTION]... PACKAGE

The generations of a package, newest first: number, time, entries, size of the content, the commit's hash, message.

  --json   one document (see JSON.md)
  --at N|TIME  from generation N, or the newest not after TIME, back
  --spool SIZE      PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --signer PUBKEY, --expect-commit HASH
                       refuses another package than one so signed, or in another state

example:
  npk log backup.npk
)";

Json json_of(const Generation& generation) {
  const format::Statement& statement = generation.statement;
  return {{"generation", statement.generation},
          {"time", rfc3339(statement.time_seconds, statement.time_nanoseconds)},
          {"message", to_utf8(statement.message)},
          {"commit", ops::hex_of(generation.statement_hash)},
          {"content_root", ops::hex_of(statement.content_root)},
          {"entries", generation.totals.entries},
          {"content_bytes", generation.totals.content_bytes}};
}

std::string line_of(const Generation& generation) {
  const format::Statement& statement = generation.statement;
  std::string line =
      fmt::format("{:>6}  {}  {:>12}  {:>10}  {}", statement.generation, rfc3339(statement.time_seconds, 0), count_text(generation.totals.entries),
                  bytes_text(generation.totals.content_bytes), ops::hex_of(generation.statement_hash).substr(0, 16));
  if (!statement.message.empty()) line += "  " + printable(statement.message);
  return line + "\n";
}

int log(const PackageReader& package, bool json, Messages& messages, Io& io) {
  const auto generations = package.history();
  if (!generations) return messages.error(generations.error());
  OutputBuffer out(io.out);
  if (json) {
    Json document{{"format", "npk-log-1"}, {"generations", Json::array()}};
    for (const Generation& generation : *generations) document["generations"].push_back(json_of(generation));
    out.append(document.dump(2) + "\n");
  } else {
    for (const Generation& generation : *generations) out.append(line_of(generation));
  }
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

}  // namespace
}  // namespace log_verb

int run_log(const Arguments& arguments, Io& io) {
  using namespace log_verb;
  Messages messages(io, "log");
  bool json = false;
  std::string path;
  ReadingOptions reading;
  OptionParser parser(kHelp, messages);
  parser.flag("--json", json);
  define_reading(parser, reading);
  parser.operand("PACKAGE", path);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return with_package(path, reading, messages, [&](const PackageReader& package) { return log(package, json, messages, io); });
}

}  // namespace npk::tools
