#include "package/writer/record_tables.h"

#include <algorithm>

#include "codec/record_stretches.h"

namespace npk::writer {
namespace {

bool is_code(const Piece& piece) noexcept { return codec::is_code(kind_of_lane(piece.lane)); }

void append_stretches(const Batch& batch, PieceChunk chunk, std::vector<PieceChunk>& out) {
  for (const codec::RecordStretch& stretch : codec::record_stretches(batch.data.span(chunk.data_begin, chunk.length))) {
    chunk.length = static_cast<std::uint32_t>(stretch.length);
    chunk.is_table = stretch.is_table;
    out.push_back(chunk);
    chunk.data_begin += stretch.length;
  }
}

}  // namespace

void set_tables_apart(Batch& batch) {
  if (std::ranges::none_of(batch.pieces, is_code)) return;
  std::vector<PieceChunk> chunks;
  chunks.reserve(batch.chunks.size());
  std::size_t begin = 0;
  for (Piece& piece : batch.pieces) {
    for (const std::size_t end = piece.chunk_end; begin < end; ++begin) {
      if (is_code(piece)) append_stretches(batch, batch.chunks[begin], chunks);
      else chunks.push_back(std::move(batch.chunks[begin]));
    }
    piece.chunk_end = chunks.size();
  }
  batch.chunks = std::move(chunks);
}

}  // namespace npk::writer
