// The primitives age files are made of; each is libsodium's. HKDF alone is put together here (RFC 5869 over
// HMAC-SHA-256), as libsodium has it only from 1.0.19 on.
// Threads: pure functions. Sizes of keys, nonces and points are the caller's duty. What is secret is returned in
// SecretBytes; Errc::limit wherever no memory is left for that.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string_view>

#include "npk/bytes.h"
#include "npk/secret.h"

namespace npk::crypto {

inline constexpr std::size_t kKeyBytes = 32, kNonceBytes = 12, kTagBytes = 16;

using PublicKey = std::array<std::uint8_t, kKeyBytes>;
using Nonce = std::array<std::uint8_t, kNonceBytes>;
using Mac = std::array<std::uint8_t, 32>;

[[nodiscard]] Result<SecretBytes> random_secret(std::size_t size);

// RFC 2104 with SHA-256, over the parts one after the other.
void hmac_sha256(MutableBytes out, ByteView key, std::initializer_list<ByteView> parts);
// RFC 5869: the first 32 bytes of output.
[[nodiscard]] Result<SecretBytes> hkdf_sha256(ByteView input_key, ByteView salt, std::string_view info);

// RFC 7748. Errors: corrupt (the point is of low order, so that the result would be all zeros).
[[nodiscard]] Result<SecretBytes> x25519(ByteView scalar, ByteView point);
[[nodiscard]] Result<PublicKey> x25519_base(ByteView scalar);

// RFC 8439, no associated data. `out` has kTagBytes more than the plaintext.
void seal(MutableBytes out, ByteView key, const Nonce& nonce, ByteView plaintext);
// False, and `out` is zeros, unless it is authentic. `sealed` has kTagBytes at least, `out` that many less.
[[nodiscard]] bool open(MutableBytes out, ByteView key, const Nonce& nonce, ByteView sealed);

struct ScryptCost {
  int log2_n = 0;  // 1…40
  std::uint32_t r = 8, p = 1;
};
// RFC 7914. Errors: limit (not enough memory: 128 * r * 2^log2_n bytes).
[[nodiscard]] Result<SecretBytes> scrypt(ByteView passphrase, ByteView salt, const ScryptCost& cost,
                                         std::size_t size = kKeyBytes);

}  // namespace npk::crypto
