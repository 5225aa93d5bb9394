// Signatures and their keys, byte-compatible with minisign: what it writes is read here, what is written here it
// verifies. Formats: minisign's own description, https://jedisct1.github.io/minisign/; algorithms: Ed25519 (RFC 8032)
// over the message's BLAKE2b-512 hash (RFC 7693), scrypt (RFC 7914) for encrypted secret keys; code: libsodium's.
//
// All text may have LF or CRLF line ends, and lack the last one. Text that is malformed is Errc::corrupt, one of
// another algorithm Errc::unsupported; no message quotes key text. Values are not thread-safe; distinct objects may be
// used at once.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "npk/bytes.h"
#include "npk/result.h"
#include "npk/secret.h"

namespace npk {

// Drawn at random with a key: tells keys apart, proves nothing.
struct SignatureKeyId {
  std::array<std::uint8_t, 8> bytes = {};

  // 16 upper-case hexadecimal digits, as minisign prints them (before version 0.12 without leading zeros).
  [[nodiscard]] std::string to_string() const;
  bool operator==(const SignatureKeyId&) const = default;
};

// The public half of a signer's key pair: what signatures are verified with.
class SignatureKey {
 public:
  static constexpr std::size_t kPointBytes = 32;

  SignatureKey(const SignatureKeyId& id, const std::array<std::uint8_t, kPointBytes>& point) noexcept
      : id_(id), point_(point) {}
  // Either the one line `RW…` that `minisign -P` takes, or a whole .pub file. Errors: corrupt, unsupported.
  [[nodiscard]] static Result<SignatureKey> parse(std::string_view text);

  // The line `RW…`, without a line end: there is one such text for each key.
  [[nodiscard]] std::string to_string() const;
  // A .pub file.
  [[nodiscard]] std::string to_file() const;
  [[nodiscard]] const SignatureKeyId& id() const noexcept { return id_; }
  [[nodiscard]] ByteView point() const noexcept { return point_; }
  bool operator==(const SignatureKey&) const = default;

 private:
  SignatureKeyId id_;
  std::array<std::uint8_t, kPointBytes> point_;
};

// What opening an encrypted secret key may cost, whatever its file asks for. The defaults allow what minisign uses: 1
// GiB of memory (which must be there) and some seconds.
struct SignerLimits {
  std::uint64_t max_memory_bytes = 1ULL << 30;
  std::uint64_t max_operations = 1ULL << 25;
};

// A secret key, in guarded memory. Move-only; a moved-from one may only be assigned to or destroyed.
class Signer {
 public:
  // Whether parse() of this .key file needs a passphrase. Errors: corrupt, unsupported.
  [[nodiscard]] static Result<bool> is_encrypted(ByteView key_file);
  // A .key file, encrypted (`minisign -G`) or not (`-W`); wiping it is the caller's. `passphrase`: null if there is
  // none; not used for a file that is not encrypted. Errors: corrupt, unsupported; limit (asks for more than `limits`,
  // or memory is lacking); no_key (no passphrase, or the wrong one).
  [[nodiscard]] static Result<Signer> parse(ByteView key_file, const SecretBytes* passphrase = nullptr,
                                            const SignerLimits& limits = {});

  [[nodiscard]] const SignatureKey& public_key() const noexcept { return public_key_; }
  // The 64 bytes libsodium signs with: seed, public key.
  [[nodiscard]] const SecretBytes& secret() const noexcept { return secret_; }

 private:
  Signer(SecretBytes secret, const SignatureKey& public_key) noexcept
      : secret_(std::move(secret)), public_key_(public_key) {}

  SecretBytes secret_;
  SignatureKey public_key_;
};

// BLAKE2b-512 of a message: what is signed in its place.
struct MessageDigest {
  std::array<std::uint8_t, 64> bytes = {};

  bool operator==(const MessageDigest&) const = default;
};

// Hashes a message piece by piece, so that it may be larger than memory. A copy continues independently.
class MessageHash {
 public:
  // Errors: internal.
  [[nodiscard]] static Result<MessageHash> start();

  void update(ByteView bytes) noexcept;
  // Of all bytes so far; more may follow.
  [[nodiscard]] MessageDigest finish() const noexcept;

 private:
  MessageHash() noexcept;

  static constexpr std::size_t kStateBytes = 384;  // of libsodium's state, checked in minisign_hash.cc
  alignas(64) std::array<std::byte, kStateBytes> state_;
};

[[nodiscard]] Result<MessageDigest> hash_message(ByteView message);

// One line each, of valid UTF-8 without control characters other than tabs.
struct SignatureComments {
  std::string trusted;                           // signed with the message
  std::string untrusted = "signature from npk";  // anyone can change it unnoticed
};

// What minisign reads into its buffers.
inline constexpr std::size_t kMaxTrustedCommentBytes = 8173;
inline constexpr std::size_t kMaxUntrustedCommentBytes = 1003;
// No accepted file is longer: .minisig; .pub and .key.
inline constexpr std::size_t kMaxSignatureFileBytes = 9500, kMaxSignatureKeyFileBytes = 1500;

// What a .minisig file says. Nothing of it is to be believed, the trusted comment included, before verify_signature().
struct Signature {
  bool is_prehashed = true;  // over the message's hash ("ED"); else over the message itself ("Ed", from old minisign)
  SignatureKeyId key_id;
  std::array<std::uint8_t, 64> of_message = {};
  std::array<std::uint8_t, 64> of_trusted_comment = {};  // over `of_message` and the comment
  SignatureComments comments;

  // The .minisig file.
  [[nodiscard]] std::string to_file() const;
};

// A .minisig file: four lines, nothing else, each in the one way to write it. Errors: corrupt, unsupported.
[[nodiscard]] Result<Signature> parse_signature(std::string_view text);

// The same input gives the same signature. Errors: misuse (a comment that may not be).
[[nodiscard]] Result<Signature> sign_message(const Signer& signer, const MessageDigest& message,
                                             const SignatureComments& comments);
[[nodiscard]] Result<Signature> sign_message(const Signer& signer, ByteView message, const SignatureComments& comments);

// Whether `key`'s owner signed the message and the trusted comment. Errors: auth_failed (says what does not fit);
// unsupported for a digest where the signature is not over one: that needs the message.
[[nodiscard]] Result<void> verify_signature(const SignatureKey& key, const Signature& signature,
                                            const MessageDigest& message);
[[nodiscard]] Result<void> verify_signature(const SignatureKey& key, const Signature& signature, ByteView message);

}  // namespace npk
