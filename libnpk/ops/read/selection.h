// Which entries are to be extracted, and where to.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tree/glob.h"

namespace npk::ops {

// One thread.
class Selection {
 public:
  Selection(const std::vector<std::string>& globs, unsigned strip_components);

  // The path to extract it to: a view of `path`. Nothing if it is not selected, or nothing is left of it.
  [[nodiscard]] std::optional<std::string_view> place_of(std::string_view path);
  // Those that have selected nothing so far.
  [[nodiscard]] std::vector<std::string> unmatched() const;
  // Without patterns and wildcards: the paths asked for. Nothing if any entry may be selected.
  [[nodiscard]] const std::optional<std::vector<std::string>>& literal_paths() const noexcept { return literal_paths_; }

 private:
  struct Glob {
    std::string text;
    tree::PatternList pattern;
    bool matched = false;
  };
  std::vector<Glob> globs_;
  std::optional<std::vector<std::string>> literal_paths_;
  unsigned strip_components_;
};

}  // namespace npk::ops
