// Passphrases, from a person at the terminal or from a program through a descriptor: never from the command line or the
// environment, which others can read.
#pragma once

#include <cstdint>
#include <string_view>

#include "npk/secret.h"

namespace npk::tools {

enum class PassphraseUse : std::uint8_t {
  opening,   // of what has one: an empty one may be it
  creating,  // of a new one: asked for twice, not empty
};

inline constexpr std::size_t kMaxPassphraseBytes = 1024;

// Asks at the controlling terminal, whatever the standard streams are, without showing what is typed. `what` it is for
// ends the prompt: "Passphrase for backup.key: ". A signal has its usual effect, once the terminal is as it was: if the
// process lives on the result is Errc::cancelled, but after a stop (^Z) it is asked again. Not for two threads at once.
// Errors: no_key (no terminal, or the input ended); misuse (creating: empty, or not the same twice); limit (too long);
// cancelled; io.
[[nodiscard]] Result<SecretBytes> ask_passphrase(std::string_view what, PassphraseUse use);

// The first line behind a descriptor (--passphrase-fd), without its end; what follows is left there, as is the
// descriptor. Errors: no_key (there is no line); misuse (not an open descriptor; creating: empty); limit (too long);
// io.
[[nodiscard]] Result<SecretBytes> read_passphrase(int descriptor, PassphraseUse use);

}  // namespace npk::tools
