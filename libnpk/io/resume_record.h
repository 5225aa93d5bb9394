// A line of text beside a file that is not whole yet: what it was made by. Written at once or not at all, and checksummed.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "npk/result.h"

namespace npk::io {

// The file's bytes. `text` has no line ends.
[[nodiscard]] std::string resume_record(std::string_view text);
// Nothing unless they are what resume_record() gives.
[[nodiscard]] std::optional<std::string> parse_resume_record(std::string_view record);

// Nothing: there is none, or none that is whole.
[[nodiscard]] std::optional<std::string> read_resume_record(const std::string& record_path);
// `text` has no line ends.
[[nodiscard]] Result<void> write_resume_record(const std::string& record_path, std::string_view text);
// Errors: io. None where there is none.
[[nodiscard]] Result<void> remove_resume_record(const std::string& record_path);

}  // namespace npk::io
