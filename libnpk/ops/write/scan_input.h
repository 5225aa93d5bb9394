// The trees and the pipe that are to be packed, as the writer's input.
#pragma once

#include "npk/ops/create.h"
#include "ops/write/tree_input.h"

namespace npk::ops {

// `problems`: how many named entries or directories could not be scanned; each is told to options.writer.problem.
// Errors: as tree::scan; misuse, limit (the pipe's name).
[[nodiscard]] Result<TreeInput> open_input(const CreateOptions& options, std::uint64_t& problems);

}  // namespace npk::ops
