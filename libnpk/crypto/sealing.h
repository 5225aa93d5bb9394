// Sealed frame bodies (spec section 14): the keys of a writing session, and bodies sealed and opened in place, segment by
// segment. XChaCha20-Poly1305 or AES-256-GCM, subkeys and commitments by keyed BLAKE2b; all of it libsodium's.
//
// A nonce never comes twice under a key: each session has keys of its own, by a random salt of 32 bytes, one for each
// type of frame; under each of these the nonce is the frame's seal counter, the segment's number, and whether it is the
// last. A counter is taken before anything is sealed, and never given back.
#pragma once

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <map>
#include <memory>

#include "crypto/primitives.h"
#include "npk/format/frame.h"
#include "npk/secret.h"

namespace npk::crypto {

inline constexpr std::size_t kEpochKeyBytes = 32;
using EpochKeys = std::map<std::uint32_t, SecretBytes>;  // by epoch, from 1
inline constexpr std::size_t kSegmentBytes = 64U << 10;  // of plain text
// As many writing sessions as a reader remembers: each takes guarded memory, four mappings of it, of which a process may
// have some 65,000.
inline constexpr unsigned kMostSessions = 4096;

// What a session shows of its keys, in the clear before the body of a frame that carries it.
struct SessionHead {
  static constexpr std::size_t kBytes = 64;
  std::array<std::uint8_t, 32> salt{};
  std::array<std::uint8_t, 32> commitment{};  // to the epoch key: no sealed text opens under two keys

  friend bool operator==(const SessionHead&, const SessionHead&) = default;
};

// What the tags of a plain text of this length take, behind its cipher text. At least one: also nothing is sealed.
[[nodiscard]] std::uint64_t tag_bytes(std::uint64_t plain_bytes) noexcept;
// The length of the plain text in a sealed text; Errc::corrupt if none has that length.
[[nodiscard]] Result<std::uint64_t> plain_bytes(std::uint64_t sealed_bytes);

// Errc::unsupported, in a sentence, for a cipher this machine can't do.
[[nodiscard]] Result<void> check_cipher(format::Cipher cipher);
// What the superblock says of the first epoch key.
[[nodiscard]] Digest key_commitment(ByteView epoch_key, const format::PackageId& id);
[[nodiscard]] Result<SecretBytes> random_key();

// The keys of one writing session. Const members are thread-safe.
class SealingSession {
 public:
  // `package` is the BLAKE3 of the superblock. Errors: unsupported (cipher), limit (no guarded memory).
  [[nodiscard]] static Result<SealingSession> begin(ByteView epoch_key, const Digest& package, format::Cipher cipher);
  // Errc::auth_failed if the head is not one of this key and package.
  [[nodiscard]] static Result<SealingSession> resume(ByteView epoch_key, const Digest& package, format::Cipher cipher,
                                                     const SessionHead& head);

  [[nodiscard]] const SessionHead& head() const noexcept { return head_; }

  // `room` is the plain text and tag_bytes(of it) free bytes; it becomes the sealed text. The header is the frame's, but
  // for what seal_associated_data leaves out.
  void seal(const format::FrameHeader& header, MutableBytes room) const noexcept;
  // The reverse: the plain text is where it was. Errc::auth_failed, and the bytes wiped, unless every segment is what
  // was sealed with this header and in this place; corrupt for a length no text has.
  [[nodiscard]] Result<MutableBytes> open(const format::FrameHeader& header, MutableBytes sealed) const;
  // Only the first segment, in place. Its tag lies behind all of the text, which has `plain_bytes`.
  [[nodiscard]] Result<void> open_first(const format::FrameHeader& header, std::uint64_t plain_bytes, MutableBytes segment,
                                        ByteView tag) const;

 private:
  SealingSession(SessionHead head, SecretBytes keys, format::Cipher cipher) noexcept
      : head_(head), keys_(std::move(keys)), cipher_(cipher) {}
  [[nodiscard]] static Result<SealingSession> derive(ByteView epoch_key, const Digest& package, format::Cipher cipher,
                                                     const std::array<std::uint8_t, 32>& salt);
  [[nodiscard]] const std::uint8_t* key_of(format::FrameType type) const noexcept;
  [[nodiscard]] bool open_segment(const format::FrameHeader& header, std::uint32_t number, bool last, MutableBytes segment,
                                  const std::uint8_t* tag) const noexcept;

  SessionHead head_;
  SecretBytes keys_;  // of each type of frame
  format::Cipher cipher_;
};

// All a reader needs to open sealed bodies of a package. Thread-safe, in forked children too: it takes no lock.
class BodyOpener {
 public:
  // `package` is the BLAKE3 of the superblock.
  BodyOpener(const Digest& package, format::Cipher cipher) noexcept : package_(package), cipher_(cipher) {}
  ~BodyOpener();
  BodyOpener(const BodyOpener&) = delete;
  BodyOpener& operator=(const BodyOpener&) = delete;

  // No other thread uses it meanwhile. Errc::auth_failed if the epoch has another key already;
  // limit: more than kMostEpochs.
  [[nodiscard]] Result<void> add_key(std::uint32_t epoch, SecretBytes key);
  [[nodiscard]] const EpochKeys& epoch_keys() const noexcept { return epoch_keys_; }
  // The epoch that may be sealed under; anyone can add keys, but only to read what is sealed under them. 0: none. No
  // other thread uses it meanwhile.
  void allow_sealing(std::uint32_t epoch) noexcept { sealing_epoch_ = epoch; }
  [[nodiscard]] std::uint32_t sealing_epoch() const noexcept { return sealing_epoch_; }

  // Whether the frame's writing session has been met.
  [[nodiscard]] bool knows(const format::FrameHeader& header) const noexcept { return find(header) != nullptr; }
  // As open(), but the body is only looked at for what a later one needs.
  [[nodiscard]] Result<void> meet(const format::FrameHeader& header, ByteView body) const;
  // The plain body, in place, of a sealed frame whose body has been read whole. auth_failed: not sealed by a key of this
  // package, or not in this place; no_key: of an epoch whose key is not there; corrupt: too short; limit: a session more
  // than kMostSessions.
  [[nodiscard]] Result<MutableBytes> open(const format::FrameHeader& header, MutableBytes body) const;
  // The same of the first segment alone: `start` is the body up to its end.
  [[nodiscard]] Result<MutableBytes> open_first(const format::FrameHeader& header, std::uint64_t plain_bytes,
                                                MutableBytes start, ByteView tag) const;

 private:
  struct Known;
  [[nodiscard]] Result<const SealingSession*> session_of(const format::FrameHeader& header, ByteView body) const;
  [[nodiscard]] const Known* find(const format::FrameHeader& header) const noexcept;
  [[nodiscard]] Result<const SealingSession*> learn(const format::FrameHeader& header, const SessionHead& head) const;

  Digest package_;
  format::Cipher cipher_;
  EpochKeys epoch_keys_;
  std::uint32_t sealing_epoch_ = 0;
  mutable std::atomic<const Known*> known_ = nullptr;  // a list that only grows
  mutable std::atomic<unsigned> known_count_ = 0;
};

}  // namespace npk::crypto
