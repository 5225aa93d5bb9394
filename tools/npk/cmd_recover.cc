#include <algorithm>
#include <fmt/format.h>

#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "keys.h"
#include "npk/ops/recover.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace recover_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk recover [OPTION]... PACKAGE -o OUTPUT

Writes what can still be had of a package that is damaged or cut short into a new one, and says what is lost. PACKAGE
is only read. The newest generation that is wholly there is taken; if none is, each file of the newest that can be had.
Frames are found wherever they lie: bytes may be changed or missing anywhere, also the first ones, or whole parts.

  -o, --output FILE    the new package
  --partial            keeps a file some of whose content is lost, with zeros in the place of that; else it is left out
  --newest             what can be had of the newest generation, even if an older one is whole
  --fast, --max        how it is compressed: quicker, or smaller
  --threads N          as many as processors by default
  --json               the report as JSON (tools/JSON.md), on standard output
  -q, --quiet          no progress and no summary
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  -r, --recipient KEY  who may open the new one: an age1… or ssh-ed25519 key; may be given again. Default: who may now
  -R, --recipients-file FILE
                       for the keys in FILE, one a line
  --new-passphrase     for a passphrase, asked for at the terminal; --new-passphrase-fd N: the first line behind
                       descriptor N

Exit code 3 if anything was lost.

examples:
  npk recover damaged.npk -o saved.npk
  npk recover --partial --json damaged.npk -o saved.npk
)";

struct Options {
  std::string package;
  IdentityOptions keys;
  RecipientOptions recipients;
  ops::RecoverOptions recover;
  std::uint64_t threads = 0;
  bool fast = false;
  bool max = false;
  bool json = false;
  bool quiet = false;
};

Json json_of(const std::vector<ops::ByteSpan>& spans) {
  Json list = Json::array();
  for (const ops::ByteSpan& span : spans) list.push_back({{"offset", span.offset}, {"bytes", span.bytes}});
  return list;
}

Json json_of(const ops::LostEntry& lost) {
  Json json;
  set_json_name(json, "path", lost.path);
  json["size"] = lost.size;
  json["lost_bytes"] = lost.lost_bytes;
  json["kept_in_part"] = lost.kept_in_part;
  json["ranges"] = json_of(lost.ranges);
  return json;
}

Json json_of(const ops::RecoverReport& report) {
  Json json = {{"format", "npk-recover-1"},
               {"complete", report.is_complete()},
               {"generation", report.generation},
               {"whole", report.is_whole},
               {"newest_generation", report.newest_generation},
               {"unfinished_frames", report.unfinished_frames},
               {"saved", {{"entries", report.saved_entries}, {"files", report.saved_files}, {"content_bytes", report.saved_bytes}}},
               {"from_manifests", report.from_manifests},
               {"rebuilt_chunks", report.rebuilt_chunks},
               {"kept_signatures", report.kept_signatures},
               {"package_bytes", report.package_bytes}};
  Json& lost = json["lost"] = Json::array();
  for (const ops::LostEntry& entry : report.lost) lost.push_back(json_of(entry));
  json["missing_parts"] = report.missing_parts;
  json["lost_left_out"] = report.lost_left_out;
  json["lost_bytes"] = report.lost_bytes;
  json["unnamed_entries"] = report.unnamed_entries;
  json["damaged"] = json_of(report.damaged_ranges);
  json["damaged_bytes"] = report.damaged_bytes;
  return json;
}

std::string text_of(const ops::LostEntry& lost) {
  if (lost.lost_bytes == 0) return lost.path + ": lost";
  if (lost.lost_bytes >= lost.size) return fmt::format("{}: lost, {}", lost.path, bytes_text(lost.size));
  constexpr std::size_t kShown = 5;
  std::string ranges;
  for (std::size_t i = 0; i < std::min(kShown, lost.ranges.size()); ++i)
    ranges += fmt::format("{}{} at {}", i == 0 ? "" : ", ", lost.ranges[i].bytes, lost.ranges[i].offset);
  if (lost.ranges.size() > kShown) ranges += ", …";
  return fmt::format("{}: {}, {} bytes of {} lost ({})", lost.path, lost.kept_in_part ? "kept in part" : "left out", lost.lost_bytes, lost.size, ranges);
}

void say_lost(const ops::RecoverReport& report, Messages& messages) {
  for (const std::string& part : report.missing_parts) messages.error(part + ": this part of the package is missing, or is none of its own");
  constexpr std::size_t kShown = 1000;
  for (std::size_t i = 0; i < std::min(kShown, report.lost.size()); ++i) messages.error(text_of(report.lost[i]));
  const std::uint64_t all = report.lost.size() + report.lost_left_out;
  if (all > kShown) messages.error(fmt::format("and {} more entries (--json names them)", count_text(all - kShown)));
  if (report.unnamed_entries != 0) messages.error(fmt::format("{} entries whose names are lost, too", count_text(report.unnamed_entries)));
}

void say_generation(const ops::RecoverReport& report, Messages& messages) {
  if (report.generation == 0) {
    messages.error("no commit can be read: the entries are those that were listed before the damage");
  } else if (report.is_whole && report.newest_generation > report.generation) {
    messages.error(fmt::format("generation {} is damaged: generation {} is the newest that is whole", report.newest_generation, report.generation));
    messages.hint("--newest takes what can be had of the newest");
  }
  if (report.unfinished_frames != 0)
    messages.error("a later generation was not finished, or what completes it is lost: of that nothing was taken");
  if (report.from_manifests != 0 && report.generation != 0)
    messages.error(fmt::format("the catalog has a gap: {} entries are as they were listed while they were packed", count_text(report.from_manifests)));
}

int report_on(const ops::RecoverReport& report, const Options& options, Messages& messages, Io& io) {
  messages.clear_status_line();
  if (options.json) {
    OutputBuffer out(io.out);
    out.append(json_of(report).dump(2) + "\n");
    if (const auto written = out.finish(); !written) return messages.error(written.error());
  } else {
    say_generation(report, messages);
    say_lost(report, messages);
  }
  messages.note(fmt::format("{}: {} entries saved, {}; {}", options.recover.output_path, count_text(report.saved_entries), bytes_text(report.saved_bytes),
                            report.is_complete() ? "nothing is lost" : "not all that there was"));
  return report.is_complete() ? kDone : kDamaged;
}

int recover(Options& options, Messages& messages, Io& io) {
  ops::RecoverOptions& recover = options.recover;
  const auto keys = [&]() -> Result<void> {
    NPK_ASSIGN(recover.identities, identities_of(options.keys, options.package));
    NPK_ASSIGN(recover.recipients, recipients_of(options.recipients, options.package));
    return {};
  };
  if (const auto given = keys(); !given) return messages.error(given.error());
  recover.threads = static_cast<unsigned>(options.threads);
  if (options.fast) recover.preset = Preset::fast;
  if (options.max) recover.preset = Preset::max;
  recover.progress = progress_line(io, messages, options.quiet || options.json);
  const auto report = ops::recover(options.package, recover);
  if (report) return report_on(*report, options, messages, io);
  messages.clear_status_line();
  const int code = messages.error(report.error());
  hint_at_keys(report.error(), messages);
  return code;
}

}  // namespace
}  // namespace recover_verb

int run_recover(const Arguments& arguments, Io& io) {
  using namespace recover_verb;
  Messages messages(io, "recover");
  Options options;
  options.recover.stop = io.stop;
  OptionParser parser(kHelp, messages);
  parser.text("-o,--output", options.recover.output_path);
  parser.flag("--partial", options.recover.partial);
  parser.flag("--newest", options.recover.newest);
  parser.flag("--fast", options.fast);
  parser.flag("--max", options.max);
  parser.excludes("--fast", "--max");
  parser.number("--threads", options.threads, 1, 1024);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  define_identities(parser, options.keys);
  define_new_recipients(parser, options.recipients);
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  messages.set_quiet(options.quiet);
  if (options.recover.output_path.empty()) {
    messages.error("-o FILE: where the new package is to be written");
    return kUsage;
  }
  return recover(options, messages, io);
}

}  // namespace npk::tools
