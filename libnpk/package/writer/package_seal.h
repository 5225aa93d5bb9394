// What seals a package that is being written (spec section 14): its keys, its envelopes, and the writing session.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "crypto/padding.h"
#include "crypto/sealing.h"
#include "npk/format/frame.h"
#include "npk/format/superblock.h"
#include "npk/recipients.h"

namespace npk::writer {

// Const members are thread-safe.
class PackageSeal {
 public:
  // Of a new package. Null if there are no recipients. Errors: misuse, limit (recipients), unsupported (cipher).
  [[nodiscard]] static Result<std::unique_ptr<const PackageSeal>> create(std::span<const Recipient> recipients,
                                                                         format::Cipher cipher, bool pad = false);
  // Of a session behind the trailer of a package that is there, without envelopes. `salt_id` is a number no session of
  // the package has. Errors: no_key (no epoch that may be sealed under), unsupported (cipher), limit (no guarded memory).
  // `pad`: bodies are padded.
  [[nodiscard]] static Result<std::unique_ptr<const PackageSeal>> resume(const format::Superblock& superblock,
                                                                         const crypto::BodyOpener& keys,
                                                                         std::uint32_t salt_id, bool pad = false);

  [[nodiscard]] const format::Superblock& superblock() const noexcept { return superblock_; }
  // Bodies of the envelope frames that follow the superblock.
  [[nodiscard]] const std::vector<Bytes>& envelopes() const noexcept { return envelopes_; }

  // How long a plain body of this length is once it is padded, or as it is if bodies are not padded.
  [[nodiscard]] std::uint64_t padded_bytes(std::uint64_t plain_bytes) const noexcept {
    return pads_ ? crypto::padded_length(plain_bytes) : plain_bytes;
  }
  // `room` holds a plain body of `plain_bytes` at its start, and is as long as that padded: it becomes that.
  static void pad(MutableBytes room, std::size_t plain_bytes) noexcept;
  [[nodiscard]] bool pads() const noexcept { return pads_; }

  // Bytes around a plain body: free ones that seal() needs.
  [[nodiscard]] static std::size_t head_bytes(bool carries_head) noexcept {
    return carries_head ? crypto::SessionHead::kBytes : 0;
  }
  // The header of a sealed frame, but for what depends on its place. `counter`: of the frames of this type.
  [[nodiscard]] format::FrameHeader header(format::FrameType type, std::uint32_t counter, bool carries_head,
                                           std::uint64_t stored_length) const;
  // `room`: head_bytes, the plain body, tag_bytes of it; becomes the stored body.
  void seal(const format::FrameHeader& header, MutableBytes room) const noexcept;

 private:
  struct Names {
    std::uint32_t epoch = 1;
    std::uint32_t salt_id = 1;
  };
  PackageSeal(const format::Superblock& superblock, std::vector<Bytes> envelopes, Names names,
              crypto::SealingSession session)
      : superblock_(superblock), envelopes_(std::move(envelopes)), names_(names), session_(std::move(session)) {}

  format::Superblock superblock_;
  std::vector<Bytes> envelopes_;
  Names names_;
  bool pads_ = false;
  crypto::SealingSession session_;
};

}  // namespace npk::writer
