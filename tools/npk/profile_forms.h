// A profile as text, in the forms that --profile writes.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "json_text.h"
#include "npk/profile.h"

namespace npk::tools {

[[nodiscard]] constexpr double seconds_of(std::uint64_t nanoseconds) { return static_cast<double>(nanoseconds) * 1e-9; }
[[nodiscard]] Json profile_json(const ProfileReport& report);
[[nodiscard]] std::string profile_csv(const ProfileReport& report);   // a line of names, a line a layer, a line "total"
[[nodiscard]] std::string profile_text(const ProfileReport& report);  // for people
// Chrome's trace event format, which Perfetto opens.
[[nodiscard]] std::string profile_trace(const ProfileReport& report, std::span<const ProfileSlice> slices);

}  // namespace npk::tools
