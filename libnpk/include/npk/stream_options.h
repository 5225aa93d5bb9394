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

// How much of the machine's memory (or of the process's cgroup, where that is less) a stream may use for buffers and
// read-ahead; never more than its content is long.
enum class MemoryStrategy : std::uint8_t {
  conservative,  // 25 %
  balanced,      // 50 %
  aggressive,    // 75 %
  custom,        // StreamOptions::memory_bytes
};

struct StreamOptions {
  std::uint64_t buffer_bytes = 0;     // read-ahead window of sequential reading; 0: 8 MiB
  std::uint64_t chunk_bytes = 0;      // of read_chunk; 0: by size (chunk_bytes_for_size); at most 1 GiB
  std::uint64_t memory_bytes = 0;     // custom strategy only: bound on chunk buffers and read-ahead of this stream, at
                                      // least 4 KiB; a chunk that does not fit is made smaller
  MemoryStrategy memory_strategy = MemoryStrategy::balanced;
  std::shared_ptr<BufferPool> pool = {};  // where chunk buffers come from; null: the package's pool, or buffers of its own
  bool read_ahead = true;             // when reading is seen to be sequential
  bool spool_to_disk = true;          // content of a sequential source beyond the memory limit goes to an unlinked file;
                                      // false: Errc::limit then
  std::string spool_directory = {};   // empty: TMPDIR, or /tmp
  std::uint64_t spool_bytes = 0;      // bound of that file; 0: none
  std::chrono::milliseconds timeout = std::chrono::milliseconds(0);  // longest wait for another thread or a buffer
                                                                     // (Errc::limit then); 0: none
  std::stop_token stop = {};          // Errc::cancelled from whatever reads or waits, and the stream is closed
  std::function<std::chrono::steady_clock::time_point()> clock = {};  // empty: steady_clock::now
};

// SigmaLang's table: below 10 MiB 64 KiB, below 100 MiB 256 KiB, below 1 GiB 1 MiB, else 4 MiB.
[[nodiscard]] std::uint64_t chunk_bytes_for_size(std::uint64_t size) noexcept;

// Errc::misuse, the message beginning with the field's name and naming its range.
[[nodiscard]] Result<void> check_stream_options(const StreamOptions& options);

// One line for each field: its name, its default as text, and what that means.
struct StreamOptionDefault {
  std::string field, value, meaning;
};
[[nodiscard]] std::vector<StreamOptionDefault> stream_option_defaults();

// StreamOptions{}, checked step by step: build() names the first field that was given a value out of range. Signed
// arguments, so that a negative number is refused by name instead of becoming a huge one.
class StreamOptionsBuilder {
 public:
  StreamOptionsBuilder& buffer_bytes(std::int64_t bytes);
  StreamOptionsBuilder& chunk_bytes(std::int64_t bytes);
  StreamOptionsBuilder& memory_bytes(std::int64_t bytes);  // also sets the custom strategy; -1: no limit
  StreamOptionsBuilder& memory_strategy(MemoryStrategy strategy);
  StreamOptionsBuilder& pool(std::shared_ptr<BufferPool> pool);
  StreamOptionsBuilder& read_ahead(bool on);
  StreamOptionsBuilder& spool_to_disk(bool on);
  StreamOptionsBuilder& spool_directory(std::string directory);
  StreamOptionsBuilder& spool_bytes(std::int64_t bytes);
  StreamOptionsBuilder& timeout(std::chrono::milliseconds timeout);
  StreamOptionsBuilder& stop(std::stop_token token);
  [[nodiscard]] Result<StreamOptions> build() const;

 private:
  StreamOptions options_;
  Result<void> fault_;  // the first
};

}  // namespace npk
