#include <sodium.h>
#include <new>

#include "crypto/sodium.h"
#include "npk/signature.h"

namespace npk {
namespace {

crypto_generichash_state* hasher(std::byte* state) noexcept {
  return std::launder(reinterpret_cast<crypto_generichash_state*>(state));
}

}  // namespace

// libsodium's state is plain bytes, so copies of the bytes are copies of the state.
MessageHash::MessageHash() noexcept {
  static_assert(sizeof(crypto_generichash_state) <= kStateBytes && alignof(crypto_generichash_state) <= 64);
  ::crypto_generichash_init(new (state_.data()) crypto_generichash_state, nullptr, 0, sizeof(MessageDigest));
}

Result<MessageHash> MessageHash::start() {
  NPK_TRY(crypto::start_sodium());
  return MessageHash();
}

void MessageHash::update(ByteView bytes) noexcept {
  ::crypto_generichash_update(hasher(state_.data()), bytes.data(), bytes.size());
}

MessageDigest MessageHash::finish() const noexcept {
  MessageHash copy = *this;
  MessageDigest digest;
  ::crypto_generichash_final(hasher(copy.state_.data()), digest.bytes.data(), digest.bytes.size());
  return digest;
}

Result<MessageDigest> hash_message(ByteView message) {
  NPK_ASSIGN(MessageHash hash, MessageHash::start());
  hash.update(message);
  return hash.finish();
}

}  // namespace npk
