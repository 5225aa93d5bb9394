// Tags and comments of a package and of its entries. Tags are inherited: those that hold for an entry are its own, then those
// of the directories it lies in, the nearest first, then the package's. A tag of an empty value takes an inherited one away.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "npk/format/package_metadata.h"
#include "npk/reader.h"

namespace npk::ops {

using Tags = std::map<std::string, std::string, std::less<>>;

// Not those it inherits.
[[nodiscard]] Tags own_tags(const EntryRow& row);
[[nodiscard]] std::optional<std::string> comment_of(const EntryRow& row);
// Of the generation that is open.
[[nodiscard]] format::PackageMetadata metadata_of(const PackageReader& package);
[[nodiscard]] Tags package_tags(const PackageReader& package);

// An entry is meant if the tag holds for it, with this value if there is one.
struct TagCondition {
  std::string key;
  std::optional<std::string> value;
};

// The tags that hold for entries, asked one after another; quickest in path order. One thread; the package outlives it.
class EffectiveTags {
 public:
  explicit EffectiveTags(const PackageReader& package);
  EffectiveTags(EffectiveTags&&) noexcept;
  EffectiveTags& operator=(EffectiveTags&&) noexcept;
  ~EffectiveTags();

  // Errors: as reading; limit (the tags of its directories take more than 16 MiB).
  [[nodiscard]] Result<Tags> of(const EntryRow& row);
  // Whether it meets all conditions.
  [[nodiscard]] Result<bool> meet(const EntryRow& row, const std::vector<TagCondition>& conditions);

 private:
  class Directories;
  std::unique_ptr<Directories> directories_;
};

}  // namespace npk::ops
