// What an operation used of a device, for people and for programs.
#pragma once

#include <string>

#include "json_text.h"
#include "npk/accel.h"

namespace npk::tools {

[[nodiscard]] std::string accel_text(const AccelUse& use);
[[nodiscard]] Json accel_json(const AccelUse& use);

}  // namespace npk::tools
