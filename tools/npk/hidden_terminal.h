// The terminal the command was started at, while something is typed that must not be seen.
#pragma once

#include <termios.h>
#include <array>
#include <csignal>
#include <memory>
#include <string_view>

#include "npk/result.h"

namespace npk::tools {

// While one lives, the terminal does not echo and signals that would end or stop the process are held back; then both
// are as before. One at a time in a process; for one thread.
class HiddenTerminal {
 public:
  // Errors: no_key (there is no terminal); io.
  [[nodiscard]] static Result<std::unique_ptr<HiddenTerminal>> open();
  ~HiddenTerminal();
  HiddenTerminal(const HiddenTerminal&) = delete;
  HiddenTerminal& operator=(const HiddenTerminal&) = delete;

  [[nodiscard]] int descriptor() const noexcept { return terminal_; }
  // Returns once descriptor() can be read without waiting. Errors: cancelled (a signal has come: see caught()); io.
  [[nodiscard]] Result<void> wait();
  // Not an error where it can't be: what is asked for can be typed all the same.
  void show(std::string_view text) noexcept;
  // The signal that came since open(), or 0. It is for the caller to raise it again once this is gone.
  [[nodiscard]] static int caught() noexcept;

 private:
  explicit HiddenTerminal(int terminal) noexcept : terminal_(terminal) {}
  [[nodiscard]] Result<void> catch_signals();
  [[nodiscard]] Result<void> turn_echo_off();

  static constexpr std::array<int, 5> kSignals = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

  int terminal_;
  int event_ = -1;  // an eventfd: readable once a signal came
  bool has_settings_ = false;
  termios settings_ = {};
  std::array<struct sigaction, kSignals.size()> actions_ = {};
};

}  // namespace npk::tools
