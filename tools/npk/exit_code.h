// The command's exit codes: stable, documented in man/npk.1.
#pragma once

#include "npk/error.h"

namespace npk::tools {

enum ExitCode : int {
  kDone = 0,
  kSomeFailed = 1,    // some entries, each named on stderr
  kUsage = 2,
  kDamaged = 3,       // or not a package
  kNoKey = 4,
  kInputOutput = 5,
  kInterrupted = 130, // SIGINT
  kBrokenPipe = 141,  // whoever read the output has gone: nothing is said, as by tar
};

[[nodiscard]] int exit_code_of(const Error& error) noexcept;

}  // namespace npk::tools
