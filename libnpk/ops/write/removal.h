// Globs of what is taken out of a package, each of which must fit something.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "npk/result.h"
#include "ops/write/path_ranges.h"
#include "tree/glob.h"

namespace npk::ops {

// Not thread-safe.
class Removal {
 public:
  explicit Removal(const std::vector<std::string>& globs);

  [[nodiscard]] bool takes(std::string_view path);
  // Whether some path of the interval may fit.
  [[nodiscard]] bool meets(const PathInterval& interval) const noexcept;
  // not_found, naming it, for a glob that has taken nothing. `of`: "the package".
  [[nodiscard]] Result<void> check(std::string_view of) const;

 private:
  struct Glob {
    std::string text;
    tree::PatternList pattern;
    std::string start;  // all that it fits begins with these bytes
    bool matched;
  };
  std::vector<Glob> globs_;
};

}  // namespace npk::ops
