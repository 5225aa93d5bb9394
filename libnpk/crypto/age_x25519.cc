// The X25519 recipient type of the age specification.
#include <algorithm>
#include <utility>

#include "crypto/age_key.h"
#include "crypto/age_wrap.h"
#include "crypto/base64.h"
#include "crypto/bech32.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kType = "X25519", kX25519Info = "age-encryption.org/v1/X25519";

Result<SecretBytes> wrap_key(ByteView shared_secret, const PublicKey& share, const PublicKey& recipient) {
  Bytes salt(share.begin(), share.end());
  salt.insert(salt.end(), recipient.begin(), recipient.end());
  return hkdf_sha256(shared_secret, salt, kX25519Info);
}

class X25519Recipient final : public RecipientKey {
 public:
  explicit X25519Recipient(const PublicKey& point, std::string text) : point_(point), text_(std::move(text)) {}

  [[nodiscard]] Result<AgeStanza> wrap(ByteView file_key) const override {
    NPK_ASSIGN(const SecretBytes ephemeral, random_secret(kKeyBytes));
    NPK_ASSIGN(const PublicKey share, x25519_base(ephemeral.view()));
    NPK_ASSIGN(const SecretBytes shared_secret, x25519(ephemeral.view(), point_));
    NPK_ASSIGN(const SecretBytes key, wrap_key(shared_secret.view(), share, point_));
    return AgeStanza{
        .type = std::string(kType), .arguments = {base64_encode(share)}, .body = seal_file_key(key.view(), file_key)};
  }
  [[nodiscard]] std::string text() const override { return text_; }

 private:
  PublicKey point_;
  std::string text_;
};

class X25519Identity final : public IdentityKey {
 public:
  X25519Identity(SecretBytes scalar, const PublicKey& point) : scalar_(std::move(scalar)), point_(point) {}

  [[nodiscard]] Result<SecretBytes> unwrap(const AgeStanza& stanza, const AgeLimits&) const override {
    if (stanza.type != kType) return SecretBytes();
    NPK_TRY(check_shape(stanza, 1));
    NPK_ASSIGN(const PublicKey share, read_share(stanza.arguments[0]));
    NPK_ASSIGN(const SecretBytes shared_secret, x25519(scalar_.view(), share));
    NPK_ASSIGN(const SecretBytes key, wrap_key(shared_secret.view(), share, point_));
    return open_file_key(key.view(), stanza.body);
  }
  [[nodiscard]] Result<Recipient> recipient() const override { return x25519_recipient(point_); }

 private:
  SecretBytes scalar_;
  PublicKey point_;
};

}  // namespace

Result<Recipient> x25519_recipient(const PublicKey& point) {
  NPK_ASSIGN(const SecretBytes any_scalar, random_secret(kKeyBytes));
  if (const auto usable = x25519(any_scalar.view(), point); !usable) {
    return fail(usable.error().code, "a public key that no secret can be shared with");
  }
  NPK_ASSIGN(const SecretBytes text, bech32_encode(kX25519Prefix, point));
  return Recipient(std::make_unique<X25519Recipient>(point, std::string(as_text(text.view()))));
}

Result<Identity> x25519_identity(SecretBytes scalar) {
  NPK_ASSIGN(const PublicKey point, x25519_base(scalar.view()));
  return Identity(std::make_unique<X25519Identity>(std::move(scalar), point));
}

}  // namespace npk::crypto
