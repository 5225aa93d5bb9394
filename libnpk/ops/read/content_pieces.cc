#include "ops/read/content_pieces.h"

#include "npk/checked.h"

namespace npk::ops {
namespace {

std::unexpected<Error> do_not_add_up() {
  return fail_corrupt("its chunks do not add up to its size");
}

}  // namespace

Result<std::unique_ptr<ContentPiece>> ContentPieces::next() {
  if (!in_run_) {
    if (runs_.empty()) return nullptr;
    NPK_TRY(begin_run());
  }
  auto piece = std::make_unique<ContentPiece>();
  if (next_chunk_ == end_chunk_) {
    piece->zeros = bytes_left_;
    bytes_left_ = 0;
  } else {
    piece->block = chunks_.chunk(next_chunk_).block;
    while (next_chunk_ < end_chunk_ && chunks_.chunk(next_chunk_).block == piece->block &&
           piece->ranges.size() < kMostRanges)
      NPK_TRY(add_chunk(*piece));
  }
  if (next_chunk_ == end_chunk_) {
    if (bytes_left_ != 0) return do_not_add_up();
    in_run_ = false;
    runs_ = runs_.subspan(1);
  }
  return piece;
}

Result<void> ContentPieces::begin_run() {
  const format::Run& run = runs_.front();
  if (!range_within(run.first_chunk, run.chunk_count, chunks_.chunk_count()))
    return fail_corrupt("its content leads to chunks that no page before the manifest has");
  next_chunk_ = run.first_chunk;
  end_chunk_ = run.first_chunk + run.chunk_count;
  bytes_left_ = run.byte_count;
  in_run_ = true;
  return {};
}

Result<void> ContentPieces::add_chunk(ContentPiece& piece) {
  const KnownChunk& chunk = chunks_.chunk(next_chunk_++);
  if (chunk.length > bytes_left_) return do_not_add_up();
  bytes_left_ -= chunk.length;
  piece.ranges.push_back({chunk.offset_in_block, chunk.length});
  return {};
}

}  // namespace npk::ops
