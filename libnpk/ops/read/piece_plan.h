// Where the content of the files to be extracted lies: pieces by block, so that each block is decoded once.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "npk/format/catalog.h"
#include "ops/read/file_restorer.h"
#include "package/reader/chunk_table.h"

namespace npk::ops {

// For files of more pieces than format::most_further_pieces allows beyond one each: a small package that names one chunk
// over and over can't fill the memory.
[[nodiscard]] std::unexpected<Error> too_many_pieces();

// One thread. Memory: 32 bytes a run, 24 a piece (consecutive chunks in one block make one piece), 80 a block of the
// pages that matter.
class PiecePlan {
 public:
  using Number = PlannedEntries::Number;
  // A file whose content can't be found, and why. May be called more than once for one file.
  using OnLost = std::function<void(Number file, const Error& error)>;

  PiecePlan(std::uint64_t stored_bytes, const Limits& limits);

  // Errc::limit: too many. Errc::corrupt: runs that lead to chunks the package does not have; nothing is taken of them.
  [[nodiscard]] Result<void> add_file(Number file, std::span<const format::Run> runs, std::uint64_t chunk_count);

  // Finds all that were added. A damaged chunk page costs the files with chunks in it.
  [[nodiscard]] Result<void> locate(const reader::ChunkTable& chunks, const OnLost& on_lost);

  // Those of one block, by file and offset. A block without pieces is never asked for.
  struct Task {
    reader::BlockLocation block;
    std::span<const Piece> pieces;
    std::uint64_t needed_bytes = 0;  // of the block, from its start
  };
  [[nodiscard]] std::size_t task_count() const noexcept { return tasks_.size(); }
  [[nodiscard]] Task task(std::size_t index) const noexcept;
  [[nodiscard]] std::uint64_t memory_bytes() const noexcept;

 private:
  struct PendingRun {
    std::uint64_t first_chunk;
    std::uint64_t chunk_count;
    std::uint64_t file_offset;
    std::uint64_t end_offset;
    Number file;
  };
  struct TaskRange {
    std::uint32_t block;
    std::uint32_t needed_bytes;
    std::size_t first_piece;
    std::size_t end_piece;
  };
  struct Walk;  // of the chunk pages

  [[nodiscard]] Result<void> walk_pages(const reader::ChunkTable& chunks, Walk& walk, const OnLost& on_lost);
  void visit_page(const format::ChunkPage& page, Walk& walk, const OnLost& on_lost);
  void look_up(std::span<PendingRun*> runs, const reader::ChunkTable& chunks, const OnLost& on_lost);
  // Takes the next chunk of the run.
  [[nodiscard]] Result<void> add_chunk(PendingRun& run, std::uint32_t block, std::uint32_t offset,
                                       std::uint32_t length);
  void make_tasks();

  std::uint64_t most_pieces_;  // grows with the files added
  std::vector<PendingRun> runs_;
  std::uint64_t wanted_chunks_ = 0;
  std::vector<Piece> pieces_;
  std::vector<reader::BlockLocation> blocks_;
  std::vector<TaskRange> tasks_;
};

}  // namespace npk::ops
