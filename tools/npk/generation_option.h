// --at: which generation of a package is meant, by number or by time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "npk/result.h"

namespace npk::tools {

struct GenerationChoice {
  std::uint64_t number = 0;                 // 0: the newest
  std::optional<std::int64_t> not_after{};  // seconds since 1970
};

// "7", "2026-11-24" (its last second, UTC), "2026-11-24T09:30:00Z". Errors: misuse.
[[nodiscard]] Result<GenerationChoice> parse_generation(const std::string& text);

}  // namespace npk::tools
