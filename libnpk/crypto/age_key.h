// What is behind Recipient and Identity: one class for each kind of key, made by the functions below.
// Threads: immutable once made.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "crypto/primitives.h"
#include "npk/age.h"
#include "npk/secret.h"

namespace npk::crypto {

inline constexpr std::size_t kFileKeyBytes = 16;
inline constexpr std::string_view kX25519Prefix = "age", kX25519SecretPrefix = "age-secret-key-";
inline constexpr std::string_view kScryptType = "scrypt", kSshEd25519Type = "ssh-ed25519";

class RecipientKey {
 public:
  virtual ~RecipientKey() = default;
  [[nodiscard]] virtual Result<AgeStanza> wrap(ByteView file_key) const = 0;
  // Recipient::text.
  [[nodiscard]] virtual std::string text() const = 0;
  [[nodiscard]] virtual bool is_passphrase() const noexcept { return false; }
};

class IdentityKey {
 public:
  virtual ~IdentityKey() = default;
  // The file key; empty where the stanza is for someone else. Errors: corrupt (of this identity's type, but not as that
  // type is written); limit.
  [[nodiscard]] virtual Result<SecretBytes> unwrap(const AgeStanza& stanza, const AgeLimits& limits) const = 0;
  [[nodiscard]] virtual Result<Recipient> recipient() const = 0;
  [[nodiscard]] virtual bool is_passphrase() const noexcept { return false; }
};

// Errors: corrupt (a point of low order).
[[nodiscard]] Result<Recipient> x25519_recipient(const PublicKey& point);
[[nodiscard]] Result<Identity> x25519_identity(SecretBytes scalar);

// From the 32 bytes of the Ed25519 key. Errors: corrupt (not a usable point).
[[nodiscard]] Result<Recipient> ssh_ed25519_recipient(const PublicKey& key);
// From Ed25519's seed, 32 bytes. Errors: corrupt (`key` is not its public key).
[[nodiscard]] Result<Identity> ssh_ed25519_identity(const SecretBytes& seed, const PublicKey& key);

// `log2_work` 0: measured. Errors: as Recipient::from_passphrase.
[[nodiscard]] Result<Recipient> scrypt_recipient(SecretBytes passphrase, int log2_work);
[[nodiscard]] Result<Identity> scrypt_identity(SecretBytes passphrase);

}  // namespace npk::crypto
