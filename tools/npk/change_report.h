// What append, remove and rename say at their end.
#pragma once

#include <chrono>

#include "messages.h"
#include "npk/ops/append.h"

namespace npk::tools {

struct ChangeOptions {
  bool json = false;
  bool quiet = false;
};

// Runs ops::append and says what came of it. The exit code.
[[nodiscard]] int change_package(ops::AppendOptions& append, const ChangeOptions& options, Messages& messages, Io& io);

}  // namespace npk::tools
