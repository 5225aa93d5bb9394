#include "crypto/ed25519.h"

#include <sodium.h>

#include "crypto/sodium.h"

namespace npk::crypto {

static_assert(kEd25519SecretBytes == crypto_sign_SECRETKEYBYTES && kEd25519PublicBytes == crypto_sign_PUBLICKEYBYTES);
static_assert(sizeof(Ed25519Signature) == crypto_sign_BYTES);

Result<bool> is_ed25519_pair(ByteView secret) {
  NPK_ASSIGN(SecretBytes made, SecretBytes::allocate(kEd25519SecretBytes));
  std::array<std::uint8_t, kEd25519PublicBytes> public_key;
  ::crypto_sign_seed_keypair(public_key.data(), made.span().data(), secret.data());
  return equal_in_constant_time(public_key, secret.last(kEd25519PublicBytes));
}

Result<Ed25519Signature> ed25519_sign(ByteView secret, ByteView message) {
  NPK_TRY(start_sodium());
  Ed25519Signature signature;
  ::crypto_sign_detached(signature.data(), nullptr, message.data(), message.size(), secret.data());
  return signature;
}

Result<bool> ed25519_verify(ByteView public_key, const Ed25519Signature& signature, ByteView message) {
  NPK_TRY(start_sodium());
  return ::crypto_sign_verify_detached(signature.data(), message.data(), message.size(), public_key.data()) == 0;
}

}  // namespace npk::crypto
