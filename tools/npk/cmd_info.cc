#include <algorithm>
#include <fmt/format.h>

#include "amounts.h"
#include "block_table.h"
#include "commit_signatures.h"
#include "exit_code.h"
#include "json_text.h"
#include "npk/format/package_metadata.h"
#include "npk/ops/hash.h"
#include "npk/ops/inspect.h"
#include "opened_package.h"
#include "output_buffer.h"
#include "statement_records.h"
#include "verbs.h"

namespace npk::tools {
namespace info_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk info [--json | --statement | --minisig] [--blocks] PACKAGE

Totals, ratio by codec and by file type, deduplication, what the catalog costs, protection, and signatures: of those only what
--signer names is checked.

  --json       one document (see JSON.md)
  --statement  only the bytes that are signed, to standard output
  --minisig    only the newest signature of them, or that of --signer: `minisign -Vm STATEMENT -x MINISIG` checks it
  -i, --identity FILE  opens a sealed package: a file of age-keygen, or an ed25519 key of ssh-keygen; -p, --passphrase
                       with a passphrase; --passphrase-fd N with the first line behind descriptor N
  --signer KEY         only what this minisign key signed: a line RW... or a .pub file; given again, each of them
  --expect-commit HASH  only this state of the package, as `npk info` shows it
  --at N|TIME          generation N, or the newest not after TIME (2026-11-24, 2026-11-24T09:30:00Z); `npk log` lists them
  --spool SIZE         PACKAGE - is kept first, in a file without a name of at most SIZE (K, M, G)

examples:
  npk info src.npk
  npk info --json src.npk | jq .ratio
  npk info --blocks src.npk
  npk info --statement src.npk >s && npk info --minisig src.npk >s.minisig && minisign -Vm s -p key.pub
)";

struct Options {
  bool json = false;
  bool statement = false;
  bool minisig = false;
  bool blocks = false;
  std::string package;
  ReadingOptions reading;
};

using ops::ByteCosts;
using ops::InspectReport;

struct Cost {
  const char* name;
  std::uint64_t ByteCosts::*bytes;
};

constexpr Cost kCosts[] = {{"blocks", &ByteCosts::blocks},           {"dictionaries", &ByteCosts::dictionaries},
                           {"catalog_pages", &ByteCosts::catalog_pages}, {"chunk_pages", &ByteCosts::chunk_pages},
                           {"manifests", &ByteCosts::manifests},     {"commits", &ByteCosts::commits},
                           {"parity", &ByteCosts::parity},
                           {"others", &ByteCosts::others}};

const char* method_name(format::ChunkingMethod method) noexcept {
  switch (method) {
    case format::ChunkingMethod::none: return "none";
    case format::ChunkingMethod::gear: return "gear";
    case format::ChunkingMethod::fixed: return "fixed";
  }
  return "unknown";
}

std::uint64_t data_bytes(const format::Totals& totals) noexcept { return totals.content_bytes - std::min(totals.hole_bytes, totals.content_bytes); }

Json totals_json(const format::Totals& totals) {
  return {{"entries", totals.entries},           {"files", totals.files},         {"directories", totals.directories},
          {"content_bytes", totals.content_bytes}, {"hole_bytes", totals.hole_bytes}, {"chunks", totals.chunks},
          {"blocks", totals.blocks},             {"unique_bytes", totals.unique_bytes}, {"stored_bytes", totals.stored_bytes}};
}

Json types_json(const InspectReport& report) {
  Json types = Json::object();
  for (const auto& [ending, share] : report.types) {
    types[to_utf8(ending)] = {{"files", share.files},
                              {"content_bytes", share.content_bytes},
                              {"unique_bytes", share.unique_bytes},
                              {"stored_bytes_estimate", share.stored_bytes}};
  }
  return types;
}

Json protections_json(const InspectReport& report) {
  Json list = Json::array();
  for (const ops::Protection& protection : report.protections)
    list.push_back({{"begin", protection.begin}, {"end", protection.end}, {"parity_bytes", protection.parity_bytes}, {"shard_bytes", protection.shard_bytes},
                    {"data_shards", protection.data_shards}, {"parity_shards", protection.parity_shards}, {"stripes", protection.stripes}});
  return list;
}

std::string protections_text(const InspectReport& report) {
  std::string text;
  for (const ops::Protection& protection : report.protections)
    text += fmt::format("{:<14}bytes {} to {}: any {} of {} shards of {} bytes may be lost, in each of {} stripes\n", text.empty() ? "protected" : "",
                        protection.begin, protection.end, protection.parity_shards, protection.data_shards + protection.parity_shards,
                        protection.shard_bytes, count_text(protection.stripes));
  return text;
}

Json metadata_json(const format::Commit& commit) {
  Json json = Json::object();
  for (const auto& [name, value] : format::package_metadata(commit.placement)) json[name] = value;
  return json;
}

std::string metadata_text(const format::Commit& commit) {
  std::string text;
  for (const auto& [name, value] : format::package_metadata(commit.placement)) text += fmt::format("{:<14}{}\n", printable(name), printable(value));
  return text;
}

Json json_of(const InspectReport& report, const CommitSignatures& signatures) {
  const format::Statement& statement = report.info.commit.statement;
  const format::Placement& placement = report.info.commit.placement;
  Json json = {{"format", "npk-info-1"},
               {"package_id", ops::hex_of(report.info.superblock.package_id)},
               {"package_bytes", report.info.package_length},
               {"package_offset", report.info.package_offset},
               {"generation", statement.generation},
               {"time", rfc3339(statement.time_seconds, statement.time_nanoseconds)},
               {"message", to_utf8(statement.message)},
               {"metadata", metadata_json(report.info.commit)},
               {"commit", ops::hex_of(report.info.statement_hash)},
               {"signatures", signatures.json()},
               {"records", records_json(report.info.commit)},
               {"content_root", ops::hex_of(statement.content_root)},
               {"storage_root", ops::hex_of(statement.storage_root)},
               {"totals", totals_json(placement.totals)},
               {"symlinks", report.symlinks},
               {"devices", report.devices},
               {"hard_links", report.hard_links}};
  const std::uint64_t data = data_bytes(placement.totals);
  json["ratio"] = report.info.package_length == 0 ? 0.0 : static_cast<double>(data) / static_cast<double>(report.info.package_length);
  json["duplicate_bytes"] = report.duplicate_bytes;
  Json& costs = json["bytes"] = Json::object();
  for (const Cost& cost : kCosts) costs[cost.name] = report.costs.*cost.bytes;
  json["protections"] = protections_json(report);
  Json& codecs = json["codecs"] = Json::object();
  for (const auto& [name, share] : report.codecs)
    codecs[name] = {{"blocks", share.blocks}, {"raw_bytes", share.raw_bytes}, {"stored_bytes", share.stored_bytes}};
  json["types"] = types_json(report);
  const format::Chunking& chunking = placement.chunking;
  json["chunking"] = {{"method", method_name(chunking.method)},   {"minimum", chunking.minimum_bytes}, {"average", chunking.average_bytes},
                      {"maximum", chunking.maximum_bytes},        {"seed", chunking.seed}};
  json["recovered"] = report.info.recovered;
  Json& warnings = json["warnings"] = Json::array();
  for (const Error& warning : report.info.warnings) warnings.push_back(to_utf8(warning.to_string()));
  return json;
}

std::string totals_text(const InspectReport& report) {
  const format::Totals& totals = report.info.commit.placement.totals;
  const std::uint64_t data = data_bytes(totals);
  std::string text = fmt::format("entries       {}: {} files, {} directories, {} symbolic links, {} devices and FIFOs; {} are further hard links\n",
                                 count_text(totals.entries), count_text(totals.files), count_text(totals.directories), count_text(report.symlinks),
                                 count_text(report.devices), count_text(report.hard_links));
  text += fmt::format("content       {} ({} in holes)\n", bytes_text(totals.content_bytes), bytes_text(totals.hole_bytes));
  text += fmt::format("found twice   {} ({} of the data)\n", bytes_text(report.duplicate_bytes), percent_text(report.duplicate_bytes, data));
  text += fmt::format("unique        {} in {} chunks, {} blocks\n", bytes_text(totals.unique_bytes), count_text(totals.chunks), count_text(totals.blocks));
  text += fmt::format("package       {}, {}\n", bytes_text(report.info.package_length), ratio_text(data, report.info.package_length));
  return text;
}

std::string statement_text(const InspectReport& report) {
  const format::Statement& statement = report.info.commit.statement;
  const format::Chunking& chunking = report.info.commit.placement.chunking;
  std::string text = fmt::format("package id    {}\n", ops::hex_of(report.info.superblock.package_id));
  text += fmt::format("generation    {} of {}\n", statement.generation, rfc3339(statement.time_seconds, statement.time_nanoseconds));
  if (!statement.message.empty()) text += "message       " + printable(statement.message) + "\n";
  text += metadata_text(report.info.commit);
  text += "commit        " + ops::hex_of(report.info.statement_hash) + "\n";
  text += "content root  " + ops::hex_of(statement.content_root) + "\n";
  text += "storage root  " + ops::hex_of(statement.storage_root) + "\n";
  text += fmt::format("cut           {}", method_name(chunking.method));
  if (chunking.method != format::ChunkingMethod::none)
    text += fmt::format(": {} to {}, on average {} bytes", chunking.minimum_bytes, chunking.maximum_bytes, chunking.average_bytes);
  return text + "\n";
}

std::string costs_text(const InspectReport& report) {
  std::string text = "\nwhere the bytes are\n";
  for (const Cost& cost : kCosts) {
    const std::uint64_t bytes = report.costs.*cost.bytes;
    std::string name = cost.name;
    std::ranges::replace(name, '_', ' ');
    text += fmt::format("  {:<16}{:>12}{:>9}\n", name, bytes_text(bytes), percent_text(bytes, report.info.package_length));
  }
  return text;
}

std::string codecs_text(const InspectReport& report) {
  std::string text = "\ncodec           blocks         raw      stored       ratio\n";
  for (const auto& [name, share] : report.codecs) {
    text += fmt::format("  {:<12}{:>8}{:>12}{:>12}{:>12}\n", name, count_text(share.blocks), bytes_text(share.raw_bytes),
                        bytes_text(share.stored_bytes), ratio_text(share.raw_bytes, share.stored_bytes));
  }
  return text;
}

// The largest, and the rest in one line; --json has all.
std::string types_text(const InspectReport& report) {
  constexpr std::size_t kShown = 15;
  std::vector<std::pair<std::string, ops::TypeShare>> types(report.types.begin(), report.types.end());
  std::ranges::sort(types, {}, [](const auto& type) { return std::pair(~type.second.content_bytes, std::string_view(type.first)); });
  if (types.size() > kShown + 1) {
    ops::TypeShare& rest = types[kShown].second;
    for (std::size_t i = kShown + 1; i < types.size(); ++i) {
      rest.files += types[i].second.files;
      rest.content_bytes += types[i].second.content_bytes;
      rest.unique_bytes += types[i].second.unique_bytes;
      rest.stored_bytes += types[i].second.stored_bytes;
    }
    types[kShown].first = fmt::format("({} others)", types.size() - kShown);
    types.resize(kShown + 1);
  }
  std::string text = "\ntype             files     content      unique     stored*       ratio\n";
  for (const auto& [ending, share] : types) {
    text += fmt::format("  {:<13}{:>7}{:>12}{:>12}{:>12}{:>12}\n", ending.empty() ? "(none)" : printable(ending), count_text(share.files),
                        bytes_text(share.content_bytes), bytes_text(share.unique_bytes), bytes_text(share.stored_bytes),
                        ratio_text(share.unique_bytes, share.stored_bytes));
  }
  return text + "  * estimated: each chunk's share of its block\n";
}

int show(const PackageReader& package, const CommitSignatures& signatures, bool json, Messages& messages, OutputBuffer& out) {
  const auto report = ops::inspect(package);
  if (!report) return messages.error(report.error());
  if (json) out.append(json_of(*report, signatures).dump(2) + "\n");
  else
    out.append(totals_text(*report) + statement_text(*report) + signatures.text() + records_text(report->info.commit) + protections_text(*report) +
               costs_text(*report) + codecs_text(*report) + types_text(*report));
  return kDone;
}

int show_blocks(const PackageReader& package, bool json, Messages& messages, OutputBuffer& out) {
  const auto shown = json ? append_blocks_json(package, out) : append_blocks_text(package, out);
  return shown ? kDone : messages.error(shown.error());
}

int show_statement(const PackageReader& package, Messages& messages, OutputBuffer& out) {
  if (is_incomplete(package)) {
    messages.error("there is no commit, so no statement");
    return kDamaged;
  }
  out.append(as_text(format::encode_statement(package.info().commit.statement)));
  return kDone;
}

int show_minisig(const CommitSignatures& signatures, Messages& messages, OutputBuffer& out) {
  const auto newest = signatures.newest_of_commit();
  if (newest) out.append(newest->to_file());
  else messages.error("the newest commit is not signed");
  return newest ? kDone : kSomeFailed;
}

int info(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  OutputBuffer out(io.out);
  const auto signatures = CommitSignatures::read(package, options.reading.expectation);
  if (!signatures) return messages.error(signatures.error());
  const int code = options.statement ? show_statement(package, messages, out)
                   : options.minisig ? show_minisig(*signatures, messages, out)
                   : options.blocks  ? show_blocks(package, options.json, messages, out)
                                     : show(package, *signatures, options.json, messages, out);
  const auto written = out.finish();
  return written ? code : messages.error(written.error());
}

}  // namespace
}  // namespace info_verb

int run_info(const Arguments& arguments, Io& io) {
  using namespace info_verb;
  Messages messages(io, "info");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.flag("--json", options.json);
  parser.flag("--statement", options.statement);
  parser.flag("--minisig", options.minisig);
  parser.flag("--blocks", options.blocks);
  define_reading(parser, options.reading);
  parser.excludes("--json", "--statement");
  parser.excludes("--json", "--minisig");
  parser.excludes("--statement", "--minisig");
  parser.excludes("--statement", "--blocks");
  parser.excludes("--minisig", "--blocks");
  parser.operand("PACKAGE", options.package);
  if (const auto code = parser.parse(arguments, io)) return *code;
  return with_package(options.package, options.reading, messages, [&](const PackageReader& package) { return info(package, options, messages, io); });
}

}  // namespace npk::tools
