// Writes the frames of one package into another, sealed under other keys: the same but for positions and hashes.
#pragma once

#include <unordered_map>
#include <vector>

#include "npk/format/commit.h"
#include "package/reader/frames/frame_walker.h"
#include "package/reader/signatures.h"
#include "package/writer/frame_writer.h"

namespace npk::ops {

// One thread. References lead back, so one pass in the order of the file has met whatever a frame names.
class Resealer {
 public:
  // All outlive it. The writer has written the superblock.
  Resealer(const reader::FrameReader& from, std::span<const reader::SignatureFrame> signatures, writer::FrameWriter& to)
      : from_(from), signatures_(signatures), to_(to) {}

  // The next frame of the package. Errors: corrupt (a reference to what is not before it, or to another kind);
  // unsupported (a type that is not known); the writer's.
  [[nodiscard]] Result<void> take(reader::Frame& frame);
  // After all frames. Errors: corrupt without a commit.
  [[nodiscard]] Result<void> finish(const format::Trailer& old);

  [[nodiscard]] std::uint64_t generations() const noexcept { return generations_; }
  [[nodiscard]] std::uint64_t kept_signatures() const noexcept { return kept_signatures_; }

 private:
  [[nodiscard]] Result<void> copy(const reader::Frame& frame);
  [[nodiscard]] Result<void> take_block(reader::Frame& frame);
  [[nodiscard]] Result<void> take_page(const reader::Frame& frame);
  [[nodiscard]] Result<Bytes> moved_page(ByteView raw, format::PageKind kind) const;
  [[nodiscard]] Result<void> take_commit(const reader::Frame& frame);
  [[nodiscard]] Result<void> write(const reader::Frame& frame, ByteView body);
  // Where what lay there lies now.
  template <class Reference>
  [[nodiscard]] Result<void> move(Reference& reference) const;
  [[nodiscard]] Result<void> move_if_any(format::FrameReference& reference) const;
  void keep_statement(const reader::Frame& frame, const format::Statement& statement, format::Placement& placement);

  const reader::FrameReader& from_;
  std::span<const reader::SignatureFrame> signatures_;
  writer::FrameWriter& to_;
  struct Moved {
    format::FrameReference to;
    std::uint64_t old_stored_length = 0;
  };
  std::unordered_map<std::uint64_t, Moved> moved_;  // by position
  std::uint64_t old_block_bytes_ = 0, new_block_bytes_ = 0;
  Digest old_statement_hash_{}, new_statement_hash_{};  // of the last commit
  format::FrameReference last_commit_;
  std::uint64_t generations_ = 0;
  std::uint64_t kept_signatures_ = 0;
};

}  // namespace npk::ops
