// What decides how the bytes of a block become its body.
#pragma once

#include <string>

#include "package/writer/plan.h"

namespace npk::writer {

// A line of text: plans of which it is the same turn equal blocks into equal bodies.
[[nodiscard]] std::string block_identity(const WritePlan& plan);

}  // namespace npk::writer
