#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>
#include <unistd.h>

#include "exit_code.h"
#include "interruption.h"
#include "npk/files.h"
#include "verbs.h"

namespace npk::tools {
namespace {

std::optional<std::string> environment_variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::nullopt : std::optional<std::string>(value);
}

// These stop tidily; the others just end, as they leave nothing behind.
constexpr std::array<std::string_view, 9> kTidyVerbs = {"pack", "extract", "verify", "report", "sign", "rekey", "compact", "purge", "gen"};
bool stops_tidily(std::string_view verb) noexcept { return std::ranges::find(kTidyVerbs, verb) != kTidyVerbs.end(); }

// Some file systems tell only now that there was no room.
int close_output(int code) {
  if (::close(STDOUT_FILENO) == 0 || code != kDone || errno == EBADF) return code;
  constexpr std::string_view kText = "npk: standard output: can't write\n";
  static_cast<void>(!::write(STDERR_FILENO, kText.data(), kText.size()));
  return kInputOutput;
}

int run(const Arguments& arguments) {
  std::signal(SIGPIPE, SIG_IGN);
  std::optional<Interruption> interruption;
  if (!arguments.empty() && stops_tidily(arguments.front())) interruption.emplace();
  const auto in = interruption ? interruption->standard_input() : fd_source(STDIN_FILENO, "standard input");
  const auto out = fd_sink(STDOUT_FILENO, kStandardOutput);
  const auto err = fd_sink(STDERR_FILENO, "standard error");
  Io io{.in = *in,
        .out = *out,
        .err = *err,
        .out_is_terminal = ::isatty(STDOUT_FILENO) == 1,
        .err_is_terminal = ::isatty(STDERR_FILENO) == 1,
        .now = [] { return std::chrono::system_clock::now(); },
        .environment = environment_variable,
        .stop = interruption ? interruption->token() : std::stop_token()};
  return close_output(run_command(arguments, io));
}

}  // namespace
}  // namespace npk::tools

int main(int argc, char** argv) { return npk::tools::run(npk::tools::Arguments(argv + std::min(argc, 1), argv + argc)); }
