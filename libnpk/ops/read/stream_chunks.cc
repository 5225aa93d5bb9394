#include "ops/read/stream_chunks.h"

namespace npk::ops {

Result<void> StreamChunks::add(const format::ChunkPage& page) {
  if (page.first_chunk < chunks_.size() && page.first_chunk + page.chunks.size() == chunks_.size() &&
      page.first_block + page.blocks.size() == blocks_.size())
    return {};  // of several small pages one has been made: its chunks are known
  if (page.first_chunk != chunks_.size() || page.first_block != blocks_.size() || page.first_byte != unique_bytes_)
    return fail_corrupt("a chunk page does not begin where the one before it ended");
  if (page.blocks.size() > UINT32_MAX - blocks_.size())
    return fail(Errc::limit, "more blocks than can be extracted from a pipe");
  const std::uint64_t first_block = blocks_.size();
  for (const format::BlockRow& row : page.blocks) {
    blocks_.push_back({row, false, page.first_chunk, static_cast<std::uint32_t>(page.chunks.size()), 0});
    stored_bytes_ += row.stored_length;
  }
  for (const format::ChunkRow& row : page.chunks) {
    KnownChunk chunk;
    chunk.hash = row.hash;
    chunk.length = row.length;
    chunk.block = static_cast<std::uint32_t>(first_block + row.block);
    chunk.offset_in_block = row.offset;
    ++blocks_[chunk.block].homeless_chunks;
    unique_bytes_ += row.length;
    chunks_.push_back(chunk);
  }
  return {};
}

bool StreamChunks::set_home(std::uint64_t number, PlannedEntries::Number file, std::uint64_t offset) noexcept {
  KnownChunk& chunk = chunks_[number];
  if (chunk.home_file != KnownChunk::kNoFile) return false;
  chunk.home_file = file;
  chunk.home_offset = offset;
  return --blocks_[chunk.block].homeless_chunks == 0;
}

}  // namespace npk::ops
