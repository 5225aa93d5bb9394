// The cut stage: turns pieces into chunks, across slices and batches, and hashes files that come in several slices.
#pragma once

#include <stop_token>

#include "accel/chunk_offload.h"
#include "chunk/chunker.h"
#include "hash/hash.h"
#include "package/writer/batch.h"

namespace npk::writer {

// Serial: batches come in order.
class FileCutter {
 public:
  // Files below whole_file_bytes that lie whole in a batch are one chunk.
  FileCutter(chunk::CutSelector selector, std::size_t headroom, std::size_t whole_file_bytes, std::stop_token stop)
      : selector_(std::move(selector)), headroom_(headroom), whole_file_bytes_(whole_file_bytes), stop_(std::move(stop)) {}

  // Errors: cancelled, also within a hole.
  [[nodiscard]] Result<void> cut(Batch& batch);

 private:
  [[nodiscard]] Result<void> cut_piece(Batch& batch, Piece& piece);
  void add_chunks(Batch& batch);
  [[nodiscard]] Result<void> hash_piece(const Batch& batch, const Piece& piece);
  [[nodiscard]] Result<void> hash_zeros(std::uint64_t count);
  void bound_holes(Piece& piece) noexcept;

  chunk::CutSelector selector_;
  std::size_t headroom_;
  std::size_t whole_file_bytes_;
  Bytes carry_;                        // what batches before left without a cut
  std::size_t pending_begin_ = 0;      // the same within a batch: where it lies in the buffer
  std::size_t pending_ = 0;
  std::size_t holes_ = 0;              // of the file, so far
  std::vector<std::uint32_t> lengths_;
  hash::Blake3 file_hash_;
  std::stop_token stop_;
};

// The hash stage: sets tables of records apart from code (record_tables.h), then finds every chunk's hash, by a device where that takes them, and the digest of
// files that lie whole in the batch. Any number of threads, a batch each. Errors are the device's.
[[nodiscard]] Result<void> hash_chunks(Batch& batch, accel::ChunkOffload& offload);

}  // namespace npk::writer
