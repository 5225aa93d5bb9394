#include "hidden_terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <atomic>
#include <cerrno>

namespace npk::tools {
namespace {

std::atomic<int> signal_event = -1;
std::atomic<int> signal_caught = 0;

// Any thread may run it, so the one that waits has to be woken.
extern "C" void note_signal(int number) {
  const int saved = errno;
  const std::uint64_t one = 1;
  signal_caught = number;
  static_cast<void>(!::write(signal_event, &one, sizeof one));
  errno = saved;
}

std::unexpected<Error> fail_terminal(const char* message) {
  return std::unexpected(Error{.code = Errc::io, .message = message, .path = "/dev/tty", .system_errno = errno});
}

// What was typed ahead, or behind, is dropped: it was not meant for this question, or not for the next program.
bool set_settings(int terminal, const termios& settings) {
  int status = 0;
  do {
    status = ::tcsetattr(terminal, TCSAFLUSH, &settings);
  } while (status != 0 && errno == EINTR && HiddenTerminal::caught() == 0);
  return status == 0;
}

}  // namespace

int HiddenTerminal::caught() noexcept {
  return signal_caught;
}

Result<std::unique_ptr<HiddenTerminal>> HiddenTerminal::open() {
  signal_caught = 0;
  const int terminal = ::open("/dev/tty", O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (terminal < 0) return fail(Errc::no_key, "there is no terminal to ask for a passphrase at");
  std::unique_ptr<HiddenTerminal> hidden(new HiddenTerminal(terminal));
  NPK_TRY(hidden->catch_signals());
  NPK_TRY(hidden->turn_echo_off());
  return hidden;
}

Result<void> HiddenTerminal::catch_signals() {
  event_ = ::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (event_ < 0) return fail_terminal("can't wait for signals");
  signal_event = event_;
  struct sigaction noting = {};
  noting.sa_handler = note_signal;
  for (std::size_t i = 0; i < kSignals.size(); ++i) {
    ::sigaction(kSignals[i], nullptr, &actions_[i]);
    if (actions_[i].sa_handler != SIG_IGN) ::sigaction(kSignals[i], &noting, nullptr);
  }
  return {};
}

Result<void> HiddenTerminal::turn_echo_off() {
  if (::tcgetattr(terminal_, &settings_) != 0) return fail_terminal("the terminal does not tell its settings");
  has_settings_ = true;
  termios hidden = settings_;
  hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHONL);
  hidden.c_lflag |= static_cast<tcflag_t>(ICANON | ISIG);
  if (!set_settings(terminal_, hidden)) return fail_terminal("the terminal does not stop its echo");
  return {};
}

HiddenTerminal::~HiddenTerminal() {
  if (has_settings_) {
    while (::tcsetattr(terminal_, TCSAFLUSH, &settings_) != 0 && errno == EINTR) {
    }
  }
  if (event_ >= 0) {
    for (std::size_t i = 0; i < kSignals.size(); ++i) ::sigaction(kSignals[i], &actions_[i], nullptr);
    signal_event = -1;
    ::close(event_);
  }
  ::close(terminal_);
}

Result<void> HiddenTerminal::wait() {
  std::array<pollfd, 2> waiting = {
      {{.fd = terminal_, .events = POLLIN, .revents = 0}, {.fd = event_, .events = POLLIN, .revents = 0}}};
  while (::poll(waiting.data(), waiting.size(), -1) < 0) {
    if (errno != EINTR) return fail_terminal("can't wait for what is typed");
  }
  if (waiting[1].revents != 0) return fail(Errc::cancelled, "stopped");
  return {};
}

void HiddenTerminal::show(std::string_view text) noexcept {
  static_cast<void>(!::write(terminal_, text.data(), text.size()));
}

}  // namespace npk::tools
