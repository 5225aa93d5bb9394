#include "ops/read/manifest_restorer.h"

#include <algorithm>
#include <string>
#include <tuple>

#include "npk/checked.h"
#include "npk/format/expansion.h"
#include "ops/read/block_task.h"
#include "ops/read/extracted_chunks.h"
#include "ops/read/piece_plan.h"
#include "package/reader/expansion.h"

namespace npk::ops {
namespace {

constexpr std::size_t kCopiedAtOnce = 4U << 20;

// Where each run of equal keys ends.
template <class Element, class Key>
std::vector<std::span<const Element>> groups_of(const std::vector<Element>& elements, Key key) {
  std::vector<std::span<const Element>> groups;
  for (std::size_t begin = 0, end = 0; begin < elements.size(); begin = end) {
    while (end < elements.size() && elements[end].*key == elements[begin].*key) ++end;
    groups.push_back(std::span(elements).subspan(begin, end - begin));
  }
  return groups;
}

std::size_t needed_bytes(std::span<const Piece> pieces) {
  std::size_t needed = 0;
  for (const Piece& piece : pieces) needed = std::max(needed, std::size_t{piece.offset} + piece.length);
  return needed;
}

}  // namespace

ManifestRestorer::ManifestRestorer(ExtractSession& session, StreamChunks& chunks, StreamBlocks& blocks)
    : session_(session),
      chunks_(chunks),
      blocks_(blocks),
      memory_(session.options().memory_bytes),
      decoder_(session.options().limits, chunks, blocks, [&session](const KnownChunk& chunk, MutableBytes out) {
        return ExtractedChunks(session.entries(), session.writer()).read(chunk, out);
      }, session.options().profile.get()) {}

Result<void> ManifestRestorer::restore(const format::CatalogPage& manifest, std::uint64_t stored_bytes) {
  files_.clear();
  pieces_.clear();
  copies_.clear();
  NPK_TRY(choose(manifest, stored_bytes));
  NPK_TRY(session_.restore_directories());
  NPK_TRY(restore_blocks());
  NPK_TRY(restore_copies());
  settle_homes(manifest);
  settle_blocks();
  return session_.restore_without_data();
}

Result<void> ManifestRestorer::choose(const format::CatalogPage& manifest, std::uint64_t stored_bytes) {
  for (std::size_t i = 0; i < manifest.row_count(); ++i) {
    const format::EntryRow row = manifest.row(i);
    const auto file = session_.add(row, [&] { return digest_of(row); });
    if (!file && session_.last_finished()) files_.push_back({*session_.last_finished(), i});  // others may have chunks of it
    if (!file) continue;
    expanded_bytes_ += session_.entries()[*file].pending;
    NPK_TRY(reader::check_expansion(expanded_bytes_, stored_bytes, session_.options().limits));
    files_.push_back({*file, i});
    const std::uint64_t further = format::most_further_pieces(stored_bytes, session_.options().limits);
    const std::uint64_t most = checked_add(further, files_.size()).value_or(UINT64_MAX);
    if (auto placed = place(*file, row.runs, most); !placed) {
      const bool damaged = placed.error().code == Errc::corrupt;
      session_.files().fail(*file, std::move(placed).error(), damaged);
    }
  }
  return {};
}

Result<Digest> ManifestRestorer::digest_of(const format::EntryRow& row) const {
  if (row.digest) return *row.digest;
  if (row.runs.empty() || row.runs.front().first_chunk >= chunks_.chunk_count()) return fail_corrupt("its content is not told");
  return chunks_.chunk(row.runs.front().first_chunk).hash;
}

Result<void> ManifestRestorer::place(Number file, std::span<const format::Run> runs, std::uint64_t most_pieces) {
  std::uint64_t offset = 0;
  for (const format::Run& run : runs) {
    const std::uint64_t end = offset + run.byte_count;
    if (!range_within(run.first_chunk, run.chunk_count, chunks_.chunk_count()))
      return fail_corrupt("its content leads to chunks that no page before the manifest has");
    for (std::uint64_t i = 0; i < run.chunk_count; ++i) {
      const std::uint32_t length = chunks_.chunk(run.first_chunk + i).length;
      if (length > end - offset) break;
      if (pieces_.size() + copies_.size() >= most_pieces) return too_many_pieces();
      NPK_TRY(place_chunk(file, offset, run.first_chunk + i));
      offset += length;
    }
    if (run.chunk_count != 0 && offset != end) return fail_corrupt("its chunks do not add up to its size");
    offset = end;
  }
  return {};
}

Result<void> ManifestRestorer::place_chunk(Number file, std::uint64_t offset, std::uint64_t number) {
  const KnownChunk& chunk = chunks_.chunk(number);
  const KnownBlock& block = chunks_.block(chunk.block);
  const bool extracted = chunk.home_file != KnownChunk::kNoFile;
  if (extracted && !blocks_.in_memory(block.row.position)) {
    copies_.push_back({file, offset, number});
    return {};
  }
  if (block.row.raw_length > session_.options().limits.max_block_raw_bytes)
    return fail_corrupt("a block is larger than the limit");
  NPK_TRY(decoder_.check_available(chunk.block));
  pieces_.push_back({offset, file, chunk.block, chunk.offset_in_block, chunk.length});
  return {};
}

Result<void> ManifestRestorer::restore_blocks() {
  std::ranges::sort(pieces_, {},
                    [](const Piece& piece) { return std::tuple(piece.block, piece.file, piece.file_offset); });
  const auto groups = groups_of(pieces_, &Piece::block);
  NPK_TRY(fit_memory(groups));
  return pool::parallel_for_each_index(session_.pipeline_options(), groups.size(), [&](std::uint64_t index) {
    const std::span<const Piece> pieces = groups[index];
    return restore_block(session_, pieces, needed_bytes(pieces),
                         [&](MutableBytes out) { return decoder_.decode(pieces.front().block, out); });
  });
}

// Blocks of later manifests may allow fewer threads than those before: what the others kept is let go.
Result<void> ManifestRestorer::fit_memory(const std::vector<std::span<const Piece>>& groups) {
  for (const std::span<const Piece> pieces : groups) memory_.add(blocks_, chunks_.block(pieces.front().block).row, needed_bytes(pieces));
  for (const Copy& copy : copies_) memory_.add_buffer(kCopiedAtOnce + chunks_.chunk(copy.chunk).length);
  NPK_ASSIGN(const unsigned threads, memory_.threads(session_.threads(), 0));
  if (threads == session_.threads()) return {};
  session_.use_threads(threads);
  session_.buffers().drop_idle();
  decoder_.drop_idle();
  return {};
}

Result<void> ManifestRestorer::restore_copies() {
  std::ranges::sort(copies_, {}, [](const Copy& copy) { return std::tuple(copy.file, copy.file_offset); });
  const auto groups = groups_of(copies_, &Copy::file);
  return pool::parallel_for_each_index(session_.pipeline_options(), groups.size(),
                                       [&](std::uint64_t index) { return copy(groups[index]); });
}

// All of one file, some at a time.
Result<void> ManifestRestorer::copy(std::span<const Copy> copies) {
  while (!copies.empty()) {
    std::size_t count = 0;
    std::size_t bytes = 0;
    while (count < copies.size() && (count == 0 || bytes < kCopiedAtOnce))
      bytes += chunks_.chunk(copies[count++].chunk).length;
    if (session_.options().stop.stop_requested()) return fail(Errc::cancelled, "cancelled");
    NPK_TRY(copy_batch(copies.first(count), bytes));
    copies = copies.subspan(count);
  }
  return {};
}

Result<void> ManifestRestorer::copy_batch(std::span<const Copy> copies, std::size_t bytes) {
  ProfileSpan span(session_.options().profile.get(), ProfileStage::restore);
  span.add_bytes(bytes, bytes);
  BlockBuffers::Lease lease(session_.buffers(), bytes);
  const MutableBytes buffer = lease.first(bytes);
  ExtractedChunks extracted(session_.entries(), session_.writer());
  std::vector<Piece> pieces;
  std::uint32_t offset = 0;
  for (const Copy& copy : copies) {
    const KnownChunk& chunk = chunks_.chunk(copy.chunk);
    if (auto read = extracted.read(chunk, buffer.subspan(offset, chunk.length)); !read) {
      session_.files().fail(copy.file, std::move(read).error(), false);
      return {};
    }
    pieces.push_back({copy.file_offset, copy.file, 0, offset, chunk.length});
    offset += chunk.length;
  }
  return session_.files().write(pieces, buffer);
}

// What has been extracted is where its chunks are found from now on.
void ManifestRestorer::settle_homes(const format::CatalogPage& manifest) {
  for (const File& file : files_) {
    const PlannedEntry& entry = session_.entries()[file.number];
    if (session_.entries().state(file.number) != EntryState::restored || (entry.mode & 0400U) == 0) continue;
    std::uint64_t offset = 0;
    for (const format::Run& run : manifest.row(file.row).runs) {
      std::uint64_t chunk_offset = offset;
      for (std::uint64_t i = run.first_chunk; i < run.first_chunk + run.chunk_count; ++i) {
        if (chunks_.set_home(i, file.number, chunk_offset))
          blocks_.drop(chunks_.block(chunks_.chunk(i).block).row.position);
        chunk_offset += chunks_.chunk(i).length;
      }
      offset += run.byte_count;
    }
  }
}

// What has not been extracted may be needed by a file that is still to come: one that was not complete, or has the same
// content as one that is not wanted.
void ManifestRestorer::settle_blocks() {
  for (; first_unsettled_block_ < chunks_.block_count(); ++first_unsettled_block_)
    blocks_.move_to_spool(chunks_.block(first_unsettled_block_).row.position);
}

}  // namespace npk::ops
