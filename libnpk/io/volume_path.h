// Where the parts of a package in several files lie: NAME.001, NAME.002, … (more digits behind 999).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "npk/format/volume.h"
#include "npk/result.h"

namespace npk::io {

inline constexpr std::uint64_t kLeastVolumeBytes = 4U << 20;

[[nodiscard]] std::string volume_path(const std::string& package, std::uint32_t number);
// NAME of NAME.001 and the like; nullopt for other names.
[[nodiscard]] std::optional<std::string> package_of_volume(const std::string& path);
// Errors name the file: those of reading it, and format::decode_volume_header's.
[[nodiscard]] Result<format::VolumeHeader> read_volume_header(const std::string& path);
// Whether `path` is, or stands for, parts: one of them, or what they are called without their numbers.
[[nodiscard]] bool is_in_volumes(const std::string& path);
// misuse: parts, which nothing that is written anew takes the place of.
[[nodiscard]] Result<void> check_replaceable(const std::string& path);
[[nodiscard]] bool is_there(const std::string& path) noexcept;

}  // namespace npk::io
