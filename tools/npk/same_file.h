// An output must not take the place of what it is about.
#pragma once

#include <string>

namespace npk::tools {

// The same path, or both there and the same file.
[[nodiscard]] bool is_same_file(const std::string& one, const std::string& other);

}  // namespace npk::tools
