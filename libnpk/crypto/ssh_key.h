// OpenSSH's two files of an Ed25519 key: the public line (RFC 4253 section 6.6, RFC 8709) and the private key file
// (OpenSSH's PROTOCOL.key), without a passphrase only.
#pragma once

#include <string>
#include <string_view>

#include "crypto/primitives.h"
#include "npk/secret.h"

namespace npk::crypto {

// The key as SSH sends it: its type and its 32 bytes, each after its length.
[[nodiscard]] Bytes ssh_ed25519_wire(const PublicKey& key);
// "ssh-ed25519 AAAA…"
[[nodiscard]] std::string ssh_ed25519_text(ByteView wire);

// A line that begins "ssh-"; a comment may follow the key. Errors: corrupt; unsupported (another type of key).
[[nodiscard]] Result<PublicKey> parse_ssh_public(std::string_view line);

// Whether it begins as an OpenSSH private key does.
[[nodiscard]] bool is_ssh_private(std::string_view file);
struct SshPrivateKey {
  PublicKey key{};
  SecretBytes seed;  // 32 bytes; that the two belong together is not known yet
};
// Errors: corrupt; unsupported (it has a passphrase, or is of another type).
[[nodiscard]] Result<SshPrivateKey> parse_ssh_private(std::string_view file);

}  // namespace npk::crypto
