// Path rules and order of the format (spec section 9). A path is bytes; UTF-8 is usual, not required.
#pragma once

#include <compare>
#include <string_view>

#include "npk/result.h"

namespace npk::format {

// Component by component, '/' below every other byte.
[[nodiscard]] std::strong_ordering compare_paths(std::string_view a, std::string_view b) noexcept;
[[nodiscard]] inline bool path_less(std::string_view a, std::string_view b) noexcept { return compare_paths(a, b) < 0; }

// Errc::corrupt for an empty or absolute path, one with an empty, "." or ".." component or a NUL; Errc::limit above max_bytes.
[[nodiscard]] Result<void> check_path(std::string_view path, std::size_t max_bytes);

// Whether `path` is `directory` itself or lies under it. An empty directory holds everything.
[[nodiscard]] bool is_at_or_under(std::string_view path, std::string_view directory) noexcept;

}  // namespace npk::format
