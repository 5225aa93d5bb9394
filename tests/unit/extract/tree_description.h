// Everything a directory holds, as text, so that two trees can be compared and what differs be read.
#pragma once

#include <map>
#include <string>

namespace npk::testing {

struct DescriptionOptions {
  bool metadata = true;  // modes, owners, times, attributes
  bool holes = true;
};

// Path relative to `root` -> what is there: kind, metadata, content (by hash), holes, link target, the first path of
// its hard link group.
[[nodiscard]] std::map<std::string, std::string> describe_tree(const std::string& root,
                                                               const DescriptionOptions& options = {});

}  // namespace npk::testing
