// Ed25519 (RFC 8032), libsodium's. Thread-safe. Sizes are the caller's duty.
#pragma once

#include <array>

#include "npk/bytes.h"
#include "npk/secret.h"

namespace npk::crypto {

inline constexpr std::size_t kEd25519SecretBytes = 64;  // seed, public key
inline constexpr std::size_t kEd25519PublicBytes = 32;
using Ed25519Signature = std::array<std::uint8_t, 64>;

// Whether the second half of a secret key is the public key of the first: signing with another one gives the seed away.
[[nodiscard]] Result<bool> is_ed25519_pair(ByteView secret);
[[nodiscard]] Result<Ed25519Signature> ed25519_sign(ByteView secret, ByteView message);
// False also for a public key or a signature that is not canonical.
[[nodiscard]] Result<bool> ed25519_verify(ByteView public_key, const Ed25519Signature& signature, ByteView message);

}  // namespace npk::crypto
