#include "metadata_options.h"

#include "npk/format/entry_attributes.h"

namespace npk::tools {
namespace {

void add(std::vector<ops::MetadataChange>& changes, const char* name, const std::optional<std::string>& text) {
  if (!text) return;
  changes.push_back({name, text->empty() ? std::nullopt : text});
}

}  // namespace

void define_identity_of_package(OptionParser& parser, MetadataOptions& options) {
  parser.text("--name", options.name);
  parser.text("--package-version", options.version);
  parser.text("--application", options.application);
  parser.text("--vendor", options.vendor);
}

void define_metadata(OptionParser& parser, MetadataOptions& options) {
  define_identity_of_package(parser, options);
  parser.text("--comment", options.comment);
  parser.texts("--tag", options.tags);
}

Result<void> check_tag_key(std::string_view key, std::string_view option) {
  const std::string name = std::string(format::kEntryTagPrefix) + std::string(key);
  if (!key.empty() && format::is_metadata_name(name)) return {};
  return fail(Errc::misuse, std::string(option) + ": the key of a tag is UTF-8 without control characters, of 1 to 247 bytes");
}

Result<KeyAndValue> key_and_value(const std::string& text, std::string_view option) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos) return fail(Errc::misuse, std::string(option) + ": '" + text + "' is not KEY=VALUE");
  NPK_TRY(check_tag_key(text.substr(0, equals), option));
  return KeyAndValue{text.substr(0, equals), text.substr(equals + 1)};
}

Result<std::vector<ops::MetadataChange>> metadata_changes(const MetadataOptions& options) {
  std::vector<ops::MetadataChange> changes;
  add(changes, "application", options.application);
  add(changes, "comment", options.comment);
  add(changes, "name", options.name);
  for (const std::string& tag : options.tags) {
    NPK_ASSIGN(const KeyAndValue pair, key_and_value(tag, "--tag"));
    changes.push_back({std::string(format::kPackageTagPrefix) + pair.key, pair.value});
  }
  add(changes, "vendor", options.vendor);
  add(changes, "version", options.version);
  return changes;
}

Result<format::PackageMetadata> new_metadata(const MetadataOptions& options) {
  NPK_ASSIGN(const auto changes, metadata_changes(options));
  format::PackageMetadata metadata;
  for (const ops::MetadataChange& change : changes) {
    if (change.value) metadata[change.name] = *change.value;
  }
  return metadata;
}

Result<std::vector<ops::TagCondition>> tag_conditions(const std::vector<std::string>& texts) {
  std::vector<ops::TagCondition> conditions;
  for (const std::string& text : texts) {
    const std::size_t equals = text.find('=');
    NPK_TRY(check_tag_key(std::string_view(text).substr(0, equals), "--tag"));
    conditions.push_back({text.substr(0, equals), equals == std::string::npos ? std::nullopt : std::optional(text.substr(equals + 1))});
  }
  return conditions;
}

}  // namespace npk::tools
