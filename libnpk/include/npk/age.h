// Small age v1 files (c2sp.org/age), whole and in memory: what stock `age` writes we read, and the other way round.
// Recipient stanzas: X25519, ssh-ed25519, scrypt; others are skipped. Not for large data: sealed packages hold their
// content under keys of their own, and an age file only carries those keys.
// Threads: no hidden state; all functions may be called from any thread.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/recipients.h"
#include "npk/result.h"
#include "npk/secret.h"

namespace npk {

inline constexpr std::size_t kMaxAgePlaintextBytes = 1U << 20;
inline constexpr std::size_t kMaxAgeFileBytes = 4U << 20;  // armor and header included
inline constexpr std::size_t kMaxAgeStanzas = 1024;

struct AgeLimits {
  // The costliest scrypt stanza that is tried: 2^max_scrypt_log2 KiB of memory, and as much time.
  int max_scrypt_log2 = 22;
};

// One recipient's part of the header.
struct AgeStanza {
  std::string type;                    // "X25519", "ssh-ed25519", "scrypt", …
  std::vector<std::string> arguments;  // those after the type
  Bytes body;                          // the file key, wrapped
};

// The binary form (no armor); the file key and nonces are new with each call. Errors: misuse (no recipients; one moved
// from; a passphrase together with other recipients); limit (kMaxAgePlaintextBytes, kMaxAgeStanzas, no memory).
[[nodiscard]] Result<Bytes> age_encrypt(ByteView plaintext, std::span<const Recipient> recipients);

// All of the plaintext, or none: nothing is given out that isn't authenticated to its end. Takes the binary form and
// the armored one. Identities are tried in their order. Errors:
//   unsupported  another version of the format
//   corrupt      the file isn't as the specification wants it, or a stanza that was tried isn't
//   limit        one of the bounds above; a scrypt stanza that costs more than `limits` allows
//   no_key       no identity fits a stanza (a wrong passphrase is this, too)
//   auth_failed  one does, but the header's MAC or the payload was altered
//   misuse       an identity that was moved from
[[nodiscard]] Result<SecretBytes> age_decrypt(ByteView file, std::span<const Identity> identities,
                                              const AgeLimits& limits = {});

// The binary form of a file in either. Errors: corrupt, limit.
[[nodiscard]] Result<Bytes> age_binary(ByteView file);

// The stanzas of its header, in order, without a key and so without any proof. Errors: unsupported, corrupt, limit.
[[nodiscard]] Result<std::vector<AgeStanza>> describe_stanzas(ByteView file);

}  // namespace npk
