#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <span>

#include "accel_text.h"
#include "amounts.h"
#include "exit_code.h"
#include "json_text.h"
#include "opened_package.h"
#include "npk/files.h"
#include "npk/ops/hash.h"
#include "npk/ops/verify.h"
#include "output_buffer.h"
#include "profile_option.h"
#include "progress_line.h"
#include "verbs.h"

namespace npk::tools {
namespace verify_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk verify [--quick | --part K/N] [--threads N] [--profile FILE] [--json] [-q | -v] PACKAGE

Checks every byte of every frame, every reference, every chunk's hash and every file's digest (but of files with more
than 16 GiB of holes), and goes on after damage. If something is wrong: exit code 3, where it is, and which files it costs.

  --quick      everything but the contents of blocks: all of the metadata, and that each block has its place
  --part K/N   of the blocks, only the K-th of N parts; N runs check everything
  --threads N  as many as processors by default
  --profile FILE  where the time went, by stage and codec: FILE.json, .csv, .txt, or .trace.json for Perfetto
  --accel MODE  where chunks are hashed: off (this processor; the default, or what NPK_ACCEL says), opencl, cuda, or auto: a device that is
               measured to be faster than these threads; the result is the same (`npk accel` shows devices)
  --json       one document (see JSON.md)
  -q, --quiet  nothing but what is wrong
  -v, --verbose  also where chunks were hashed
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk verify src.npk
  npk verify --part 3/7 archive.npk      one part each day of the week
)";

struct Options {
  bool quick = false;
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::uint64_t threads = 0;
  std::string part;
  std::optional<std::string> accel;
  std::string package;
  ReadingOptions reading;
  ProfileOption profile;
};

// "3/7" into 3 and 7.
bool parse_part(const std::string& text, ops::VerifyOptions& options) {
  const char* end = text.data() + text.size();
  const auto [slash, wrong_part] = std::from_chars(text.data(), end, options.part);
  if (wrong_part != std::errc() || slash == end || *slash != '/') return false;
  const auto [last, wrong_parts] = std::from_chars(slash + 1, end, options.parts);
  return wrong_parts == std::errc() && last == end && options.part >= 1 && options.part <= options.parts;
}

struct Outcome {
  const ops::VerifyReport& report;
  std::span<const SignatureKey> signers;  // in the report's order
};

Json signed_json(const Outcome& outcome) {
  Json list = Json::array();
  for (std::size_t i = 0; i < outcome.report.signed_by.size(); ++i)
    list.push_back({{"key_id", outcome.signers[i].id().to_string()},
                    {"scope", outcome.report.signed_by[i] == SignatureScope::storage ? "storage" : "content"}});
  return list;
}

std::string signed_text(const Outcome& outcome) {
  std::string text;
  for (std::size_t i = 0; i < outcome.report.signed_by.size(); ++i)
    text += fmt::format("signed by {}: {}\n", outcome.signers[i].id().to_string(),
                        outcome.report.signed_by[i] == SignatureScope::storage ? "the package as it is"
                                                                               : "what is packed, before it was written anew in this form");
  return text;
}

Json json_of(const Outcome& outcome, const Options& options) {
  const ops::VerifyReport& report = outcome.report;
  Json json = {{"format", "npk-verify-1"},
               {"ok", report.is_sound()},
               {"checked", options.quick ? "quick" : options.part.empty() ? "all" : options.part},
               {"package_bytes", report.package_bytes},
               {"generation", report.generation},
               {"content_root", ops::hex_of(report.content_root)},
               {"frames", report.frames},
               {"entries", report.entries},
               {"files", report.files},
               {"blocks", report.blocks},
               {"chunks", report.chunks},
               {"decoded_bytes", report.decoded_bytes},
               {"file_digests", report.file_digests}};
  Json& damages = json["damages"] = Json::array();
  for (const ops::Damage& damage : report.damages) {
    Json item = {{"kind", ops::name_of(damage.kind)}, {"code", errc_name(damage.error.code)}};
    if (damage.error.offset) item["offset"] = *damage.error.offset;
    item["message"] = to_utf8(damage.error.message);
    Json& files = item["files"] = Json::array();
    for (const std::string& path : damage.paths) {
      Json file;
      set_json_name(file, "path", path);
      files.push_back(std::move(file));
    }
    damages.push_back(std::move(item));
  }
  json["damages_left_out"] = report.damages_left_out;
  json["digests_left_out"] = report.digests_left_out;
  json["signed_by"] = signed_json(outcome);
  if (report.accel.asked != AccelMode::off) json["accel"] = accel_json(report.accel);
  return json;
}

void say_damage(const ops::Damage& damage, Messages& messages) {
  constexpr std::size_t kNamed = 10;
  messages.error(fmt::format("{}: {}", ops::name_of(damage.kind), damage.error.to_string()));
  for (std::size_t i = 0; i < std::min(kNamed, damage.paths.size()); ++i) messages.error("  costs " + damage.paths[i]);
  if (damage.paths.size() > kNamed) messages.error(fmt::format("  and {} more (--json names all)", count_text(damage.paths.size() - kNamed)));
}

void say_damages(const ops::VerifyReport& report, Messages& messages) {
  constexpr std::size_t kShown = 1000;
  for (std::size_t i = 0; i < std::min(kShown, report.damages.size()); ++i) say_damage(report.damages[i], messages);
  const std::uint64_t all = report.damages.size() + report.damages_left_out;
  if (all > kShown) messages.error(fmt::format("and {} more damages", count_text(all - kShown)));
}

std::string summary(const ops::VerifyReport& report, const Options& options) {
  std::string text = fmt::format("ok: {} frames, {} entries", count_text(report.frames), count_text(report.entries));
  if (options.quick) return text + fmt::format("; the contents of {} blocks were not looked at\n", count_text(report.blocks));
  text += fmt::format(", {} blocks, {} chunks, {}", count_text(report.blocks), count_text(report.chunks), bytes_text(report.decoded_bytes));
  return text + (options.part.empty() ? "\n" : fmt::format(" (part {})\n", options.part));
}

int report_on(const Outcome& outcome, const Options& options, Messages& messages, Io& io) {
  const ops::VerifyReport& report = outcome.report;
  OutputBuffer out(io.out);
  messages.clear_status_line();
  if (options.json) out.append(json_of(outcome, options).dump(2) + "\n");
  else if (report.is_sound() && !options.quiet) out.append(summary(report, options) + signed_text(outcome));
  if (!options.json) say_damages(report, messages);
  if (options.verbose && !options.quick) messages.note(accel_text(report.accel));
  if (const auto written = out.finish(); !written) return messages.error(written.error());
  return report.is_sound() ? kDone : kDamaged;
}

}  // namespace
}  // namespace verify_verb

int run_verify(const Arguments& arguments, Io& io) {
  using namespace verify_verb;
  Messages messages(io, "verify");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("--quick", options.quick);
  parser.text("--part", options.part);
  parser.number("--threads", options.threads, 1, 1024);
  options.profile.define(parser);
  parser.text("--accel", options.accel);
  parser.flag("--json", options.json);
  parser.flag("-q,--quiet", options.quiet);
  parser.flag("-v,--verbose", options.verbose);
  define_reading(parser, options.reading);
  parser.excludes("--quick", "--part");
  parser.excludes("--quick", "--accel");
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;

  ops::VerifyOptions verify;
  verify.quick = options.quick;
  verify.threads = static_cast<unsigned>(options.threads);
  verify.stop = io.stop;
  verify.progress = progress_line(io, messages, options.quiet || options.json);
  if (!options.part.empty() && !parse_part(options.part, verify)) {
    messages.error(fmt::format("--part: '{}' is not K/N with K from 1 to N", options.part));
    return kUsage;
  }
  if (options.accel && !(verify.accel = accel_mode_of(*options.accel))) {
    messages.error(fmt::format("--accel: '{}' is none of off, auto, opencl and cuda", *options.accel));
    return kUsage;
  }
  auto profile = options.profile.begin(options.package);
  if (!profile) return messages.error(profile.error());
  verify.profile = *std::move(profile);
  auto reader = reader_options(options.reading, options.package);
  if (!reader) return messages.error(reader.error());
  verify.identities = std::move(reader->identities);
  verify.generation = reader->generation;
  verify.not_after = reader->not_after;
  verify.expected = std::move(reader->expected);
  auto source = package_source(options.package, options.reading, io);
  if (!source) return messages.error(source.error());
  const auto report = ops::verify(*std::move(source), verify);
  if (report) options.profile.note_device(report->accel);
  if (report) return options.profile.finish(report_on({*report, verify.expected.signers}, options, messages, io), messages);
  const int code = messages.error(report.error());
  hint_at_keys(report.error(), messages);
  return code;
}

}  // namespace npk::tools
