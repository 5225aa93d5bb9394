#include "passphrase.h"

#include <poll.h>
#include <unistd.h>
#include <cerrno>
#include <string>

#include "hidden_terminal.h"
#include "messages.h"

namespace npk::tools {
namespace {

std::unexpected<Error> fail_read(int descriptor) {
  const std::string name = "descriptor " + std::to_string(descriptor);
  if (errno == EBADF) return fail(Errc::misuse, name + " is not open for reading");
  return std::unexpected(
      Error{.code = Errc::io, .message = "can't read a passphrase", .path = name, .system_errno = errno});
}

// For one that does not block by itself; what is wrong with it, reading tells.
Result<void> wait_readable(int descriptor) {
  if (descriptor < 0) return {};  // poll() would wait for ever
  pollfd waiting = {.fd = descriptor, .events = POLLIN, .revents = 0};
  static_cast<void>(::poll(&waiting, 1, -1));
  return {};
}

// Byte by byte, so that nothing behind the line is taken. `wait` goes before each.
template <class Wait>
Result<SecretBytes> read_line(int descriptor, Wait wait) {
  NPK_ASSIGN(SecretBytes line, SecretBytes::allocate(kMaxPassphraseBytes + 2));
  for (std::size_t size = 0; size < line.size();) {
    NPK_TRY(wait());
    const ssize_t count = ::read(descriptor, line.span().data() + size, 1);
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (count < 0) return fail_read(descriptor);
    if (count == 0 && size == 0) return fail(Errc::no_key, "no passphrase was given");
    if (count == 0 || line.view()[size] == '\n') {
      line.shorten(size);
      break;
    }
    ++size;
  }
  return line;
}

Result<SecretBytes> checked(SecretBytes line, PassphraseUse use) {
  if (!line.empty() && line.view().back() == '\r') line.shorten(line.size() - 1);
  if (line.size() > kMaxPassphraseBytes) {
    return fail(Errc::limit, "a passphrase has at most " + std::to_string(kMaxPassphraseBytes) + " bytes");
  }
  if (line.empty() && use == PassphraseUse::creating) return fail(Errc::misuse, "a passphrase must not be empty");
  return line;
}

Result<SecretBytes> ask_once(HiddenTerminal& terminal, const std::string& prompt, PassphraseUse use) {
  terminal.show(prompt);
  auto line = read_line(terminal.descriptor(), [&] { return terminal.wait(); });
  terminal.show("\n");  // the one typed was not shown
  if (!line) return line;
  return checked(std::move(*line), use);
}

Result<SecretBytes> ask_hidden(const std::string& what, PassphraseUse use) {
  NPK_ASSIGN(const auto terminal, HiddenTerminal::open());
  NPK_ASSIGN(SecretBytes first, ask_once(*terminal, "Passphrase for " + what + ": ", use));
  if (use == PassphraseUse::opening) return first;
  NPK_ASSIGN(const SecretBytes second, ask_once(*terminal, "The same again: ", use));
  if (!equal_in_constant_time(first.view(), second.view())) return fail(Errc::misuse, "the two passphrases differ");
  return first;
}

}  // namespace

// A signal that was held back takes effect now, even if it came too late to disturb.
Result<SecretBytes> ask_passphrase(std::string_view what, PassphraseUse use) {
  for (;;) {
    auto passphrase = ask_hidden(printable(what), use);
    const int number = HiddenTerminal::caught();
    if (number != 0) std::raise(number);
    const bool was_cancelled = !passphrase && passphrase.error().code == Errc::cancelled;
    if (!was_cancelled || number != SIGTSTP) return passphrase;
  }
}

Result<SecretBytes> read_passphrase(int descriptor, PassphraseUse use) {
  NPK_ASSIGN(SecretBytes line, read_line(descriptor, [descriptor] { return wait_readable(descriptor); }));
  return checked(std::move(line), use);
}

}  // namespace npk::tools
