// What an operation will take of memory, by what takes it, before it begins. Upper bounds on anonymous memory in bytes,
// held by measurement (tests/system/memory_estimate_test.cc): the peak is never above the total, and above a third of
// it where there is enough data to fill what is counted.
#pragma once

#include <cstdint>

#include "npk/reader.h"
#include "npk/writer.h"

namespace npk {

// What will be written; 0 where not known yet. Without deduplication of the content there is about one chunk for every
// WriterOptions::chunk_bytes, and one for every smaller file.
struct WriteCounts {
  std::uint64_t entries = 0;
  std::uint64_t chunks = 0;
};

struct WriteMemory {
  std::uint64_t fixed_bytes = 0;         // pages being made, stacks, code
  std::uint64_t data_buffer_bytes = 0;   // input on its way from reading to blocks
  std::uint64_t block_buffer_bytes = 0;  // blocks being filled, sealed, and waiting for their turn
  std::uint64_t encoder_bytes = 0;       // of all threads
  std::uint64_t filter_bytes = 0;        // of all threads
  std::uint64_t chunk_index_bytes = 0;   // 128 a chunk
  std::uint64_t entry_bytes = 0;         // 200 an entry
  unsigned threads = 0;                  // what WriterOptions::threads and memory_bytes come to

  // What WriterOptions::memory_bytes bounds.
  [[nodiscard]] std::uint64_t working_bytes() const noexcept {
    return fixed_bytes + data_buffer_bytes + block_buffer_bytes + encoder_bytes + filter_bytes;
  }
  [[nodiscard]] std::uint64_t total_bytes() const noexcept {
    return working_bytes() + chunk_index_bytes + entry_bytes;
  }
};

// Errors as check_writer_options. In npk::npk.
[[nodiscard]] Result<WriteMemory> estimate_write_memory(const WriterOptions& options, const WriteCounts& counts = {});

// How a package will be read.
struct ReadShape {
  std::uint64_t block_bytes = 30ULL << 20;  // the largest block, raw: 30 MiB is what the standard preset makes at most
  unsigned threads = 1;                     // that read at once; what is decoded ahead of them is counted beside them
  std::uint64_t streams = 1;                // open and read in order at once
  std::uint64_t content_bytes = UINT64_MAX; // of the largest entry: a stream's buffers are never larger
};

struct ReadMemory {
  std::uint64_t fixed_bytes = 0;         // stacks, code, the reader itself
  std::uint64_t page_cache_bytes = 0;
  std::uint64_t block_cache_bytes = 0;
  std::uint64_t decoding_bytes = 0;      // of all threads: a stored block, a raw one, the decoder's own
  std::uint64_t stream_bytes = 0;        // of all streams: chunk buffers, blocks read ahead, the block each is in

  [[nodiscard]] std::uint64_t total_bytes() const noexcept {
    return fixed_bytes + page_cache_bytes + block_cache_bytes + decoding_bytes + stream_bytes;
  }
};

// Errc::misuse as check_stream_options, and for a shape without threads. In npk::reader.
[[nodiscard]] Result<ReadMemory> estimate_read_memory(const ReaderOptions& options, const StreamOptions& stream,
                                                      const ReadShape& shape);

}  // namespace npk
