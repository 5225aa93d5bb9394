// What a package says of itself, on the command line: its name, version, application, vendor, comment and tags.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "npk/ops/append.h"
#include "npk/ops/tags.h"
#include "option_parser.h"

namespace npk::tools {

struct MetadataOptions {
  std::optional<std::string> name, version, application, vendor, comment;
  std::vector<std::string> tags;  // KEY=VALUE
};

// --name, --package-version, --application, --vendor.
void define_identity_of_package(OptionParser& parser, MetadataOptions& options);
// These, --comment and --tag.
void define_metadata(OptionParser& parser, MetadataOptions& options);
// In the order of names; an empty text takes a pair away. Errors: misuse.
[[nodiscard]] Result<std::vector<ops::MetadataChange>> metadata_changes(const MetadataOptions& options);
// Of a package that has none yet.
[[nodiscard]] Result<format::PackageMetadata> new_metadata(const MetadataOptions& options);

struct KeyAndValue {
  std::string key, value;
};
// Of KEY=VALUE; `option` is named where that is wrong (misuse).
[[nodiscard]] Result<KeyAndValue> key_and_value(const std::string& text, std::string_view option);
// Of KEY or KEY=VALUE, given with --tag (misuse).
[[nodiscard]] Result<std::vector<ops::TagCondition>> tag_conditions(const std::vector<std::string>& texts);
[[nodiscard]] Result<void> check_tag_key(std::string_view key, std::string_view option);

}  // namespace npk::tools
