#include "crypto/age_payload.h"

#include <algorithm>
#include <utility>

#include "crypto/primitives.h"
#include "npk/age.h"

namespace npk::crypto {
namespace {

constexpr std::size_t kPayloadNonceBytes = 16, kChunkBytes = 64U << 10, kSealedChunkBytes = kChunkBytes + kTagBytes;
constexpr std::string_view kPayloadKeyInfo = "payload";

// 11 bytes of big-endian counter, then 1 for the last chunk. Ours has at most 2^32 chunks.
class ChunkNonce {
 public:
  [[nodiscard]] const Nonce& next(bool is_last) {
    for (std::size_t i = 0; i < 4; ++i) nonce_[10 - i] = static_cast<std::uint8_t>(counter_ >> (8 * i));
    ++counter_;
    nonce_[11] = is_last ? 1 : 0;
    return nonce_;
  }

 private:
  Nonce nonce_{};
  std::uint32_t counter_ = 0;
};

// How many bytes the plaintext has in which these chunks would be sealed.
Result<std::size_t> plaintext_size(ByteView chunks) {
  const std::size_t full = chunks.size() / kSealedChunkBytes, rest = chunks.size() % kSealedChunkBytes;
  if (rest == 0 && full > 0) return full * kChunkBytes;
  if (rest < kTagBytes) return fail_corrupt("the age payload ends within a chunk's tag");
  if (rest == kTagBytes && full > 0) return fail_corrupt("the age payload has an empty last chunk");
  return full * kChunkBytes + rest - kTagBytes;
}

}  // namespace

Result<void> append_age_payload(Bytes& out, ByteView file_key, ByteView plaintext) {
  NPK_ASSIGN(const SecretBytes nonce, random_secret(kPayloadNonceBytes));
  NPK_ASSIGN(const SecretBytes key, hkdf_sha256(file_key, nonce.view(), kPayloadKeyInfo));
  out.insert(out.end(), nonce.view().begin(), nonce.view().end());
  ChunkNonce nonces;
  do {
    const ByteView chunk = plaintext.first(std::min(kChunkBytes, plaintext.size()));
    plaintext = plaintext.subspan(chunk.size());
    out.resize(out.size() + chunk.size() + kTagBytes);
    seal(MutableBytes(out).last(chunk.size() + kTagBytes), key.view(), nonces.next(plaintext.empty()), chunk);
  } while (!plaintext.empty());
  return {};
}

Result<SecretBytes> open_age_payload(ByteView payload, ByteView file_key) {
  if (payload.size() < kPayloadNonceBytes) return fail_corrupt("the age payload ends within its nonce");
  ByteView chunks = payload.subspan(kPayloadNonceBytes);
  NPK_ASSIGN(const std::size_t size, plaintext_size(chunks));
  if (size > kMaxAgePlaintextBytes) return fail(Errc::limit, "an age file of more than 1 MiB");
  NPK_ASSIGN(const SecretBytes key, hkdf_sha256(file_key, payload.first(kPayloadNonceBytes), kPayloadKeyInfo));
  NPK_ASSIGN(SecretBytes plaintext, SecretBytes::allocate(size));
  MutableBytes to = plaintext.span();
  ChunkNonce nonces;
  while (!chunks.empty()) {
    const ByteView chunk = chunks.first(std::min(kSealedChunkBytes, chunks.size()));
    chunks = chunks.subspan(chunk.size());
    const MutableBytes part = to.first(chunk.size() - kTagBytes);
    to = to.subspan(part.size());
    if (!open(part, key.view(), nonces.next(chunks.empty()), chunk)) {
      return fail(Errc::auth_failed, "the age payload was altered");
    }
  }
  return plaintext;
}

}  // namespace npk::crypto
