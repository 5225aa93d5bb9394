// Restores the entries that a manifest names, from blocks that came before it or from what has been extracted already.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "npk/format/catalog.h"
#include "ops/read/extract_session.h"
#include "ops/read/stream_decoder.h"
#include "ops/read/stream_memory.h"

namespace npk::ops {

// One thread; works in several. Errors are those that stop everything.
class ManifestRestorer {
 public:
  ManifestRestorer(ExtractSession& session, StreamChunks& chunks, StreamBlocks& blocks);

  // `stored_bytes`: of the package, so far.
  [[nodiscard]] Result<void> restore(const format::CatalogPage& manifest, std::uint64_t stored_bytes);

 private:
  using Number = PlannedEntries::Number;
  struct File {
    Number number;
    std::size_t row;
  };
  struct Copy {
    Number file;
    std::uint64_t file_offset;
    std::uint64_t chunk;
  };

  [[nodiscard]] Result<void> choose(const format::CatalogPage& manifest, std::uint64_t stored_bytes);
  [[nodiscard]] Result<Digest> digest_of(const format::EntryRow& row) const;
  [[nodiscard]] Result<void> place(Number file, std::span<const format::Run> runs, std::uint64_t most_pieces);
  [[nodiscard]] Result<void> place_chunk(Number file, std::uint64_t offset, std::uint64_t number);
  [[nodiscard]] Result<void> restore_blocks();
  [[nodiscard]] Result<void> fit_memory(const std::vector<std::span<const Piece>>& groups);
  [[nodiscard]] Result<void> restore_copies();
  [[nodiscard]] Result<void> copy(std::span<const Copy> copies);
  [[nodiscard]] Result<void> copy_batch(std::span<const Copy> copies, std::size_t bytes);
  void settle_homes(const format::CatalogPage& manifest);
  void settle_blocks();

  ExtractSession& session_;
  StreamChunks& chunks_;
  StreamBlocks& blocks_;
  StreamMemory memory_;
  StreamDecoder decoder_;
  std::uint64_t expanded_bytes_ = 0;
  std::uint64_t first_unsettled_block_ = 0;
  std::vector<File> files_;  // of this manifest
  std::vector<Piece> pieces_;
  std::vector<Copy> copies_;
};

}  // namespace npk::ops
