// The attributes of entries that a change sets or takes away (npk/format/entry_attributes.h).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/format/catalog.h"
#include "npk/format/path.h"
#include "npk/format/package_metadata.h"
#include "npk/ops/append.h"
#include "npk/reader.h"
#include "ops/write/path_ranges.h"

namespace npk::ops {

// The attributes of one entry that no file system has, by name.
using PackageAttributes = std::map<std::string, std::string, std::less<>>;

[[nodiscard]] PackageAttributes package_attributes_of(const format::EntryRow& row);
// The row's attributes with `attributes` in place of those that no file system has, in order. Views of both.
void replace_package_attributes(const format::EntryRow& row, const PackageAttributes& attributes, std::vector<format::Xattr>& out);

class AttributeChanges {
 public:
  // A change of a hard-linked file of `before` is one of all its names. Errors: misuse (a name or value that is none), those of reading.
  [[nodiscard]] static Result<AttributeChanges> make(const std::vector<AttributeChange>& changes, const PackageReader& before);

  [[nodiscard]] bool meet(const PathInterval& interval) const noexcept;
  [[nodiscard]] bool hold(std::string_view path) const noexcept { return by_path_.contains(path); }
  // To an entry of the new generation.
  void apply(std::string_view path, PackageAttributes& attributes);
  // not_found, unless each path that was named has been met.
  [[nodiscard]] Result<void> check() const;

 private:
  struct PathOrder {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return format::path_less(a, b); }
  };
  struct Change {
    std::map<std::string, std::optional<std::string>> values;
    bool is_named = true;  // else a further name of a file
    bool is_met = false;
  };
  Result<void> add_other_names(const PackageReader& before);

  std::map<std::string, Change, PathOrder> by_path_;
};

// misuse for what would be no metadata.
[[nodiscard]] Result<format::PackageMetadata> changed_metadata(format::PackageMetadata metadata, const std::vector<MetadataChange>& changes);

}  // namespace npk::ops
