// Globs of what is taken out of a package, each of which must fit something.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "npk/result.h"
#include "tree/glob.h"

namespace npk::ops {

// Not thread-safe.
class Removal {
 public:
  explicit Removal(const std::vector<std::string>& globs);

  [[nodiscard]] bool takes(std::string_view path);
  // not_found, naming it, for a glob that has taken nothing. `of`: "the package".
  [[nodiscard]] Result<void> check(std::string_view of) const;

 private:
  struct Glob {
    std::string text;
    tree::PatternList pattern;
    bool matched;
  };
  std::vector<Glob> globs_;
};

}  // namespace npk::ops
