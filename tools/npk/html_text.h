// Text for HTML: names from a package may be any bytes, and must neither become markup nor turn what stands around them.
#pragma once

#include <string>
#include <string_view>

namespace npk::tools {

// Valid UTF-8 without control characters, markup escaped: good between tags and in quoted attributes.
[[nodiscard]] std::string html(std::string_view text);
// The same, shortened in its middle, within <bdi>: its writing direction ends with it.
[[nodiscard]] std::string html_name(std::string_view name);

}  // namespace npk::tools
