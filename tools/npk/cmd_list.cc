#include "entry_text.h"
#include "exit_code.h"
#include "metadata_options.h"
#include "npk/ops/select.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "verbs.h"

namespace npk::tools {
namespace list_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk list [-l] [--json] [--tag KEY[=VALUE]]... PACKAGE [GLOB...]

Lists the entries of a package in path order, or those that a GLOB means: `*` matches '/' too, and a
directory's name means all that is under it.

  -l          kind and mode, owner, size, time as well, as `tar tv`
  --json      one document with everything that is known of each entry (see JSON.md)
  --tag KEY[=VALUE]  only entries for which the tag holds, theirs or inherited (npk tag); given again, all of them
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk list -l src.npk
  npk list src.npk 'src/*.h' doc
)";

struct Options {
  bool is_long = false;
  bool json = false;
  std::string package;
  ReadingOptions reading;
  std::vector<std::string> globs, tag_texts;
  std::vector<ops::TagCondition> tags;
};

class Listing {
 public:
  Listing(const PackageReader& package, const Options& options, bool for_terminal, OutputBuffer& out)
      : package_(package), options_(options), tags_(package), for_terminal_(for_terminal), out_(out) {}

  // False: there is no use in going on.
  bool add(const Entry& entry) {
    const auto is_meant = tags_.meet(entry.row(), options_.tags);
    if (!is_meant) return status_ = std::unexpected(is_meant.error()), false;
    if (!*is_meant) return true;
    if (options_.json) return add_json(entry);
    const EntryRow row = entry.row();
    if (options_.is_long) add_long(row);
    else if (for_terminal_) out_.text() += printable(row.path);
    else out_.text() += row.path;
    out_.text() += '\n';
    out_.flush_if_full();
    return !out_.has_failed();
  }

  [[nodiscard]] const Result<void>& status() const noexcept { return status_; }

 private:
  void add_long(const EntryRow& row) {
    if (!for_terminal_) {
      long_lines_.append(out_.text(), row, row.path);
      return;
    }
    std::string line;
    long_lines_.append(line, row, row.path);
    out_.text() += printable(line);
  }

  bool add_json(const Entry& entry) {
    const EntryRow row = entry.row();
    Result<Digest> digest = Digest{};
    const bool is_file = row.kind == EntryKind::regular;
    if (is_file) digest = package_.digest(entry);
    if (!digest) {
      status_ = std::unexpected(digest.error());
      return false;
    }
    out_.text() += is_first_ ? "\n" : ",\n";
    is_first_ = false;
    append_json_entry(out_.text(), row, is_file ? &*digest : nullptr);
    out_.flush_if_full();
    return !out_.has_failed();
  }

  const PackageReader& package_;
  const Options& options_;
  ops::EffectiveTags tags_;
  bool for_terminal_;
  OutputBuffer& out_;
  LongLines long_lines_;
  bool is_first_ = true;
  Result<void> status_;
};

int list(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  if (options.json) out.append("{\"format\":\"npk-list-1\",\"entries\":[");
  Listing listing(package, options, io.out_is_terminal, out);
  const auto selected = ops::for_each_selected(package, options.globs, [&](const Entry& entry) { return listing.add(entry); });
  const bool complete = selected && listing.status();
  if (options.json && complete) out.append("\n]}\n");
  if (const auto written = out.finish(); !written) return messages.error(written.error());
  if (!listing.status()) return messages.error(listing.status().error());
  return selected ? report_unmatched(selected->unmatched, messages) : messages.error(selected.error());
}

}  // namespace
}  // namespace list_verb

int run_list(const Arguments& arguments, Io& io) {
  using namespace list_verb;
  Messages messages(io, "list");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("-l,--long", options.is_long);
  parser.flag("--json", options.json);
  parser.texts("--tag", options.tag_texts);
  define_reading(parser, options.reading);
  parser.operand("PACKAGE", options.package);
  parser.operands("GLOB", options.globs);
  if (const auto code = parser.parse(arguments, io)) return *code;
  auto conditions = tag_conditions(options.tag_texts);
  if (!conditions) return messages.error(conditions.error());
  options.tags = *std::move(conditions);
  return with_package(options.package, options.reading, messages, [&](const PackageReader& package) { return list(package, options, messages, io); });
}

}  // namespace npk::tools
