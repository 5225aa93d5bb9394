#include "package/writer/file_cutter.h"

#include <algorithm>
#include <array>

#include "package/writer/record_tables.h"

namespace npk::writer {
namespace {

std::uint64_t bytes_of(const std::vector<PieceChunk>& chunks) noexcept {
  std::uint64_t bytes = 0;
  for (const PieceChunk& chunk : chunks) bytes += chunk.length;
  return bytes;
}

Result<void> hash_on_device(Batch& batch, accel::ChunkOffload& offload) {
  std::vector<accel::Extent> extents;
  extents.reserve(batch.chunks.size());
  std::size_t end = 0;
  for (const PieceChunk& chunk : batch.chunks) {
    extents.push_back({chunk.data_begin, chunk.length});
    end = std::max(end, chunk.data_begin + chunk.length);
  }
  std::vector<Digest> digests(extents.size());
  NPK_TRY(offload.hash(batch.data.span(0, end), extents, digests));
  for (std::size_t i = 0; i < digests.size(); ++i) batch.chunks[i].hash = digests[i];
  return {};
}

bool lies_whole(const Piece& piece) noexcept { return piece.first && piece.last && !piece.is_hole; }

}  // namespace

Result<void> FileCutter::cut(Batch& batch) {
  pending_ = carry_.size();
  pending_begin_ = headroom_ - pending_;
  if (pending_ != 0) std::ranges::copy(carry_, batch.data.data() + pending_begin_);
  for (Piece& piece : batch.pieces) {
    bound_holes(piece);
    NPK_TRY(cut_piece(batch, piece));
    piece.chunk_end = batch.chunks.size();
  }
  carry_.clear();
  if (pending_ != 0) carry_.assign(batch.data.data() + pending_begin_, batch.data.data() + pending_begin_ + pending_);
  return {};
}

// Those found in the data; of the file system's, BatchSource takes no more.
void FileCutter::bound_holes(Piece& piece) noexcept {
  if (piece.first) holes_ = 0;
  if (piece.is_hole && ++holes_ > kMostHoles && piece.file != nullptr) piece.is_hole = false;
}

Result<void> FileCutter::cut_piece(Batch& batch, Piece& piece) {
  if (!lies_whole(piece)) NPK_TRY(hash_piece(batch, piece));
  if (!lies_whole(piece) && piece.last) piece.digest = file_hash_.finish();
  lengths_.clear();
  if (lies_whole(piece) && piece.length < whole_file_bytes_) {
    if (piece.length != 0) batch.chunks.push_back({.data_begin = piece.data_begin, .length = static_cast<std::uint32_t>(piece.length)});
    return {};
  }
  if (!piece.is_hole) {
    if (pending_ == 0) pending_begin_ = piece.data_begin;
    pending_ += piece.length;
    selector_.add(piece.length, piece.candidates, lengths_);
  }
  if (piece.is_hole || piece.last) selector_.finish(lengths_);
  add_chunks(batch);
  return {};
}

void FileCutter::add_chunks(Batch& batch) {
  for (const std::uint32_t length : lengths_) {
    batch.chunks.push_back({.data_begin = pending_begin_, .length = length});
    pending_begin_ += length;
    pending_ -= length;
  }
}

Result<void> FileCutter::hash_piece(const Batch& batch, const Piece& piece) {
  if (piece.first) file_hash_ = hash::Blake3();
  if (piece.is_hole) return hash_zeros(piece.length);
  if (piece.length != 0) file_hash_.update(batch.data.span(piece.data_begin, piece.length));
  return {};
}

// 2 to 4 GB/s, while a file of holes may have any size.
Result<void> FileCutter::hash_zeros(std::uint64_t count) {
  static constexpr std::array<std::uint8_t, 64U << 10> kZeros{};
  while (count > 0) {
    if (stop_.stop_requested()) return fail(Errc::cancelled, "cancelled");
    const auto part = static_cast<std::size_t>(std::min<std::uint64_t>(count, kZeros.size()));
    file_hash_.update(ByteView(kZeros).first(part));
    count -= part;
  }
  return {};
}

Result<void> hash_chunks(Batch& batch, accel::ChunkOffload& offload) {
  set_tables_apart(batch);
  if (!offload.takes_hashing(bytes_of(batch.chunks))) {
    for (PieceChunk& chunk : batch.chunks) chunk.hash = hash::blake3(batch.data.span(chunk.data_begin, chunk.length));
  } else {
    NPK_TRY(hash_on_device(batch, offload));
  }
  std::size_t chunk_begin = 0;
  for (Piece& piece : batch.pieces) {
    if (lies_whole(piece) && piece.chunk_end - chunk_begin > 1) piece.digest = hash::blake3(batch.data.span(piece.data_begin, piece.length));
    chunk_begin = piece.chunk_end;
  }
  return {};
}

}  // namespace npk::writer
