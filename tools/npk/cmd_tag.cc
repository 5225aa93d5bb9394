#include "entry_text.h"
#include "exit_code.h"
#include "json_text.h"
#include "metadata_options.h"
#include "npk/format/entry_attributes.h"
#include "output_buffer.h"
#include "tag_change.h"
#include "verbs.h"

namespace npk::tools {
namespace tag_verb {
namespace {

constexpr std::string_view kHelp = R"(usage: npk tag [OPTION]... PACKAGE [ENTRY...]

Lists the tags of entries, or without ENTRY those of the package itself; or changes them, from the next generation on. An
entry inherits the tags of the directories it lies in, and of the package; the nearest holds, and an empty value takes an
inherited tag away. Files that are extracted get none of this.

  --set KEY=VALUE          sets a tag; given again, several
  --unset KEY              takes a tag away
  --inherited              lists the tags that hold for each ENTRY, those it inherits as well
  --name TEXT, --package-version TEXT, --application ID, --vendor ID
                           what the package is; an empty text takes it away
  --message TEXT           kept with the generation
  --append-to-signed       also where the newest generation is signed; the new one is not
  --json                   tags, or a report of the change, as JSON on standard output (see JSON.md)
  -q, --quiet              no summary
  -i, --identity FILE  opens a sealed package; -p, --passphrase with a passphrase; --passphrase-fd N with the first line
                       behind descriptor N
  --signer KEY, --expect-commit HASH, --at N|TIME, --spool SIZE
                           where tags are listed, as of npk list

examples:
  npk tag src.npk src/main.c --set review=done --set owner=ann
  npk tag --package-version 1.2 src.npk
  npk list --tag review=done src.npk
)";

struct Options {
  TagCommand command;
  MetadataOptions metadata;
  std::vector<std::string> set, unset, entries;
  bool inherited = false;
};

struct TaggedEntry {
  std::string path;  // empty: the package
  ops::Tags tags;
};

Result<TaggedEntry> tags_of(const PackageReader& package, const std::string& given, bool inherited) {
  TaggedEntry tagged{.path = stored_path(given), .tags = {}};
  NPK_ASSIGN(const auto entry, package.find(tagged.path));
  if (!entry) return fail(Errc::not_found, "'" + given + "' is no entry of the package");
  if (!inherited) return tagged.tags = ops::own_tags(entry->row()), tagged;
  NPK_ASSIGN(tagged.tags, ops::EffectiveTags(package).of(entry->row()));
  return tagged;
}

Result<std::vector<TaggedEntry>> tags_of_all(const PackageReader& package, const Options& options) {
  std::vector<TaggedEntry> all;
  if (options.entries.empty()) all.push_back({"", ops::package_tags(package)});
  for (const std::string& entry : options.entries) {
    NPK_ASSIGN(TaggedEntry tagged, tags_of(package, entry, options.inherited));
    all.push_back(std::move(tagged));
  }
  return all;
}

std::string json_of(const std::vector<TaggedEntry>& all) {
  Json json = {{"format", "npk-tag-1"}, {"entries", Json::array()}};
  for (const TaggedEntry& tagged : all) {
    Json entry = Json::object();
    if (!tagged.path.empty()) set_json_name(entry, "path", tagged.path);
    Json& tags = entry["tags"] = Json::object();
    for (const auto& [key, value] : tagged.tags) tags[to_utf8(key)] = to_utf8(value);
    json["entries"].push_back(std::move(entry));
  }
  return json.dump(2) + "\n";
}

std::string text_of(const std::vector<TaggedEntry>& all, bool for_terminal) {
  std::string text;
  for (const TaggedEntry& tagged : all) {
    for (const auto& [key, value] : tagged.tags) {
      const std::string line = (all.size() > 1 ? tagged.path + ": " : "") + key + "=" + value;
      text += (for_terminal ? printable(line) : line) + "\n";
    }
  }
  return text;
}

int list_tags(const PackageReader& package, const Options& options, Messages& messages, Io& io) {
  const auto all = tags_of_all(package, options);
  if (!all && all.error().code == Errc::not_found) return messages.error(all.error().to_string()), kSomeFailed;
  if (!all) return messages.error(all.error());
  OutputBuffer out(io.out);
  out.append(options.command.change.json ? json_of(*all) : text_of(*all, io.out_is_terminal));
  const auto written = out.finish();
  return written ? kDone : messages.error(written.error());
}

// Of each entry, or of the package.
void add_change(Options& options, const std::string& key, const std::optional<std::string>& value) {
  ops::AppendOptions& append = options.command.append;
  if (options.entries.empty()) append.metadata.push_back({std::string(format::kPackageTagPrefix) + key, value});
  for (const std::string& entry : options.entries)
    append.attributes.push_back({stored_path(entry), std::string(format::kEntryTagPrefix) + key, value});
}

Result<void> complete(Options& options) {
  NPK_ASSIGN(options.command.append.metadata, metadata_changes(options.metadata));
  for (const std::string& text : options.unset) {
    NPK_TRY(check_tag_key(text, "--unset"));
    add_change(options, text, std::nullopt);
  }
  for (const std::string& text : options.set) {
    NPK_ASSIGN(const KeyAndValue pair, key_and_value(text, "--set"));
    add_change(options, pair.key, pair.value);
  }
  const bool is_change = !options.command.append.metadata.empty() || !options.command.append.attributes.empty();
  if (is_change && options.inherited) return fail(Errc::misuse, "--inherited lists tags: it does not go with a change");
  if (options.inherited && options.entries.empty()) return fail(Errc::misuse, "--inherited: ENTRY is missing: the package inherits nothing");
  return {};
}

}  // namespace
}  // namespace tag_verb

int run_tag(const Arguments& arguments, Io& io) {
  using namespace tag_verb;
  Messages messages(io, "tag");
  Options options;
  OptionParser parser(kHelp, messages);
  parser.texts("--set", options.set);
  parser.texts("--unset", options.unset);
  parser.flag("--inherited", options.inherited);
  define_identity_of_package(parser, options.metadata);
  define_tag_command(parser, options.command);
  parser.operands("ENTRY", options.entries);
  if (const auto code = parser.parse(arguments, io)) return *code;
  if (const auto completed = complete(options); !completed) return messages.error(completed.error());
  const ops::AppendOptions& append = options.command.append;
  if (!append.metadata.empty() || !append.attributes.empty()) return run_tag_change(options.command, messages, io);
  return with_package(append.package_path, options.command.reading, messages,
                      [&](const PackageReader& package) { return list_tags(package, options, messages, io); });
}

}  // namespace npk::tools
