// JSON of what packages hold: names that may be any bytes, digests, times.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>

#include "npk/bytes.h"

namespace npk::tools {

using Json = nlohmann::ordered_json;

[[nodiscard]] bool is_utf8(std::string_view text) noexcept;
// The text itself if it is UTF-8, else with U+FFFD for each byte that does not fit.
[[nodiscard]] std::string to_utf8(std::string_view text);
[[nodiscard]] std::string base64(std::string_view bytes);

// Appends "…" with what JSON wants escaped; `text` any bytes, as to_utf8 has them.
void append_json_string(std::string& out, std::string_view text);
// Appends "NAME":"…", and for bytes that are not UTF-8 ,"NAME_base64":"…" behind it.
void append_json_name(std::string& out, std::string_view name, std::string_view text);
void set_json_name(Json& object, const std::string& name, std::string_view text);

// RFC 3339 in UTC with nine digits: 2026-11-21T09:00:00.000000000Z. Years beyond 9999 have more digits, those before 0 a minus.
[[nodiscard]] std::string rfc3339(std::int64_t seconds, std::uint32_t nanoseconds);

}  // namespace npk::tools
