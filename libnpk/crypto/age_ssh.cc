// The ssh-ed25519 recipient type, as stock age has it (filippo.io/age/agessh): the Ed25519 key's Montgomery form, and a
// tweak that binds the shared secret to the SSH key.
#include <sodium.h>

#include <algorithm>
#include <utility>

#include "crypto/age_key.h"
#include "crypto/age_wrap.h"
#include "crypto/base64.h"
#include "crypto/sodium.h"
#include "crypto/ssh_key.h"

namespace npk::crypto {
namespace {

constexpr std::string_view kInfo = "age-encryption.org/v1/ssh-ed25519";
constexpr std::size_t kTagLength = 4;

// The public side, and what follows from it.
struct SshKey {
  PublicKey point{};  // X25519
  Bytes wire;
  std::string tag;  // in stanzas
};

Result<SshKey> ssh_key_of(const PublicKey& key) {
  NPK_TRY(start_sodium());
  SshKey out{.wire = ssh_ed25519_wire(key), .tag = {}};
  if (::crypto_sign_ed25519_pk_to_curve25519(out.point.data(), key.data()) != 0) {
    return fail_corrupt("an ssh-ed25519 key that is no usable point");
  }
  std::array<std::uint8_t, crypto_hash_sha256_BYTES> hash;
  ::crypto_hash_sha256(hash.data(), out.wire.data(), out.wire.size());
  out.tag = base64_encode(ByteView(hash).first(kTagLength));
  return out;
}

// `own` is the ephemeral secret when wrapping, the identity's when unwrapping; `other` is what the other side shows.
Result<SecretBytes> wrap_key(const SshKey& key, ByteView own, const PublicKey& other, const PublicKey& share) {
  NPK_ASSIGN(const SecretBytes shared_secret, x25519(own, other));
  NPK_ASSIGN(const SecretBytes tweak, hkdf_sha256({}, key.wire, kInfo));
  NPK_ASSIGN(const SecretBytes bound_secret, x25519(tweak.view(), shared_secret.view()));
  Bytes salt(share.begin(), share.end());
  salt.insert(salt.end(), key.point.begin(), key.point.end());
  return hkdf_sha256(bound_secret.view(), salt, kInfo);
}

class SshRecipient final : public RecipientKey {
 public:
  explicit SshRecipient(SshKey key) : key_(std::move(key)) {}

  [[nodiscard]] Result<AgeStanza> wrap(ByteView file_key) const override {
    NPK_ASSIGN(const SecretBytes ephemeral, random_secret(kKeyBytes));
    NPK_ASSIGN(const PublicKey share, x25519_base(ephemeral.view()));
    NPK_ASSIGN(const SecretBytes key, wrap_key(key_, ephemeral.view(), key_.point, share));
    return AgeStanza{.type = std::string(kSshEd25519Type),
                     .arguments = {key_.tag, base64_encode(share)},
                     .body = seal_file_key(key.view(), file_key)};
  }
  [[nodiscard]] std::string text() const override { return ssh_ed25519_text(key_.wire); }

 private:
  SshKey key_;
};

class SshIdentity final : public IdentityKey {
 public:
  SshIdentity(SecretBytes scalar, const PublicKey& public_key, SshKey key)
      : scalar_(std::move(scalar)), public_key_(public_key), key_(std::move(key)) {}

  [[nodiscard]] Result<SecretBytes> unwrap(const AgeStanza& stanza, const AgeLimits&) const override {
    if (stanza.type != kSshEd25519Type) return SecretBytes();
    NPK_TRY(check_shape(stanza, 2));
    NPK_ASSIGN(const PublicKey share, read_share(stanza.arguments[1]));
    if (stanza.arguments[0] != key_.tag) return SecretBytes();
    NPK_ASSIGN(const SecretBytes key, wrap_key(key_, scalar_.view(), share, share));
    return open_file_key(key.view(), stanza.body);
  }
  [[nodiscard]] Result<Recipient> recipient() const override { return ssh_ed25519_recipient(public_key_); }

 private:
  SecretBytes scalar_;
  PublicKey public_key_;
  SshKey key_;
};

}  // namespace

Result<Recipient> ssh_ed25519_recipient(const PublicKey& key) {
  NPK_ASSIGN(SshKey parts, ssh_key_of(key));
  return Recipient(std::make_unique<SshRecipient>(std::move(parts)));
}

Result<Identity> ssh_ed25519_identity(const SecretBytes& seed, const PublicKey& key) {
  NPK_ASSIGN(SecretBytes pair, SecretBytes::allocate(crypto_sign_ed25519_SECRETKEYBYTES));
  NPK_ASSIGN(SecretBytes scalar, SecretBytes::allocate(kKeyBytes));
  PublicKey public_key;
  if (::crypto_sign_ed25519_seed_keypair(public_key.data(), pair.span().data(), seed.view().data()) != 0 ||
      ::crypto_sign_ed25519_sk_to_curve25519(scalar.span().data(), pair.view().data()) != 0) {
    return fail(Errc::internal, "libsodium refuses an Ed25519 seed");
  }
  if (public_key != key) return fail_corrupt("an SSH key whose two halves don't belong together");
  NPK_ASSIGN(SshKey parts, ssh_key_of(public_key));
  return Identity(std::make_unique<SshIdentity>(std::move(scalar), public_key, std::move(parts)));
}

}  // namespace npk::crypto
