// What seals a package that is being written (spec section 14): its keys, its envelopes, and the writing session.
#pragma once

#include <memory>
#include <vector>

#include "crypto/sealing.h"
#include "npk/format/frame.h"
#include "npk/format/superblock.h"
#include "npk/writer.h"

namespace npk::writer {

// Const members are thread-safe.
class PackageSeal {
 public:
  // Null if there are no recipients. Errors: misuse, limit (recipients), unsupported (cipher).
  [[nodiscard]] static Result<std::unique_ptr<const PackageSeal>> create(const WriterOptions& options);

  [[nodiscard]] const format::Superblock& superblock() const noexcept { return superblock_; }
  // Bodies of the envelope frames that follow the superblock.
  [[nodiscard]] const std::vector<Bytes>& envelopes() const noexcept { return envelopes_; }

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
  PackageSeal(const format::Superblock& superblock, std::vector<Bytes> envelopes, crypto::SealingSession session)
      : superblock_(superblock), envelopes_(std::move(envelopes)), session_(std::move(session)) {}

  format::Superblock superblock_;
  std::vector<Bytes> envelopes_;
  crypto::SealingSession session_;
};

}  // namespace npk::writer
