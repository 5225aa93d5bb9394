#include "crypto/sealing.h"

#include <algorithm>
#include <sodium.h>
#include <string_view>

#include "crypto/sodium.h"
#include "npk/bytes.h"

namespace npk::crypto {
namespace {

constexpr std::size_t kTypes = 16;  // of frames, and room
constexpr std::size_t kNonceBytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
static_assert(kTagBytes == crypto_aead_xchacha20poly1305_ietf_ABYTES && kTagBytes == crypto_aead_aes256gcm_ABYTES);
static_assert(kEpochKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES &&
              kEpochKeyBytes == crypto_aead_aes256gcm_KEYBYTES);

class KeyedHash {
 public:
  KeyedHash(ByteView key, std::string_view purpose) noexcept {
    ::crypto_generichash_init(&state_, key.data(), key.size(), kEpochKeyBytes);
    add(as_bytes(purpose));
  }
  ~KeyedHash() { ::sodium_memzero(&state_, sizeof state_); }
  KeyedHash& add(ByteView bytes) noexcept {
    ::crypto_generichash_update(&state_, bytes.data(), bytes.size());
    return *this;
  }
  void finish(std::uint8_t* out) noexcept { ::crypto_generichash_final(&state_, out, kEpochKeyBytes); }

 private:
  crypto_generichash_state state_;
};

// Twelve bytes are used, and all that AES-256-GCM takes; the others are zero.
std::array<std::uint8_t, kNonceBytes> nonce_of(std::uint32_t counter, std::uint32_t segment, bool last) noexcept {
  std::array<std::uint8_t, kNonceBytes> nonce{};
  store_le(&nonce[0], counter);
  store_le(&nonce[4], segment);
  nonce[8] = last ? 1 : 0;
  return nonce;
}

std::uint64_t segment_count(std::uint64_t plain_bytes) noexcept {
  return std::max<std::uint64_t>((plain_bytes + kSegmentBytes - 1) / kSegmentBytes, 1);
}

std::unexpected<Error> fail_altered() {
  return fail(Errc::auth_failed, "a sealed frame was altered, or lies where it was not written");
}

}  // namespace

std::uint64_t tag_bytes(std::uint64_t plain_bytes) noexcept { return segment_count(plain_bytes) * kTagBytes; }

Result<std::uint64_t> plain_bytes(std::uint64_t sealed_bytes) {
  constexpr std::uint64_t kSealedSegment = kSegmentBytes + kTagBytes;
  const std::uint64_t segments = std::max<std::uint64_t>((sealed_bytes + kSealedSegment - 1) / kSealedSegment, 1);
  if (sealed_bytes < segments * kTagBytes || tag_bytes(sealed_bytes - segments * kTagBytes) != segments * kTagBytes)
    return fail_corrupt("a sealed body has a length that no sealed body has");
  return sealed_bytes - segments * kTagBytes;
}

Result<void> check_cipher(format::Cipher cipher) {
  NPK_TRY(start_sodium());
  if (cipher == format::Cipher::aes_256_gcm && ::crypto_aead_aes256gcm_is_available() == 0)
    return fail(Errc::unsupported, "this processor has no AES instructions, and AES-256-GCM is not done without them");
  return {};
}

Digest key_commitment(ByteView epoch_key, const format::PackageId& id) {
  Digest out;
  KeyedHash(epoch_key, "npk 1 key commitment").add(id).finish(out.data());
  return out;
}

Result<SecretBytes> random_key() {
  NPK_ASSIGN(SecretBytes key, SecretBytes::allocate(kEpochKeyBytes));
  ::randombytes_buf(key.span().data(), key.size());
  return key;
}

Result<SealingSession> SealingSession::begin(ByteView epoch_key, const Digest& package, format::Cipher cipher) {
  NPK_TRY(check_cipher(cipher));
  std::array<std::uint8_t, 32> salt;
  ::randombytes_buf(salt.data(), salt.size());
  return derive(epoch_key, package, cipher, salt);
}

Result<SealingSession> SealingSession::resume(ByteView epoch_key, const Digest& package, format::Cipher cipher,
                                              const SessionHead& head) {
  NPK_TRY(check_cipher(cipher));
  NPK_ASSIGN(SealingSession session, derive(epoch_key, package, cipher, head.salt));
  if (!equal_in_constant_time(session.head_.commitment, head.commitment))
    return fail(Errc::auth_failed, "a sealed frame was not sealed with this package's key");
  return session;
}

Result<SealingSession> SealingSession::derive(ByteView epoch_key, const Digest& package, format::Cipher cipher,
                                              const std::array<std::uint8_t, 32>& salt) {
  SessionHead head{salt, {}};
  KeyedHash(epoch_key, "npk 1 session commitment").add(package).add(salt).finish(head.commitment.data());
  NPK_ASSIGN(SecretBytes keys, SecretBytes::allocate(kTypes * kEpochKeyBytes));
  for (std::uint8_t type = 0; type < kTypes; ++type) {
    const std::array<std::uint8_t, 1> bytes{type};
    KeyedHash(epoch_key, "npk 1 frame key").add(package).add(salt).add(bytes).finish(&keys.span()[type * kEpochKeyBytes]);
  }
  return SealingSession(head, std::move(keys), cipher);
}

const std::uint8_t* SealingSession::key_of(format::FrameType type) const noexcept {
  return &keys_.view()[(static_cast<std::size_t>(type) % kTypes) * kEpochKeyBytes];
}

void SealingSession::seal(const format::FrameHeader& header, MutableBytes room) const noexcept {
  const std::uint64_t segments = (room.size() + kSegmentBytes + kTagBytes - 1) / (kSegmentBytes + kTagBytes);
  const auto bound = format::seal_associated_data(header);
  MutableBytes tags = room.last(static_cast<std::size_t>(segments * kTagBytes));
  MutableBytes text = room.first(room.size() - tags.size());
  const auto encrypt = cipher_ == format::Cipher::aes_256_gcm ? ::crypto_aead_aes256gcm_encrypt_detached
                                                              : ::crypto_aead_xchacha20poly1305_ietf_encrypt_detached;
  for (std::uint32_t segment = 0; segment < segments; ++segment) {
    const std::size_t count = std::min(text.size(), kSegmentBytes);
    const auto nonce = nonce_of(header.seal_counter, segment, segment + 1 == segments);
    encrypt(text.data(), tags.data(), nullptr, text.data(), count, bound.data(), bound.size(), nullptr, nonce.data(),
            key_of(header.type));
    text = text.subspan(count);
    tags = tags.subspan(kTagBytes);
  }
}

Result<MutableBytes> SealingSession::open(const format::FrameHeader& header, MutableBytes sealed) const {
  NPK_ASSIGN(const std::uint64_t plain, plain_bytes(sealed.size()));
  const MutableBytes out = sealed.first(static_cast<std::size_t>(plain));
  const ByteView tags = sealed.subspan(out.size());
  const std::uint64_t segments = tags.size() / kTagBytes;
  for (std::uint32_t segment = 0; segment < segments; ++segment) {
    const std::size_t begin = segment * kSegmentBytes;
    const std::size_t count = std::min(out.size() - begin, kSegmentBytes);
    if (!open_segment(header, segment, segment + 1 == segments, out.subspan(begin, count), &tags[segment * kTagBytes])) {
      wipe(out);
      return fail_altered();
    }
  }
  return out;
}

Result<void> SealingSession::open_first(const format::FrameHeader& header, std::uint64_t plain_bytes,
                                        MutableBytes segment, ByteView tag) const {
  if (open_segment(header, 0, segment_count(plain_bytes) == 1, segment, tag.data())) return {};
  wipe(segment);
  return fail_altered();
}

bool SealingSession::open_segment(const format::FrameHeader& header, std::uint32_t number, bool last,
                                  MutableBytes segment, const std::uint8_t* tag) const noexcept {
  const auto bound = format::seal_associated_data(header);
  const auto decrypt = cipher_ == format::Cipher::aes_256_gcm ? ::crypto_aead_aes256gcm_decrypt_detached
                                                              : ::crypto_aead_xchacha20poly1305_ietf_decrypt_detached;
  const auto nonce = nonce_of(header.seal_counter, number, last);
  return decrypt(segment.data(), nullptr, segment.data(), segment.size(), tag, bound.data(), bound.size(), nonce.data(),
                 key_of(header.type)) == 0;
}

}  // namespace npk::crypto
