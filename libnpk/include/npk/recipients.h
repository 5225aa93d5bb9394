// Who may open: recipients (public) and identities (secret), in the text forms of age (c2sp.org/age) and OpenSSH.
//
// Three kinds: X25519 ("age1…" and "AGE-SECRET-KEY-1…"), ssh-ed25519 (a line of authorized_keys, an OpenSSH private key
// file without a passphrase), and passphrases (scrypt). Error messages name the line, and hold no text of a key.
// Threads: no hidden state; a const object may be used by several threads at once. Secrets lie in SecretBytes; the text
// a caller parses is the caller's to wipe.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"
#include "npk/secret.h"

namespace npk {
namespace crypto {
class IdentityKey;  // libnpk/crypto
class RecipientKey;
}  // namespace crypto

inline constexpr std::size_t kMaxKeyFileBytes = 1U << 20;  // recipients and identity files
inline constexpr std::size_t kMaxKeysPerFile = 1024;
inline constexpr int kMinScryptLog2 = 10, kMaxScryptLog2 = 20;  // the work factors that are written

// Whom a file is encrypted to. Move-only; a moved-from one is good for assignment and destruction.
class Recipient {
 public:
  // "age1…", or "ssh-ed25519 AAAA… comment"; blanks around it are ignored. Errors: corrupt (neither, bad checksum,
  // mixed case, a point that is no usable key); unsupported (well formed, but another kind of key).
  [[nodiscard]] static Result<Recipient> parse(std::string_view text);
  // `log2_work`: scrypt's cost, doubling with each step and using 2^log2_work KiB of memory; 0 measures this machine
  // for one that takes about a second (that takes some hundredths of one). Errors: misuse (an empty passphrase; outside
  // kMinScryptLog2…kMaxScryptLog2); limit (no memory).
  [[nodiscard]] static Result<Recipient> from_passphrase(SecretBytes passphrase, int log2_work = 0);

  Recipient(Recipient&& other) noexcept;
  Recipient& operator=(Recipient&& other) noexcept;
  ~Recipient();

  // The canonical text, without a comment: parse gives an equal recipient. Empty for a passphrase.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool is_passphrase() const noexcept;

  // For libnpk/crypto.
  explicit Recipient(std::unique_ptr<const crypto::RecipientKey> key) noexcept;
  [[nodiscard]] const crypto::RecipientKey* key() const noexcept { return key_.get(); }

 private:
  std::unique_ptr<const crypto::RecipientKey> key_;
};

// What opens a file. Move-only, as Recipient.
class Identity {
 public:
  // One "AGE-SECRET-KEY-1…"; blanks around it are ignored. Errors: as Recipient::parse.
  [[nodiscard]] static Result<Identity> parse(std::string_view text);
  // Errors: misuse (an empty passphrase).
  [[nodiscard]] static Result<Identity> from_passphrase(SecretBytes passphrase);

  Identity(Identity&& other) noexcept;
  Identity& operator=(Identity&& other) noexcept;
  ~Identity();

  // Whom to encrypt to, for it to open; of a passphrase, as Recipient::from_passphrase with a measured work factor.
  // Errors: those of from_passphrase.
  [[nodiscard]] Result<Recipient> recipient() const;
  [[nodiscard]] bool is_passphrase() const noexcept;

  // For libnpk/crypto.
  explicit Identity(std::unique_ptr<const crypto::IdentityKey> key) noexcept;
  [[nodiscard]] const crypto::IdentityKey* key() const noexcept { return key_.get(); }

 private:
  std::unique_ptr<const crypto::IdentityKey> key_;
};

// A recipients file: one to a line; blank lines and lines that begin with '#' are ignored; lines end with LF or CRLF.
// Errors: those of Recipient::parse, with the line; corrupt (no recipient in it); limit (kMaxKeyFileBytes,
// kMaxKeysPerFile).
[[nodiscard]] Result<std::vector<Recipient>> parse_recipients(ByteView file);

// An identity file: age-keygen's (as many keys, comments and blank lines as wanted), or one OpenSSH private key of type
// ed25519. Errors: as parse_recipients; unsupported (an OpenSSH key with a passphrase, another kind of private key, a
// file that is itself encrypted; the message says what to do).
[[nodiscard]] Result<std::vector<Identity>> parse_identities(ByteView file);

struct GeneratedIdentity {
  Identity identity;
  SecretBytes text;  // "AGE-SECRET-KEY-1…", without a line end
};
// A fresh X25519 identity. Errors: limit (no memory for the secret); internal.
[[nodiscard]] Result<GeneratedIdentity> generate_identity();

}  // namespace npk
