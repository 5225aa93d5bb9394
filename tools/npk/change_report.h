// What append, remove and rename say at their end.
#pragma once

#include <chrono>

#include "keys.h"
#include "messages.h"
#include "npk/ops/append.h"

namespace npk::tools {

struct ChangeOptions {
  bool json = false;
  bool quiet = false;
};

// What remove, rename and revert take alike, beside their own operands behind PACKAGE.
struct ChangeCommand {
  ops::AppendOptions append;
  ChangeOptions change;
  IdentityOptions keys;
};
void define_change(OptionParser& parser, ChangeCommand& command);
// The rest, once the line is parsed. The exit code.
[[nodiscard]] int run_change(ChangeCommand& command, Messages& messages, Io& io);

// Runs ops::append and says what came of it. The exit code.
[[nodiscard]] int change_package(ops::AppendOptions& append, const ChangeOptions& options, Messages& messages, Io& io);

}  // namespace npk::tools
