#include "crypto/age_wrap.h"

#include <algorithm>

#include "crypto/age_key.h"
#include "crypto/base64.h"

namespace npk::crypto {
namespace {

constexpr Nonce kZeroNonce{};  // the key seals one message only
constexpr std::size_t kBodyBytes = kFileKeyBytes + kTagBytes;

}  // namespace

Bytes seal_file_key(ByteView wrap_key, ByteView file_key) {
  Bytes body(file_key.size() + kTagBytes);
  seal(body, wrap_key, kZeroNonce, file_key);
  return body;
}

Result<SecretBytes> open_file_key(ByteView wrap_key, ByteView body) {
  NPK_ASSIGN(SecretBytes file_key, SecretBytes::allocate(kFileKeyBytes));
  if (!open(file_key.span(), wrap_key, kZeroNonce, body)) return SecretBytes();
  return file_key;
}

// The body's size is checked before it is decrypted: one that fits two keys has to be longer (the specification's
// defence against partitioning oracles).
Result<void> check_shape(const AgeStanza& stanza, std::size_t arguments) {
  if (stanza.arguments.size() != arguments) {
    return fail(Errc::corrupt, "an age stanza of type " + stanza.type + " has " +
                                   std::to_string(stanza.arguments.size()) + " arguments, not " +
                                   std::to_string(arguments));
  }
  if (stanza.body.size() != kBodyBytes) {
    return fail(Errc::corrupt, "an age stanza of type " + stanza.type + " has a body of " +
                                   std::to_string(stanza.body.size()) + " bytes, not " + std::to_string(kBodyBytes));
  }
  return {};
}

Result<PublicKey> read_share(std::string_view argument) {
  const auto bytes = base64_decode(argument);
  PublicKey share;
  if (!bytes || bytes->size() != share.size()) {
    return fail_corrupt("an age stanza's share isn't 32 bytes in canonical base64");
  }
  std::ranges::copy(*bytes, share.begin());
  return share;
}

}  // namespace npk::crypto
