// What of a file's content is there, and its bytes.
#pragma once

#include <vector>

#include "npk/format/catalog.h"
#include "ops/write/recover/salvaged_chunks.h"

namespace npk::ops {

// A stretch of a file: a hole, a chunk, or what is lost.
struct SalvagedPiece {
  enum class Kind : std::uint8_t { hole, chunk, lost };
  std::uint64_t offset = 0;
  std::uint64_t bytes = 0;
  Kind kind = Kind::hole;
  std::uint64_t chunk = 0;
};

// In order, neighbours of the lost kind joined; together all of the file. Where the lengths of lost chunks are not known
// any more, all between the nearest known ones of the same run is lost.
[[nodiscard]] std::vector<SalvagedPiece> pieces_of(const format::EntryRow& row, const SalvagedChunks& chunks);
// Whether nothing is lost; as pieces_of tells.
[[nodiscard]] bool is_all_there(const format::EntryRow& row, const SalvagedChunks& chunks);

// What lies at `offset`, zeros for holes and what is lost. Returns fewer bytes than asked for only at the end.
[[nodiscard]] Result<std::size_t> read_pieces(const std::vector<SalvagedPiece>& pieces, const SalvagedChunks& chunks,
                                              std::uint64_t offset, MutableBytes out);
// BLAKE3 of all of it.
[[nodiscard]] Result<Digest> digest_of(const std::vector<SalvagedPiece>& pieces, const SalvagedChunks& chunks);

}  // namespace npk::ops
