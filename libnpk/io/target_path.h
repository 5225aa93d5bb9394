// Where a file that is written under another name first will lie, and what that other name is.
#pragma once

#include <sys/stat.h>
#include <string>
#include <string_view>

#include "npk/result.h"

namespace npk::io {

struct SplitPath {
  std::string directory;
  std::string name;

  [[nodiscard]] std::string path_of(std::string_view other_name) const { return (directory + '/').append(other_name); }
};

[[nodiscard]] SplitPath split_path(const std::string& path);

// The path of the file that `path` leads to through symbolic links; that file need not exist.
[[nodiscard]] Result<std::string> follow_links(std::string path);

// Of a file beside the one that `path` leads to: hidden_name() in its directory.
[[nodiscard]] Result<std::string> path_beside(const std::string& path, std::string_view ending);

// `.NAME` and the ending, the name cut where that would be too long.
[[nodiscard]] std::string hidden_name(const std::string& name, std::string_view ending);

// Of the file that `file` is to replace. The owner follows only where the system lets it; the permissions must (io).
[[nodiscard]] Result<void> take_over_owner_and_mode(int file, const struct stat& old, std::string_view shown);

}  // namespace npk::io
