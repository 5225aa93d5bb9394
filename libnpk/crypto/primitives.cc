#include "crypto/primitives.h"

#include <sodium.h>

#include "crypto/sodium.h"

namespace npk::crypto {
namespace {

constexpr std::uint8_t kNoBytes = 0;  // stands for the pointer of an empty view: libsodium wants none that is null

const std::uint8_t* data_of(ByteView bytes) noexcept {
  return bytes.empty() ? &kNoBytes : bytes.data();
}

}  // namespace

Result<SecretBytes> random_secret(std::size_t size) {
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(size));
  ::randombytes_buf(out.span().data(), size);
  return out;
}

void hmac_sha256(MutableBytes out, ByteView key, std::initializer_list<ByteView> parts) {
  ::crypto_auth_hmacsha256_state state;
  ::crypto_auth_hmacsha256_init(&state, data_of(key), key.size());
  for (const ByteView part : parts) ::crypto_auth_hmacsha256_update(&state, data_of(part), part.size());
  ::crypto_auth_hmacsha256_final(&state, out.data());
  ::sodium_memzero(&state, sizeof state);
}

Result<SecretBytes> hkdf_sha256(ByteView input_key, ByteView salt, std::string_view info) {
  static constexpr std::uint8_t kFirstBlock = 1;
  NPK_ASSIGN(SecretBytes extracted, SecretBytes::allocate(kKeyBytes));
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(kKeyBytes));
  hmac_sha256(extracted.span(), salt, {input_key});
  hmac_sha256(out.span(), extracted.view(), {as_bytes(info), {&kFirstBlock, 1}});
  return out;
}

Result<SecretBytes> x25519(ByteView scalar, ByteView point) {
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(kKeyBytes));
  if (::crypto_scalarmult_curve25519(out.span().data(), scalar.data(), point.data()) != 0) {
    return fail_corrupt("an X25519 share is of low order");
  }
  return out;
}

Result<PublicKey> x25519_base(ByteView scalar) {
  NPK_TRY(start_sodium());
  PublicKey out;
  if (::crypto_scalarmult_curve25519_base(out.data(), scalar.data()) != 0) {
    return fail(Errc::internal, "libsodium refuses an X25519 scalar");
  }
  return out;
}

void seal(MutableBytes out, ByteView key, const Nonce& nonce, ByteView plaintext) {
  ::crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, data_of(plaintext), plaintext.size(), nullptr, 0,
                                              nullptr, nonce.data(), key.data());
}

bool open(MutableBytes out, ByteView key, const Nonce& nonce, ByteView sealed) {
  std::uint8_t nothing = 0;
  std::uint8_t* to = out.empty() ? &nothing : out.data();
  return ::crypto_aead_chacha20poly1305_ietf_decrypt(to, nullptr, nullptr, sealed.data(), sealed.size(), nullptr, 0,
                                                     nonce.data(), key.data()) == 0;
}

Result<SecretBytes> scrypt(ByteView passphrase, ByteView salt, const ScryptCost& cost, std::size_t size) {
  NPK_ASSIGN(SecretBytes out, SecretBytes::allocate(size));
  if (::crypto_pwhash_scryptsalsa208sha256_ll(data_of(passphrase), passphrase.size(), data_of(salt), salt.size(),
                                              std::uint64_t{1} << cost.log2_n, cost.r, cost.p, out.span().data(),
                                              size) != 0) {
    return fail(Errc::limit, "not enough memory for the passphrase's work factor");
  }
  return out;
}

}  // namespace npk::crypto
