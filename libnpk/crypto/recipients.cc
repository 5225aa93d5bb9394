#include "npk/recipients.h"

#include <algorithm>
#include <utility>

#include "crypto/age_armor.h"
#include "crypto/age_key.h"
#include "crypto/bech32.h"
#include "crypto/ssh_key.h"
#include "crypto/text_lines.h"

namespace npk {
namespace {

using crypto::TextLines, crypto::without_blanks;

constexpr std::string_view kAnySecretPrefix = "age-secret-key-";

std::unexpected<Error> in_line(std::size_t number, Error error) {
  error.message = "line " + std::to_string(number) + ": " + error.message;
  return std::unexpected<Error>(std::move(error));
}

// A line of authorized_keys, of whatever type.
bool is_ssh_public(std::string_view text) {
  return text.starts_with("ssh-") || text.starts_with("ecdsa-") || text.starts_with("sk-");
}

Result<Recipient> parse_bech32_recipient(std::string_view text) {
  if (text.starts_with("-----BEGIN ")) return fail_corrupt("a private key where a recipient belongs");
  NPK_ASSIGN(const crypto::Bech32 decoded, crypto::bech32_decode(text));
  if (decoded.prefix.starts_with(kAnySecretPrefix)) return fail_corrupt("an identity where a recipient belongs");
  if (decoded.prefix != crypto::kX25519Prefix) {
    return fail(decoded.prefix.starts_with("age1") ? Errc::unsupported : Errc::corrupt,
                "a recipient of a kind that is not known here");
  }
  crypto::PublicKey point;
  if (decoded.data.size() != point.size()) return fail_corrupt("a recipient that is not 32 bytes long");
  std::ranges::copy(decoded.data.view(), point.begin());
  return crypto::x25519_recipient(point);
}

Result<Identity> parse_bech32_identity(std::string_view text) {
  if (is_ssh_public(text)) return fail_corrupt("a recipient where an identity belongs");
  NPK_ASSIGN(crypto::Bech32 decoded, crypto::bech32_decode(text));
  if (decoded.prefix == crypto::kX25519Prefix) return fail_corrupt("a recipient where an identity belongs");
  const bool is_age = decoded.prefix.starts_with(kAnySecretPrefix) || decoded.prefix.starts_with("age-plugin-");
  if (decoded.prefix != crypto::kX25519SecretPrefix) {
    return fail(is_age ? Errc::unsupported : Errc::corrupt, "an identity of a kind that is not known here");
  }
  if (decoded.data.size() != crypto::kKeyBytes) return fail_corrupt("an identity that is not 32 bytes long");
  return crypto::x25519_identity(std::move(decoded.data));
}

// One key from each line that has one. `parse` gives a Result<Key>.
template <class Key, class Parse>
Result<std::vector<Key>> parse_lines(std::string_view file, std::string_view nothing_found, const Parse& parse) {
  std::vector<Key> keys;
  TextLines lines(file);
  while (const auto line = lines.next()) {
    const std::string_view text = without_blanks(*line);
    if (text.empty() || text.starts_with('#')) continue;
    if (keys.size() == kMaxKeysPerFile) return fail(Errc::limit, "a file of more than 1024 keys");
    auto key = parse(text);
    if (!key) return in_line(lines.number(), std::move(key).error());
    keys.push_back(std::move(*key));
  }
  if (keys.empty()) return fail(Errc::corrupt, std::string(nothing_found));
  return keys;
}

Result<void> check_size(ByteView file) {
  if (file.size() > kMaxKeyFileBytes) return fail(Errc::limit, "a key file of more than 1 MiB");
  return {};
}

// Kinds of files that aren't age-keygen's, told from their beginning.
Result<void> refuse_other_files(std::string_view text) {
  if (text.starts_with("age-encryption.org/") || crypto::is_age_armor(as_bytes(text))) {
    return fail(Errc::unsupported, "the identity file is itself encrypted: decrypt it first, with age -d");
  }
  if (text.starts_with("-----BEGIN ")) {
    return fail(Errc::unsupported, "a private key of a kind that is not known here; OpenSSH's ed25519 keys are");
  }
  return {};
}

Result<std::vector<Identity>> parse_ssh_identity(std::string_view text) {
  NPK_ASSIGN(const crypto::SshPrivateKey parts, crypto::parse_ssh_private(text));
  NPK_ASSIGN(Identity identity, crypto::ssh_ed25519_identity(parts.seed, parts.key));
  std::vector<Identity> identities;
  identities.push_back(std::move(identity));
  return identities;
}

// In upper case, as age-keygen writes it.
Result<SecretBytes> secret_text(ByteView scalar) {
  NPK_ASSIGN(SecretBytes text, crypto::bech32_encode(crypto::kX25519SecretPrefix, scalar));
  for (std::uint8_t& c : text.span()) {
    if (c >= 'a' && c <= 'z') c = static_cast<std::uint8_t>(c - 'a' + 'A');
  }
  return text;
}

}  // namespace

Recipient::Recipient(std::unique_ptr<const crypto::RecipientKey> key) noexcept : key_(std::move(key)) {}
Recipient::Recipient(Recipient&& other) noexcept = default;
Recipient& Recipient::operator=(Recipient&& other) noexcept = default;
Recipient::~Recipient() = default;

Result<Recipient> Recipient::parse(std::string_view text) {
  text = without_blanks(text);
  if (!is_ssh_public(text)) return parse_bech32_recipient(text);
  NPK_ASSIGN(const crypto::PublicKey key, crypto::parse_ssh_public(text));
  return crypto::ssh_ed25519_recipient(key);
}

Result<Recipient> Recipient::from_passphrase(SecretBytes passphrase, int log2_work) {
  return crypto::scrypt_recipient(std::move(passphrase), log2_work);
}

std::string Recipient::text() const {
  return key_->text();
}
bool Recipient::is_passphrase() const noexcept {
  return key_->is_passphrase();
}

Identity::Identity(std::unique_ptr<const crypto::IdentityKey> key) noexcept : key_(std::move(key)) {}
Identity::Identity(Identity&& other) noexcept = default;
Identity& Identity::operator=(Identity&& other) noexcept = default;
Identity::~Identity() = default;

Result<Identity> Identity::parse(std::string_view text) {
  return parse_bech32_identity(without_blanks(text));
}
Result<Identity> Identity::from_passphrase(SecretBytes passphrase) {
  return crypto::scrypt_identity(std::move(passphrase));
}

Result<Recipient> Identity::recipient() const {
  return key_->recipient();
}
bool Identity::is_passphrase() const noexcept {
  return key_->is_passphrase();
}

Result<std::vector<Recipient>> parse_recipients(ByteView file) {
  NPK_TRY(check_size(file));
  return parse_lines<Recipient>(as_text(file), "no recipient in the file", Recipient::parse);
}

Result<std::vector<Identity>> parse_identities(ByteView file) {
  NPK_TRY(check_size(file));
  const std::string_view text = without_blanks(as_text(file));
  if (crypto::is_ssh_private(text)) return parse_ssh_identity(text);
  NPK_TRY(refuse_other_files(text));
  return parse_lines<Identity>(as_text(file), "no identity in the file", Identity::parse);
}

Result<GeneratedIdentity> generate_identity() {
  NPK_ASSIGN(SecretBytes scalar, crypto::random_secret(crypto::kKeyBytes));
  NPK_ASSIGN(SecretBytes text, secret_text(scalar.view()));
  NPK_ASSIGN(Identity identity, crypto::x25519_identity(std::move(scalar)));
  return GeneratedIdentity{.identity = std::move(identity), .text = std::move(text)};
}

}  // namespace npk
