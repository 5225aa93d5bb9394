#include "npk/age.h"

#include <algorithm>
#include <utility>

#include "crypto/age_armor.h"
#include "crypto/age_header.h"
#include "crypto/age_key.h"
#include "crypto/age_payload.h"
#include "crypto/age_with_header.h"

namespace npk {
namespace {

using crypto::AgeHeader;

Result<void> check_recipients(std::span<const Recipient> recipients) {
  if (recipients.empty()) return fail(Errc::misuse, "no recipients");
  if (recipients.size() > kMaxAgeStanzas) return fail(Errc::limit, "more recipients than an age file may have");
  const auto is_gone = [](const Recipient& recipient) { return recipient.key() == nullptr; };
  if (std::ranges::any_of(recipients, is_gone)) return fail(Errc::misuse, "a recipient that was moved from");
  if (recipients.size() > 1 && std::ranges::any_of(recipients, &Recipient::is_passphrase)) {
    return fail(Errc::misuse, "a passphrase has to be the only recipient of its file");
  }
  return {};
}

// A reader of a passphrase's file expects that who wrote it knew the passphrase: no other stanza may have been added.
Result<void> check_alone(std::span<const AgeStanza> stanzas) {
  const auto is_scrypt = [](const AgeStanza& stanza) { return stanza.type == crypto::kScryptType; };
  if (stanzas.size() > 1 && std::ranges::any_of(stanzas, is_scrypt)) {
    return fail_corrupt("an age file for a passphrase and for someone else");
  }
  return {};
}

Result<SecretBytes> find_file_key(std::span<const AgeStanza> stanzas, std::span<const Identity> identities,
                                  const AgeLimits& limits) {
  for (const Identity& identity : identities) {
    if (identity.key() == nullptr) return fail(Errc::misuse, "an identity that was moved from");
    for (const AgeStanza& stanza : stanzas) {
      NPK_ASSIGN(SecretBytes file_key, identity.key()->unwrap(stanza, limits));
      if (!file_key.empty()) return file_key;
    }
  }
  return fail(Errc::no_key, "none of the identities opens it");
}

// The binary form of a file in either; `decoded` holds it where it was armored.
Result<ByteView> without_armor(ByteView file, Bytes& decoded) {
  if (file.size() > kMaxAgeFileBytes) return fail(Errc::limit, "an age file of more than 4 MiB");
  if (!crypto::is_age_armor(file)) return file;
  NPK_ASSIGN(decoded, crypto::decode_age_armor(file));
  return ByteView(decoded);
}

}  // namespace

Result<Bytes> crypto::age_encrypt_with_header(std::span<const Recipient> recipients,
                                              const std::function<Result<SecretBytes>(ByteView)>& plaintext_for) {
  NPK_TRY(check_recipients(recipients));
  NPK_ASSIGN(const SecretBytes file_key, crypto::random_secret(crypto::kFileKeyBytes));
  std::vector<AgeStanza> stanzas;
  for (const Recipient& recipient : recipients) {
    NPK_ASSIGN(AgeStanza stanza, recipient.key()->wrap(file_key.view()));
    stanzas.push_back(std::move(stanza));
  }
  NPK_ASSIGN(Bytes file, crypto::write_age_header(stanzas, file_key.view()));
  NPK_ASSIGN(const SecretBytes plaintext, plaintext_for(file));
  if (plaintext.size() > kMaxAgePlaintextBytes) return fail(Errc::limit, "more than 1 MiB for an age file");
  NPK_TRY(crypto::append_age_payload(file, file_key.view(), plaintext.view()));
  return file;
}

Result<ByteView> crypto::age_header_of(ByteView file) {
  NPK_ASSIGN(const AgeHeader header, crypto::read_age_header(file));
  return file.first(file.size() - header.payload.size());
}

Result<Bytes> age_encrypt(ByteView plaintext, std::span<const Recipient> recipients) {
  if (plaintext.size() > kMaxAgePlaintextBytes) return fail(Errc::limit, "more than 1 MiB for an age file");
  return crypto::age_encrypt_with_header(recipients, [&](ByteView) { return SecretBytes::copy_of(plaintext); });
}

Result<SecretBytes> age_decrypt(ByteView file, std::span<const Identity> identities, const AgeLimits& limits) {
  Bytes decoded;
  NPK_ASSIGN(const ByteView binary, without_armor(file, decoded));
  NPK_ASSIGN(const AgeHeader header, crypto::read_age_header(binary));
  NPK_TRY(check_alone(header.stanzas));
  NPK_ASSIGN(const SecretBytes file_key, find_file_key(header.stanzas, identities, limits));
  NPK_TRY(crypto::check_age_header(header, file_key.view()));
  return crypto::open_age_payload(header.payload, file_key.view());
}

Result<Bytes> age_binary(ByteView file) {
  Bytes decoded;
  NPK_ASSIGN(const ByteView binary, without_armor(file, decoded));
  return Bytes(binary.begin(), binary.end());
}

Result<std::vector<AgeStanza>> describe_stanzas(ByteView file) {
  Bytes decoded;
  NPK_ASSIGN(const ByteView binary, without_armor(file, decoded));
  NPK_ASSIGN(AgeHeader header, crypto::read_age_header(binary));
  NPK_TRY(check_alone(header.stanzas));
  return std::move(header.stanzas);
}

}  // namespace npk
