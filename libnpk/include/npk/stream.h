// Content as a stream: an entry of a package (PackageReader::open_stream), a plain file, any source.
//
// Threads: the const members are safe from many threads on one stream, beside one thread that moves the position; what
// moves the position (read, read_chunk, seek, close) is for one thread at a time. Reads of cached blocks by several
// threads, on one stream or many, write to no cache line in common.
//
// Reading in order: once three reads in a row by read or read_chunk each began where the one before ended, the blocks
// that come next are decoded on other threads of the process (at most as many as it has processors), and the block the
// position is in is held; a read anywhere else drops that, and costs what it needs and no more. read_at and lend_at
// never count. A source given to open is read ahead in pieces; files and spooled content are not (the system does that).
//
// After fork a stream answers in the child too, without reading ahead (its threads are the parent's); a fork waits for
// the blocks being decoded ahead at that moment. Lifetime: a stream keeps its package or source open until it is closed
// and reads in progress have returned; chunks keep what they need. Closing and destruction wait for the blocks being
// decoded ahead.
//
// An entry's content is checked (BLAKE3 of each stored block) before any byte of it is handed out. A content that is
// shorter than it was when the stream was opened gives Errc::truncated, one that can't be read Errc::io, damage
// Errc::corrupt: each read that meets it, with the position where it was; elsewhere the stream goes on.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "npk/bytes.h"
#include "npk/result.h"
#include "npk/source.h"
#include "npk/stream_options.h"

namespace npk {

// Lent bytes; valid as long as this object lives, whatever happens to the stream.
class StreamChunk {
 public:
  StreamChunk() noexcept = default;
  StreamChunk(std::uint64_t offset, ByteView bytes, std::shared_ptr<const void> keeper) noexcept
      : offset_(offset), bytes_(bytes), keeper_(std::move(keeper)) {}

  [[nodiscard]] std::uint64_t offset() const noexcept { return offset_; }  // in the stream
  [[nodiscard]] ByteView bytes() const noexcept { return bytes_; }
  [[nodiscard]] bool empty() const noexcept { return bytes_.empty(); }  // the end

 private:
  std::uint64_t offset_ = 0;
  ByteView bytes_;
  std::shared_ptr<const void> keeper_;
};

struct StreamProgress {
  std::uint64_t done_bytes = 0;   // the furthest position reached, by reading or seeking; never falls
  std::uint64_t total_bytes = 0;
  double bytes_per_second = 0;    // delivered by read and read_chunk since the stream was opened; 0 before the first
  std::chrono::nanoseconds elapsed{0};  // since the stream was opened
};

// Since the stream was opened; counters only grow. Reads that failed count in the costs, not in what was delivered.
struct StreamStatistics {
  std::uint64_t bytes_delivered = 0;   // by read, read_at, lend_at and read_chunk
  std::uint64_t read_operations = 0;   // of all four; a chunk at the end, being empty, is none
  std::uint64_t seeks = 0;
  std::uint64_t chunks = 0;            // by lend_at and read_chunk
  std::uint64_t chunks_lent = 0;       // of these, without a copy
  // Of blocks; for plain sources 0. A hit: decoded already, by whomever. A miss: decoded for this stream, also ahead.
  std::uint64_t cache_hits = 0, cache_misses = 0;
  std::uint64_t stored_bytes_read = 0;  // asked of the source on this stream's behalf, read-ahead included
  std::uint64_t blocks_read_ahead = 0;  // or pieces of a plain source
  // Chunk buffers that a pool gave, and that it refused (the package's: plain memory then; the caller's: Errc::limit).
  std::uint64_t pool_hits = 0, pool_misses = 0;
  std::chrono::nanoseconds time_waiting{0};   // for other threads: a block being decoded, read-ahead
  std::chrono::nanoseconds time_decoding{0};  // reading, checking and decoding on the calling thread
};

class FileStream {
 public:
  // Over a source of random access: a file, memory, a caller's own. Errc::misuse as check_stream_options.
  [[nodiscard]] static Result<FileStream> open(std::shared_ptr<RandomAccessSource> source,
                                               const StreamOptions& options = {});
  [[nodiscard]] static Result<FileStream> open_file(const std::string& path, const StreamOptions& options = {});
  // Over a source that can be read once only: all of it is read first, to memory and then to an unlinked file
  // (StreamOptions::spool_to_disk). Errc::limit if it does not fit; Errc::cancelled between two reads of the source.
  [[nodiscard]] static Result<FileStream> open_spooled(SequentialSource& source, const StreamOptions& options = {});

  FileStream(FileStream&&) noexcept;
  FileStream& operator=(FileStream&&) noexcept;
  ~FileStream();

  [[nodiscard]] std::uint64_t size() const noexcept;
  [[nodiscard]] std::uint64_t position() const noexcept;
  [[nodiscard]] std::uint64_t chunk_bytes() const noexcept;  // of read_chunk, once the options have been worked out

  // Reads at the position and advances it by what it returns. Short only at the end, 0 there (and for an empty `out`).
  // On an error the position stays.
  [[nodiscard]] Result<std::size_t> read(MutableBytes out);
  // Reads at `offset`; the position stays. Short only at the end; 0 at or past it.
  [[nodiscard]] Result<std::size_t> read_at(std::uint64_t offset, MutableBytes out) const;
  // The same without a copy, where the bytes lie in one block: `length` bytes, fewer only at the end, empty at or past
  // it. Those that do not lie together, and a source's, are in a buffer (StreamOptions::pool), Errc::limit if they are
  // more than the memory limit leaves beside reading ahead. Errors also as BufferPool::get.
  [[nodiscard]] Result<StreamChunk> lend_at(std::uint64_t offset, std::size_t length) const;
  // The next chunk_bytes() bytes from the position, fewer only at the end, empty there and ever after. Lent without a
  // copy where they lie in one block; else in a buffer (StreamOptions::pool). Errors also as BufferPool::get.
  [[nodiscard]] Result<StreamChunk> read_chunk();
  // Absolute. Beyond size(): Errc::misuse, position unchanged.
  [[nodiscard]] Result<void> seek(std::uint64_t offset);

  // Closed streams answer size, position, chunk_bytes, progress and statistics; all else is Errc::misuse. Closing twice
  // is harmless. Chunks stay valid. A stream whose stop token was asked to stop is closed by the call that reports it.
  void close() noexcept;
  [[nodiscard]] bool is_closed() const noexcept;

  [[nodiscard]] StreamProgress progress() const noexcept;
  // (size - done) / rate; zero at the end; none while the rate is unknown or zero.
  [[nodiscard]] std::optional<std::chrono::nanoseconds> estimated_time_left() const noexcept;
  [[nodiscard]] StreamStatistics statistics() const noexcept;

  class Impl;  // libnpk/package/reader
  explicit FileStream(std::unique_ptr<Impl> impl) noexcept;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace npk
