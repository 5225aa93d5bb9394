// The statements a generation had before its package was written anew, as `npk info` shows them.
#pragma once

#include <string>

#include "json_text.h"
#include "npk/format/commit.h"

namespace npk::tools {

// A list, oldest first; a record that is none is left out.
[[nodiscard]] Json records_json(const format::Commit& commit);
// Lines, or nothing.
[[nodiscard]] std::string records_text(const format::Commit& commit);

}  // namespace npk::tools
