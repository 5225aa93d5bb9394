// How a FileStream reads: buffers, chunk size, memory, read-ahead, time-outs. Every field has a default that works.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "npk/buffer_pool.h"
#include "npk/result.h"

namespace npk {

// Bound on what one stream takes for chunk buffers and read-ahead, and what open_spooled keeps in memory: a part of the
// machine's memory, or of what the process's control group may use, where that is less.
enum class MemoryStrategy : std::uint8_t {
  conservative,  // 25 %
  balanced,      // 50 %
  aggressive,    // 75 %
  custom,        // StreamOptions::memory_bytes
};

struct StreamOptions {
  // Of a sequential reader: blocks that begin within this distance of the position are decoded ahead, as far as the
  // memory limit goes (so up to this and one block). 0: 12 MiB; at most 1 TiB.
  std::uint64_t buffer_bytes = 0;
  // Of read_chunk. 0: by size (chunk_bytes_for_size); at most 1 GiB; made smaller where the memory limit is.
  std::uint64_t chunk_bytes = 0;
  // With the custom strategy: its limit, at least 4 KiB (UINT64_MAX: none). Else 0.
  std::uint64_t memory_bytes = 0;
  MemoryStrategy memory_strategy = MemoryStrategy::balanced;
  // Where chunk buffers come from. Null: the package's pool, or plain memory where that has no room.
  std::shared_ptr<BufferPool> pool = {};
  // Once reading is seen to be sequential, and if this process may use more than one processor.
  bool read_ahead = true;
  // open_spooled: what does not fit within the memory limit goes to an unlinked file. False: Errc::limit then.
  bool spool_to_disk = true;
  std::string spool_directory = {};  // of that file; empty: TMPDIR, or /tmp
  std::uint64_t spool_bytes = 0;     // bound on that file; 0: none
  // Longest wait for another thread that decodes what is needed; Errc::limit then, and the stream stays usable. 0: no
  // limit; at most a year.
  std::chrono::milliseconds timeout = std::chrono::milliseconds(0);
  // Once it is asked to stop: Errc::cancelled from the next call, or the one that waits, and the stream is closed.
  std::stop_token stop = {};
  // For progress and rate, called from any thread. Empty: steady_clock::now.
  std::function<std::chrono::steady_clock::time_point()> clock = {};
};

// Below 10 MiB 64 KiB, below 100 MiB 256 KiB, below 1 GiB 1 MiB, else 4 MiB.
[[nodiscard]] std::uint64_t chunk_bytes_for_size(std::uint64_t size) noexcept;

// Errc::misuse, the message beginning with the field's name, then its value and the range it must be in.
[[nodiscard]] Result<void> check_stream_options(const StreamOptions& options);

// One line for each field: its name, its default as text, and what that means.
struct StreamOptionDefault {
  std::string field, value, meaning;
};
[[nodiscard]] std::vector<StreamOptionDefault> stream_option_defaults();

// StreamOptions{}, checked step by step: build() names the first field that was given a value out of range. Signed
// arguments, so that a negative number is refused by name instead of becoming a huge one. Not thread-safe; may be built
// from again.
class StreamOptionsBuilder {
 public:
  StreamOptionsBuilder& buffer_bytes(std::int64_t bytes);
  StreamOptionsBuilder& chunk_bytes(std::int64_t bytes);
  // Sets the strategy too: custom; -1: custom without a limit; 0: no longer custom.
  StreamOptionsBuilder& memory_bytes(std::int64_t bytes);
  StreamOptionsBuilder& memory_strategy(MemoryStrategy strategy);
  StreamOptionsBuilder& pool(std::shared_ptr<BufferPool> pool);
  StreamOptionsBuilder& read_ahead(bool on);
  StreamOptionsBuilder& spool_to_disk(bool on);
  StreamOptionsBuilder& spool_directory(std::string directory);
  StreamOptionsBuilder& spool_bytes(std::int64_t bytes);
  StreamOptionsBuilder& timeout(std::chrono::milliseconds timeout);
  StreamOptionsBuilder& stop(std::stop_token token);
  StreamOptionsBuilder& clock(std::function<std::chrono::steady_clock::time_point()> clock);
  [[nodiscard]] Result<StreamOptions> build() const;

 private:
  template <class Set>
  StreamOptionsBuilder& set(Result<void> valid, Set assign);

  StreamOptions options_;
  Result<void> fault_;  // the first
};

}  // namespace npk
