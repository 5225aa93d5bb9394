// Many streams read at once, chunk by chunk, each chunk handed to its stream's consumer in order.
//
// Each stream has an error slot of its own: one that fails does not stop the others. In every mode a consumer sees the
// same chunks in the same order, one call at a time, though not always on the same thread; and if a chunk can't be read,
// it has seen all before it and sees none after.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/bytes.h"
#include "npk/result.h"
#include "npk/source.h"

namespace npk {

enum class ChunkMode : std::uint8_t {
  sequential,  // a stream's next chunk is read when the last has been consumed, by the worker that began the stream
  parallel,    // up to max_chunks_in_flight chunks of a stream at once, by any worker that has nothing else to do
  adaptive,    // as parallel, but how many at once follows the measured load: see ProcessOptions::load
};

struct ProcessOptions {
  unsigned max_workers = 0;             // threads, the caller's among them; 0: as many as processors; at most 1024
  unsigned max_streams_per_worker = 2;  // begun and not ended, at any time; 0: no limit, and then none on memory
  ChunkMode mode = ChunkMode::parallel;
  std::uint64_t chunk_bytes = 1ULL << 20;  // 1 byte to 1 GiB
  // Of one stream: being read, waiting for its turn or being consumed; 0: twice the workers. Buffers take at most
  // workers * max_streams_per_worker * max_chunks_in_flight * chunk_bytes.
  std::size_t max_chunks_in_flight = 0;
  std::stop_token stop = {};
  // Adaptive mode: runnable threads per processor. Empty: the system's load average of a minute. Asked after every 16
  // chunks, by one thread at a time; below 0.75 twice as many chunks of a stream may be in flight as before, above 1.25 half
  // as many, from 1 (as it begins) to max_chunks_in_flight.
  std::function<double()> load = {};
};

struct ChunkAdaptation {
  std::uint64_t after_chunks = 0;
  double load = 0;
  std::size_t chunks_in_flight_before = 0, chunks_in_flight_after = 0;
};

struct ProcessReport {
  std::vector<Result<void>> results;  // by stream, in the order given
  std::uint64_t chunks = 0, bytes = 0;  // consumed
  unsigned workers = 0;               // threads there were
  std::size_t most_streams_open = 0, most_streams_of_one_worker = 0;
  std::size_t most_chunks_in_flight = 0;       // of one stream
  std::vector<ChunkAdaptation> adaptations;    // each change; the last 1024
  std::size_t final_chunks_in_flight = 0;      // what the mode allowed in the end
};

// Of chunk `bytes` at `offset`; an error ends the stream and is its result. The bytes are the consumer's until it returns.
using ChunkConsumer = std::function<Result<void>(std::uint64_t offset, ByteView bytes)>;

// A FileStream's source is a FileStreamSource (npk/stream_source.h).
struct StreamWork {
  std::shared_ptr<const RandomAccessSource> source;
  ChunkConsumer consumer;
};

// Returns when every stream has ended. A stream's result is Errc::truncated where its source ends before its size,
// Errc::cancelled where stop was requested first (no consumer is called after that; those inside are waited for),
// Errc::limit for bad_alloc and Errc::internal for any other exception of source or consumer. Fails as a whole only for
// options out of range or a missing source or consumer: Errc::misuse.
[[nodiscard]] Result<ProcessReport> process_streams(std::span<const StreamWork> streams, const ProcessOptions& options = {});

}  // namespace npk
