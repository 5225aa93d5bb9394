// What the command says on stderr: one sentence a line, "npk VERB: …", hints on lines of their own.
#pragma once

#include <string>
#include <string_view>

#include "io.h"

namespace npk::tools {

// From any thread, one at a time.
class Messages {
 public:
  Messages(Io& io, std::string_view verb, bool quiet = false) : io_(io), verb_(verb), quiet_(quiet) {}

  void error(std::string_view text);
  // Says it, unless the reader of our output has gone; the exit code for it.
  int error(const Error& error);
  void hint(std::string_view text);
  void note(std::string_view text);  // not with -q
  [[nodiscard]] Io& io() const noexcept { return io_; }
  void set_quiet(bool quiet) noexcept { quiet_ = quiet; }

  // Replaces what lies before the cursor on a terminal; cleared by the next message. For progress.
  void status_line(const std::string& text);
  void clear_status_line();

 private:
  void write(std::string_view text);

  Io& io_;
  std::string verb_;
  bool quiet_;
  bool has_status_line_ = false;
};

// Control characters as \n, \033, …: names from a package must not steer a terminal.
[[nodiscard]] std::string printable(std::string_view text);

}  // namespace npk::tools
