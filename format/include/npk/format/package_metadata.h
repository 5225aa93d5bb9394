// What a package says of itself beside its entries: name, version, application, tags. Spec section 7.1.
#pragma once

#include <map>
#include <string>
#include <string_view>

#include "npk/bytes.h"
#include "npk/format/commit.h"

namespace npk::format {

// Name to value, names ascending bytewise. Well-known names: `name`, `version`, `application`, `vendor`, `comment`; tags of the
// package: `tag.KEY`.
using PackageMetadata = std::map<std::string, std::string, std::less<>>;

inline constexpr std::string_view kPackageTagPrefix = "tag.";
inline constexpr std::string_view kPackageCommentName = "comment";
inline constexpr std::size_t kMaxMetadataNameBytes = 255;
inline constexpr std::size_t kMaxMetadataValueBytes = 64U << 10;
inline constexpr std::size_t kMaxMetadataPairs = 4096;
inline constexpr std::size_t kMaxMetadataBytes = 1U << 20;  // of the section

// Whether it may be a name: UTF-8 of 1 to 255 bytes without control characters (U+0000 to U+001F, U+007F to U+009F).
[[nodiscard]] bool is_metadata_name(std::string_view name) noexcept;
// Whether it may be a value, but for its length: UTF-8.
[[nodiscard]] bool is_metadata_text(std::string_view text) noexcept;

// Errors: corrupt (a name or a value that is none), limit. No pairs are no error.
[[nodiscard]] Result<void> check_package_metadata(const PackageMetadata& metadata);
// Of metadata that has been checked and has a pair at least.
[[nodiscard]] CommitSection encode_package_metadata(const PackageMetadata& metadata);
// Of a section with SectionId::metadata. Errors: corrupt, limit.
[[nodiscard]] Result<PackageMetadata> decode_package_metadata(ByteView section);

// The section that has it; null if there is none.
[[nodiscard]] const CommitSection* metadata_section(const Placement& placement) noexcept;
// Of a placement that was decoded, which has been checked; none if there is none.
[[nodiscard]] PackageMetadata package_metadata(const Placement& placement);

}  // namespace npk::format
