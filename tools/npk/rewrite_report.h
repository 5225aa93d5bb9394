// What compact and purge take alike, and say at their end.
#pragma once

#include <chrono>

#include "json_text.h"
#include "keys.h"
#include "messages.h"
#include "npk/ops/compact.h"

namespace npk::tools {

struct RewriteCommand {
  ops::RewriteOptions rewrite;
  IdentityOptions keys;
  std::uint64_t threads = 0;
  std::string package;
  bool json = false;
  bool quiet = false;
};
// All but the operands behind PACKAGE.
void define_rewrite(OptionParser& parser, RewriteCommand& command);
// Once the line is parsed. Errors: those of identities_of.
[[nodiscard]] Result<void> complete_rewrite(RewriteCommand& command, Messages& messages, Io& io);

// Said on stderr, with what may help; the exit code.
[[nodiscard]] int say_rewrite_failure(const Error& error, Messages& messages);
[[nodiscard]] Json json_of(const ops::RewriteReport& report, const RewriteCommand& command, std::chrono::duration<double> time);
// Of WriteReport::not_restored_blocks, if there are some.
[[nodiscard]] std::string not_restored_text(std::uint64_t blocks);
// One line, and what else is to be known.
void say_rewrite(const ops::RewriteReport& report, const RewriteCommand& command, std::chrono::duration<double> time, Messages& messages);

}  // namespace npk::tools
