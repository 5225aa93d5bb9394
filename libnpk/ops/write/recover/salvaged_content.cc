#include "ops/write/recover/salvaged_content.h"

#include <algorithm>

#include "hash/hash.h"
#include "npk/checked.h"

namespace npk::ops {
namespace {

using Kind = SalvagedPiece::Kind;
constexpr std::size_t kStepBytes = 256U << 10;

class PieceList {
 public:
  void add(std::uint64_t bytes, Kind kind, std::uint64_t chunk = 0) {
    if (bytes == 0) return;
    if (kind == Kind::lost && !pieces_.empty() && pieces_.back().kind == Kind::lost) pieces_.back().bytes += bytes;
    else pieces_.push_back({offset_, bytes, kind, chunk});
    offset_ += bytes;
  }
  void add_chunk(std::uint64_t number, const format::ChunkRow& row, const SalvagedChunks& chunks) {
    add(row.length, chunks.is_good(number) ? Kind::chunk : Kind::lost, number);
  }
  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }
  [[nodiscard]] std::vector<SalvagedPiece> take() { return std::move(pieces_); }

 private:
  std::vector<SalvagedPiece> pieces_;
  std::uint64_t offset_ = 0;
};

// Chunks at the end of a run, from `first` on, whose lengths are known and fit into `room`.
struct KnownEnd {
  std::uint64_t first = 0;
  std::uint64_t bytes = 0;
};
KnownEnd known_end_of(const format::Run& run, std::uint64_t first, std::uint64_t room, const SalvagedChunks& chunks) {
  KnownEnd end{run.first_chunk + run.chunk_count, 0};
  while (end.first > first) {
    const format::ChunkRow* row = chunks.find(end.first - 1);
    if (row == nullptr || row->length > room - end.bytes) break;
    end.bytes += row->length;
    --end.first;
  }
  return end;
}

void add_run(const format::Run& run, const SalvagedChunks& chunks, PieceList& pieces) {
  const std::uint64_t end = pieces.offset() + run.byte_count;
  std::uint64_t next = run.first_chunk;
  for (; next - run.first_chunk < run.chunk_count; ++next) {
    const format::ChunkRow* row = chunks.find(next);
    if (row == nullptr || row->length > end - pieces.offset()) break;
    pieces.add_chunk(next, *row, chunks);
  }
  const KnownEnd known = known_end_of(run, next, end - pieces.offset(), chunks);
  pieces.add(end - pieces.offset() - known.bytes, Kind::lost);
  for (std::uint64_t chunk = known.first; chunk < run.first_chunk + run.chunk_count; ++chunk)
    pieces.add_chunk(chunk, *chunks.find(chunk), chunks);
}

Result<void> fill(const SalvagedPiece& piece, const SalvagedChunks& chunks, std::uint64_t within, MutableBytes out) {
  if (piece.kind == Kind::chunk) return chunks.read(piece.chunk, static_cast<std::uint32_t>(within), out);
  std::ranges::fill(out, std::uint8_t{0});
  return {};
}

}  // namespace

std::vector<SalvagedPiece> pieces_of(const format::EntryRow& row, const SalvagedChunks& chunks) {
  PieceList pieces;
  for (const format::Run& run : row.runs) {
    if (run.chunk_count == 0) pieces.add(run.byte_count, Kind::hole);
    else if (!checked_add(run.first_chunk, run.chunk_count)) pieces.add(run.byte_count, Kind::lost);
    else add_run(run, chunks, pieces);
  }
  return pieces.take();
}

bool is_all_there(const format::EntryRow& row, const SalvagedChunks& chunks) {
  return std::ranges::all_of(row.runs, [&](const format::Run& run) {
    std::uint64_t bytes = run.chunk_count == 0 ? run.byte_count : 0;
    if (!checked_add(run.first_chunk, run.chunk_count)) return false;
    for (std::uint64_t i = 0; i < run.chunk_count; ++i) {
      const format::ChunkRow* chunk = chunks.find(run.first_chunk + i);
      if (chunk == nullptr || !chunks.is_good(run.first_chunk + i) || chunk->length > run.byte_count - bytes) return false;
      bytes += chunk->length;
    }
    return bytes == run.byte_count;
  });
}

Result<std::size_t> read_pieces(const std::vector<SalvagedPiece>& pieces, const SalvagedChunks& chunks, std::uint64_t offset, MutableBytes out) {
  auto piece = std::ranges::upper_bound(pieces, offset, {}, &SalvagedPiece::offset);
  if (piece != pieces.begin()) --piece;
  std::size_t done = 0;
  for (; piece != pieces.end() && done < out.size(); ++piece) {
    const std::uint64_t within = offset + done - piece->offset;
    if (within >= piece->bytes) break;  // behind the end
    const auto count = static_cast<std::size_t>(std::min<std::uint64_t>(piece->bytes - within, out.size() - done));
    NPK_TRY(fill(*piece, chunks, within, out.subspan(done, count)));
    done += count;
  }
  return done;
}

Result<Digest> digest_of(const std::vector<SalvagedPiece>& pieces, const SalvagedChunks& chunks) {
  hash::Blake3 hasher;
  Bytes room(kStepBytes);
  for (std::uint64_t offset = 0;;) {
    NPK_ASSIGN(const std::size_t count, read_pieces(pieces, chunks, offset, room));
    hasher.update(ByteView(room).first(count));
    offset += count;
    if (count < room.size()) return hasher.finish();
  }
}

}  // namespace npk::ops
