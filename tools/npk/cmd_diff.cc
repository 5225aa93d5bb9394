#include <unistd.h>

#include <string>
#include <utility>

#include "exit_code.h"
#include "generation_option.h"
#include "json_text.h"
#include "npk/ops/diff.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "verbs.h"

namespace npk::tools {
namespace diff_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk diff [OPTION]... BEFORE[@N] AFTER[@N]

What is different between two packages, or two generations of one: a line for each path, with + added, - removed, M other
content, m only other mode, owner, time or attributes.

  --json               one document (see JSON.md)
  -i, --identity FILE  opens sealed packages; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N

examples:
  npk diff home.npk@3 home.npk
  npk diff old.npk new.npk
)";

// PACKAGE or PACKAGE@N; a file of the whole name comes first.
struct Operand {
  std::string path;
  ReadingOptions reading;
};

Operand parse_operand(const std::string& text, const IdentityOptions& keys) {
  Operand operand{text, {}};
  operand.reading.keys = keys;
  const std::size_t at = text.rfind('@');
  if (at == std::string::npos || ::access(text.c_str(), F_OK) == 0 || !parse_generation(text.substr(at + 1))) return operand;
  operand.path = text.substr(0, at);
  operand.reading.at = text.substr(at + 1);
  return operand;
}

struct Mark {
  char sign;
  const char* name;
};
Mark mark_of(ops::ChangeKind kind) noexcept {
  switch (kind) {
    case ops::ChangeKind::added: return {'+', "added"};
    case ops::ChangeKind::removed: return {'-', "removed"};
    case ops::ChangeKind::content: return {'M', "content"};
    case ops::ChangeKind::metadata: return {'m', "metadata"};
  }
  return {'?', "unknown"};
}

void append_json_change(std::string& out, const Mark& mark, std::string_view path) {
  out += R"({"change":")";
  out += mark.name;
  out += R"(",)";
  append_json_name(out, "path", path);
  out += '}';
}

int diff(const PackageReader& before, const PackageReader& after, bool json, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  if (json) out.append(R"({"format":"npk-diff-1","changes":[)");
  bool is_first = true;
  const auto compared = ops::diff(before, after, [&](const ops::EntryChange& change) {
    const std::string_view path = (change.after != nullptr ? change.after : change.before)->path();
    const Mark mark = mark_of(change.kind);
    if (json) {
      out.text() += std::exchange(is_first, false) ? "\n" : ",\n";
      append_json_change(out.text(), mark, path);
    } else {
      out.text() += std::string(1, mark.sign) + " " + (io.out_is_terminal ? printable(path) : std::string(path)) + "\n";
    }
    out.flush_if_full();
    return !out.has_failed();
  });
  if (json && compared) out.append("\n]}\n");
  if (const auto written = out.finish(); !written) return messages.error(written.error());
  return compared ? kDone : messages.error(compared.error());
}

}  // namespace
}  // namespace diff_verb

int run_diff(const Arguments& arguments, Io& io) {
  using namespace diff_verb;
  Messages messages(io, "diff");
  bool json = false;
  std::string before, after;
  IdentityOptions keys;
  OptionParser parser(kHelp, messages);
  parser.flag("--json", json);
  define_identities(parser, keys);
  parser.operand("BEFORE", before);
  parser.operand("AFTER", after);
  if (const auto code = parser.parse(arguments, io)) return *code;
  const Operand one = parse_operand(before, keys), other = parse_operand(after, keys);
  return with_package(one.path, one.reading, messages, [&](const PackageReader& first) {
    return with_package(other.path, other.reading, messages, [&](const PackageReader& second) { return diff(first, second, json, messages, io); });
  });
}

}  // namespace npk::tools
