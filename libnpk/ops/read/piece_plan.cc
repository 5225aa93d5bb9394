#include "ops/read/piece_plan.h"

#include <algorithm>
#include <tuple>
#include <unordered_map>

#include "npk/checked.h"
#include "npk/format/expansion.h"

namespace npk::ops {
namespace {

constexpr std::uint64_t kWalkingPays = 8;  // when at least one chunk in so many is wanted

}  // namespace

std::unexpected<Error> too_many_pieces() {
  return fail(Errc::limit, "the files consist of more pieces than a package of this size can have need of");
}

PiecePlan::PiecePlan(std::uint64_t stored_bytes, const Limits& limits)
    : most_pieces_(format::most_further_pieces(stored_bytes, limits)) {}

struct PiecePlan::Walk {
  std::size_t next_run = 0;
  std::vector<PendingRun*> active;  // begun in a page before, not yet at their end
  std::uint64_t end_chunk = 0;      // behind the pages visited
};

Result<void> PiecePlan::add_file(Number file, std::span<const format::Run> runs, std::uint64_t chunk_count) {
  for (const format::Run& run : runs) {
    if (!range_within(run.first_chunk, run.chunk_count, chunk_count))
      return fail_corrupt("its content leads to chunks the package does not have");
  }
  most_pieces_ = checked_add(most_pieces_, 1).value_or(UINT64_MAX);
  if (runs.size() > most_pieces_ - runs_.size()) return too_many_pieces();
  std::uint64_t offset = 0;
  for (const format::Run& run : runs) {
    const std::uint64_t end = offset + run.byte_count;
    if (run.chunk_count != 0) runs_.push_back({run.first_chunk, run.chunk_count, offset, end, file});
    wanted_chunks_ += run.chunk_count;
    offset = end;
  }
  return {};
}

Result<void> PiecePlan::locate(const reader::ChunkTable& chunks, const OnLost& on_lost) {
  std::ranges::sort(runs_, {},
                    [](const PendingRun& run) { return std::tuple(run.first_chunk, run.file, run.file_offset); });
  Walk walk;
  if (wanted_chunks_ * kWalkingPays >= chunks.totals().chunks) NPK_TRY(walk_pages(chunks, walk, on_lost));
  for (; walk.next_run < runs_.size(); ++walk.next_run) walk.active.push_back(&runs_[walk.next_run]);
  look_up(walk.active, chunks, on_lost);
  runs_ = {};
  make_tasks();
  return {};
}

// Stops without an error at a page that can't be read.
Result<void> PiecePlan::walk_pages(const reader::ChunkTable& chunks, Walk& walk, const OnLost& on_lost) {
  bool found_all = false;
  const auto visit = [&](const format::ChunkPage& page) -> Result<void> {
    visit_page(page, walk, on_lost);
    found_all = walk.next_run == runs_.size() && walk.active.empty() && walk.end_chunk < chunks.totals().chunks;
    if (found_all) return fail(Errc::cancelled, "no need to go on");
    return {};
  };
  Result<void> walked = chunks.for_each_page(visit);
  if (found_all || walk.end_chunk < chunks.totals().chunks) return {};
  return walked;
}

void PiecePlan::visit_page(const format::ChunkPage& page, Walk& walk, const OnLost& on_lost) {
  walk.end_chunk = page.first_chunk + page.chunks.size();
  while (walk.next_run < runs_.size() && runs_[walk.next_run].first_chunk < walk.end_chunk)
    walk.active.push_back(&runs_[walk.next_run++]);
  if (walk.active.empty()) return;
  const std::size_t first_block = blocks_.size();
  for (std::size_t i = 0; i < page.blocks.size(); ++i) blocks_.push_back({page.first_block + i, page.blocks[i]});
  std::erase_if(walk.active, [&](PendingRun* run) {
    while (run->chunk_count != 0 && run->first_chunk < walk.end_chunk) {
      const format::ChunkRow& chunk = page.chunks[static_cast<std::size_t>(run->first_chunk - page.first_chunk)];
      const auto added =
          add_chunk(*run, static_cast<std::uint32_t>(first_block + chunk.block), chunk.offset, chunk.length);
      if (added) continue;
      on_lost(run->file, added.error());
      return true;
    }
    return run->chunk_count == 0;
  });
}

void PiecePlan::look_up(std::span<PendingRun*> runs, const reader::ChunkTable& chunks, const OnLost& on_lost) {
  std::unordered_map<std::uint64_t, std::uint32_t> indexes;  // of blocks_, by block number
  const auto add_next = [&](PendingRun& run) -> Result<void> {
    NPK_ASSIGN(const reader::ChunkLocation chunk, chunks.chunk(run.first_chunk));
    const auto [index, is_new] = indexes.try_emplace(chunk.block, static_cast<std::uint32_t>(blocks_.size()));
    if (is_new) {
      auto block = chunks.block(chunk.block);
      if (!block) {
        indexes.erase(index);
        return pass_on(std::move(block));
      }
      blocks_.push_back(*block);
    }
    return add_chunk(run, index->second, chunk.offset_in_block, chunk.length);
  };
  for (PendingRun* run : runs) {
    while (run->chunk_count != 0) {
      const auto added = add_next(*run);
      if (added) continue;
      on_lost(run->file, added.error());
      break;
    }
  }
}

Result<void> PiecePlan::add_chunk(PendingRun& run, std::uint32_t block, std::uint32_t offset, std::uint32_t length) {
  if (std::uint64_t{offset} + length > UINT32_MAX) return fail(Errc::limit, "a block is larger than the limit");
  const std::uint64_t left = run.end_offset - run.file_offset;
  if (length > left || (run.chunk_count == 1 && length != left))
    return fail_corrupt("its chunks do not add up to its size");
  Piece* last = pieces_.empty() ? nullptr : &pieces_.back();
  if (last != nullptr && last->file == run.file && last->block == block && last->offset + last->length == offset &&
      last->file_offset + last->length == run.file_offset) {
    last->length += length;
  } else {
    if (pieces_.size() >= most_pieces_) return too_many_pieces();
    pieces_.push_back({run.file_offset, run.file, block, offset, length});
  }
  run.file_offset += length;
  ++run.first_chunk;
  --run.chunk_count;
  return {};
}

void PiecePlan::make_tasks() {
  std::ranges::sort(pieces_, {},
                    [](const Piece& piece) { return std::tuple(piece.block, piece.file, piece.file_offset); });
  for (std::size_t i = 0; i < pieces_.size(); ++i) {
    const Piece& piece = pieces_[i];
    if (tasks_.empty() || tasks_.back().block != piece.block) tasks_.push_back({piece.block, 0, i, i});
    TaskRange& task = tasks_.back();
    task.needed_bytes = std::max(task.needed_bytes, piece.offset + piece.length);
    task.end_piece = i + 1;
  }
}

PiecePlan::Task PiecePlan::task(std::size_t index) const noexcept {
  const TaskRange& range = tasks_[index];
  return {blocks_[range.block], std::span(pieces_).subspan(range.first_piece, range.end_piece - range.first_piece),
          range.needed_bytes};
}

std::uint64_t PiecePlan::memory_bytes() const noexcept {
  return pieces_.capacity() * sizeof(Piece) + blocks_.capacity() * sizeof(reader::BlockLocation) +
         tasks_.capacity() * sizeof(TaskRange);
}

}  // namespace npk::ops
