#include <algorithm>
#include <array>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <unistd.h>
#include <utility>

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
constexpr std::array<std::string_view, 12> kTidyVerbs = {"pack", "extract", "verify",     "report", "sign",    "rekey",
                                                         "compact", "purge", "recompress", "repair", "recover", "gen"};
bool stops_tidily(std::string_view verb) noexcept { return std::ranges::find(kTidyVerbs, verb) != kTidyVerbs.end(); }

// Some file systems tell only now that there was no room.
int close_output(int code) {
  if (::close(STDOUT_FILENO) == 0 || code != kDone || errno == EBADF) return code;
  constexpr std::string_view kText = "npk: standard output: can't write\n";
  static_cast<void>(!::write(STDERR_FILENO, kText.data(), kText.size()));
  return kInputOutput;
}

// A file opened where a standard stream was closed would get what is written to that stream, a package its messages. What takes the place fails
// to read or write as a closed one does, but standard error, which nobody listens to then.
void fill_closed_standard_streams() {
  for (const auto& [descriptor, flags] : {std::pair(STDIN_FILENO, O_WRONLY), std::pair(STDOUT_FILENO, O_RDONLY), std::pair(STDERR_FILENO, O_WRONLY)}) {
    if (::fcntl(descriptor, F_GETFD) < 0 && ::open("/dev/null", flags) != descriptor) ::_exit(kInputOutput);
  }
}

int run(const Arguments& arguments) {
  fill_closed_standard_streams();
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // an error of the write that goes too far, which tidies up
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
