// The chunks of a damaged package by number: which are there, and their bytes.
#pragma once

#include <list>
#include <memory>
#include <mutex>
#include <optional>
#include <unordered_map>
#include <vector>

#include "block/open.h"
#include "npk/format/chunk_page.h"
#include "ops/write/recover/found_frames.h"
#include "pool/pipeline.h"

namespace npk::ops {

// Memory: 60 bytes a chunk, 100 a block, and 64 MiB of decoded blocks.
class SalvagedChunks {
 public:
  explicit SalvagedChunks(const FoundFrames& frames) : frames_(frames) {}

  // Takes all chunk leaves that are there, and makes lost ones anew. Of two that claim the same numbers the one written first counts. Errors: limit.
  [[nodiscard]] Result<void> load();
  // Decodes every block that can be and hashes every chunk, in parallel: is_good() tells thereafter. Errors: cancelled.
  [[nodiscard]] Result<void> check(const pool::PipelineOptions& pipeline);

  // Those whose leaf is lost, and that check() found again.
  [[nodiscard]] std::uint64_t rebuilt() const noexcept { return rebuilt_; }

  // The row of a chunk whose page is there, good or not; null otherwise.
  [[nodiscard]] const format::ChunkRow* find(std::uint64_t number) const;
  [[nodiscard]] bool is_good(std::uint64_t number) const;
  // From `offset` in a good chunk; thread-safe. Errors: io, corrupt: what was good is no more.
  [[nodiscard]] Result<void> read(std::uint64_t number, std::uint32_t offset, MutableBytes out) const;

 private:
  struct Page {
    format::ChunkPage page;
    std::vector<std::uint8_t> good;           // by row
    std::vector<std::uint32_t> rows_by_block; // rows, by block
    std::vector<std::uint32_t> block_begins;  // in these; one more than blocks
    bool is_rebuilt = false;                  // check() fills in its hashes
  };
  struct Place {
    std::size_t page;
    std::size_t row;
  };
  struct Decoded {
    std::uint64_t block;
    std::shared_ptr<const Bytes> raw;
  };

  [[nodiscard]] std::optional<format::ChunkPage> leaf_in(const FoundFrame& frame) const;
  [[nodiscard]] Result<void> add(format::ChunkPage page, bool is_rebuilt);
  void place(format::ChunkPage page, bool is_rebuilt);
  [[nodiscard]] std::optional<Place> place_of(std::uint64_t chunk) const;
  [[nodiscard]] std::optional<Place> place_of_block(std::uint64_t block) const;
  [[nodiscard]] Result<Bytes> decode(std::uint64_t block) const;
  [[nodiscard]] Result<Bytes> decode_with(const format::BlockRow& row, ByteView base, std::uint64_t base_position) const;
  [[nodiscard]] Result<std::shared_ptr<const Bytes>> cached(std::uint64_t block) const;
  void check_block(Page& page, std::size_t index);

  const FoundFrames& frames_;
  std::vector<Page> pages_;  // ascending, none of two with the same number
  std::uint64_t memory_bytes_ = 0;
  std::uint64_t rebuilt_ = 0;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<block::BlockOpener>> openers_;
  mutable std::list<Decoded> decoded_;  // newest first
  mutable std::unordered_map<std::uint64_t, std::list<Decoded>::iterator> decoded_by_block_;
  mutable std::uint64_t decoded_bytes_ = 0;
};

}  // namespace npk::ops
