// What the chunk pages of a package from a pipe have told so far, and which extracted files hold chunks again.
#pragma once

#include <cstdint>

#include "npk/format/chunk_page.h"
#include "ops/read/planned_entries.h"
#include "tree/record_store.h"

namespace npk::ops {

// 56 bytes.
struct KnownChunk {
  static constexpr PlannedEntries::Number kNoFile = UINT32_MAX;

  Digest hash{};
  std::uint64_t home_offset = 0;
  PlannedEntries::Number home_file = kNoFile;  // where its bytes have been extracted to
  std::uint32_t length = 0;
  std::uint32_t block = 0;  // number
  std::uint32_t offset_in_block = 0;
};

struct KnownBlock {
  format::BlockRow row;
  bool came_by = false;           // before the page that describes it
  std::uint64_t first_chunk = 0;  // of its page: its own are among these
  std::uint32_t page_chunks = 0;
  std::uint32_t homeless_chunks = 0;
};

// One thread, but for const members.
class StreamChunks {
 public:
  // Errc::corrupt if the page does not go on where the last one ended; Errc::limit: too many blocks.
  [[nodiscard]] Result<void> add(const format::ChunkPage& page);

  [[nodiscard]] std::uint64_t chunk_count() const noexcept { return chunks_.size(); }
  [[nodiscard]] std::uint64_t block_count() const noexcept { return blocks_.size(); }
  [[nodiscard]] std::uint64_t unique_bytes() const noexcept { return unique_bytes_; }
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept { return stored_bytes_; }
  [[nodiscard]] const KnownChunk& chunk(std::uint64_t number) const noexcept { return chunks_[number]; }
  [[nodiscard]] const KnownBlock& block(std::uint64_t number) const noexcept { return blocks_[number]; }
  void set_came_by(std::uint64_t block) noexcept { blocks_[block].came_by = true; }

  // The chunk's bytes lie in that file now. True if no chunk of its block is without such a place any more.
  bool set_home(std::uint64_t number, PlannedEntries::Number file, std::uint64_t offset) noexcept;

 private:
  tree::SegmentedVector<KnownChunk> chunks_;
  tree::SegmentedVector<KnownBlock> blocks_;
  std::uint64_t unique_bytes_ = 0;
  std::uint64_t stored_bytes_ = 0;
};

}  // namespace npk::ops
