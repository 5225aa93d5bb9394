#include "messages.h"

#include <fmt/format.h>

#include "exit_code.h"

namespace npk::tools {
namespace {

// The library leaves out errno where its own code says as much.
std::string text_of(const Error& error) {
  if (error.code == Errc::not_found && error.message.starts_with("can't")) return error.to_string() + " (No such file or directory)";
  return error.to_string();
}

bool is_control(char byte) noexcept { return static_cast<unsigned char>(byte) < 0x20 || byte == 0x7F; }

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  for (const char byte : text) {
    if (byte == '\n') out += "\\n";
    else if (byte == '\t') out += "\\t";
    else if (is_control(byte)) out += fmt::format("\\{:03o}", static_cast<unsigned char>(byte));
    else out += byte;
  }
  return out;
}

// There is no better place to say that stderr can't be written to.
void Messages::write(std::string_view text) { static_cast<void>(io_.err.write(as_bytes(text))); }

void Messages::error(std::string_view text) {
  clear_status_line();
  write("npk" + (verb_.empty() ? std::string() : " " + verb_) + ": " + printable(text) + "\n");
}

int Messages::error(const Error& error) {
  const int code = exit_code_of(error);
  if (code == kInterrupted) this->error("stopped");
  else if (code != kBrokenPipe) this->error(text_of(error));
  return code;
}

void Messages::hint(std::string_view text) { write("hint: " + std::string(text) + "\n"); }

void Messages::note(std::string_view text) {
  if (!quiet_) error(text);
}

void Messages::status_line(const std::string& text) {
  write("\r" + text + "\x1b[K");
  has_status_line_ = true;
}

void Messages::clear_status_line() {
  if (has_status_line_) write("\r\x1b[K");
  has_status_line_ = false;
}

}  // namespace npk::tools
