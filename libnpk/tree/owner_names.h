// User and group names by number and back; nothing is remembered here. A name service that fails is a name that is not
// known.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace npk::tree {

// Empty if there is none.
[[nodiscard]] std::string user_name_of(std::uint32_t uid);
[[nodiscard]] std::string group_name_of(std::uint32_t gid);
[[nodiscard]] std::optional<std::uint32_t> user_number_of(const std::string& name);
[[nodiscard]] std::optional<std::uint32_t> group_number_of(const std::string& name);

}  // namespace npk::tree
