// Attributes of entries that no file system has: tags and comments. They lie beside the extended attributes, under names that
// begin with "npk.", and are neither scanned nor set on files. Spec section 6.2.1.
#pragma once

#include <string_view>

namespace npk::format {

inline constexpr std::string_view kPackageAttributePrefix = "npk.";
inline constexpr std::string_view kEntryTagPrefix = "npk.tag.";  // then the key
inline constexpr std::string_view kEntryCommentName = "npk.comment";

// Of the package alone.
[[nodiscard]] constexpr bool is_package_attribute(std::string_view name) noexcept { return name.starts_with(kPackageAttributePrefix); }

}  // namespace npk::format
