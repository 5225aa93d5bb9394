// Every frame from the superblock to the trailer, and the history of commits they form.
#pragma once

#include <span>

#include "ops/read/verify_chunks.h"
#include "package/reader/frames/frame_walker.h"

namespace npk::ops {

// Reads the bodies of all frames but those of the blocks that `chunks` knows, whose headers are compared with them.
class FrameCheck {
 public:
  FrameCheck(const PackageReader::Impl& package, const ChunkTreeCheck& chunks, DamageList& damages)
      : package_(package), frames_(package.frames()), chunks_(chunks), blocks_(chunks.blocks()), damages_(damages), met_(blocks_.size()) {}

  [[nodiscard]] Result<void> run(std::stop_token stop);
  [[nodiscard]] std::uint64_t frame_count() const noexcept { return frame_count_; }
  [[nodiscard]] std::uint64_t block_count() const noexcept { return block_count_; }
  // Blocks at whose place the walk met no frame. Last: what reading them said says more.
  [[nodiscard]] Result<void> note_missing_blocks();

 private:
  Result<bool> step(reader::FrameScanner& scanner);
  Result<bool> step_past(reader::FrameScanner& scanner, Error error);
  Result<void> check_frame(std::uint64_t position, const format::FrameHeader& header);
  Result<void> check_block_header(const BlockPlace& block, const format::FrameHeader& header);
  Result<void> check_body(std::uint64_t position);
  Result<void> check_page(format::FrameType type);
  Result<void> check_manifest(Bytes raw);
  Result<void> check_chunk_page(ByteView raw);
  Result<void> check_commit(std::uint64_t position);
  Result<void> check_signature(std::uint64_t position);
  Result<void> check_parity(std::uint64_t position);
  Result<void> check_trailer();
  Result<void> placed_note(DamageKind kind, Error error, std::uint64_t position, std::vector<ChunkRange> lost = {});

  const PackageReader::Impl& package_;
  const reader::FrameReader& frames_;
  const ChunkTreeCheck& chunks_;
  std::span<const BlockPlace> blocks_;
  DamageList& damages_;
  std::vector<bool> met_;
  reader::Frame frame_;
  format::FrameReference last_commit_;
  std::optional<format::Statement> last_statement_;
  std::uint64_t last_signature_ = 0;
  bool after_trailer_ = false;
  std::uint64_t chunks_met_ = 0;    // in the chunk pages so far
  bool is_whole_so_far_ = true;     // else some may not have been met
  std::uint64_t frame_count_ = 0;
  std::uint64_t block_count_ = 0;
};

}  // namespace npk::ops
