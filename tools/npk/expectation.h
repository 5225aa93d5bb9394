// What the reading verbs are told to expect of a package: who signed it, and which state it is in.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "npk/expected_state.h"
#include "option_parser.h"

namespace npk::tools {

struct ExpectationOptions {
  std::vector<std::string> signers;   // each a line RW…, or the name of a .pub file
  std::optional<std::string> commit;  // 64 hexadecimal digits

  [[nodiscard]] bool expects_anything() const noexcept { return !signers.empty() || commit; }
};

void define_expectation(OptionParser& parser, ExpectationOptions& options);

// Errors: misuse, whatever is wrong with a key, its file or the hash.
[[nodiscard]] Result<ExpectedState> expected_state(const ExpectationOptions& options);

}  // namespace npk::tools
