#include "npk/stream_options.h"

#include <string_view>

#include "package/reader/stream/stream_plan.h"

namespace npk {
namespace {

using reader::kMaxBufferBytes;
using reader::kMaxChunkBytes;
using reader::kMinMemoryBytes;

std::unexpected<Error> out_of_range(std::string_view field, std::string_view value, std::string_view range) {
  return fail(Errc::misuse, std::string(field) + ": " + std::string(value) + " is not " + std::string(range));
}

std::string up_to(std::uint64_t most) {
  return "from 0 to " + std::to_string(most);
}

template <class Number>
Result<void> check_range(std::string_view field, Number value, std::uint64_t most) {
  if (value >= Number{0} && static_cast<std::uint64_t>(value) <= most) return {};
  return out_of_range(field, std::to_string(value), up_to(most));
}

Result<void> check_memory(const StreamOptions& options) {
  const bool custom = options.memory_strategy == MemoryStrategy::custom;
  if (custom && options.memory_bytes < kMinMemoryBytes)
    return out_of_range("memory_bytes", std::to_string(options.memory_bytes),
                        "at least " + std::to_string(kMinMemoryBytes) + ", as the custom strategy needs");
  if (!custom && options.memory_bytes != 0)
    return out_of_range("memory_bytes", std::to_string(options.memory_bytes), "0, as all strategies but custom need");
  return {};
}

Result<void> check_strategy(MemoryStrategy strategy) {
  if (strategy <= MemoryStrategy::custom) return {};
  return out_of_range("memory_strategy", std::to_string(static_cast<unsigned>(strategy)),
                      "one of conservative, balanced, aggressive, custom");
}

Result<void> check_directory(const std::string& directory) {
  if (directory.find('\0') == std::string::npos) return {};
  return out_of_range("spool_directory", "a name with a zero byte", "a directory's name");
}

Result<void> check_timeout(std::chrono::milliseconds timeout) {
  if (timeout >= std::chrono::milliseconds(0) && timeout <= reader::kMaxTimeout) return {};
  return out_of_range("timeout", std::to_string(timeout.count()) + " ms",
                      "from 0 to " + std::to_string(reader::kMaxTimeout.count()) + " ms");
}

}  // namespace

Result<void> check_stream_options(const StreamOptions& options) {
  NPK_TRY(check_range("buffer_bytes", options.buffer_bytes, kMaxBufferBytes));
  NPK_TRY(check_range("chunk_bytes", options.chunk_bytes, kMaxChunkBytes));
  NPK_TRY(check_strategy(options.memory_strategy));
  NPK_TRY(check_memory(options));
  NPK_TRY(check_directory(options.spool_directory));
  return check_timeout(options.timeout);
}

std::vector<StreamOptionDefault> stream_option_defaults() {
  return {
      {"buffer_bytes", "12582912", "decoded ahead of a sequential reader; 0 means this"},
      {"chunk_bytes", "0", "by size: 65536 below 10 MiB, 262144 below 100 MiB, 1048576 below 1 GiB, else 4194304"},
      {"memory_bytes", "0", "as memory_strategy says"},
      {"memory_strategy", "balanced", "half of the machine's or control group's memory"},
      {"pool", "none", "the package's pool, or memory of its own"},
      {"read_ahead", "true", "once reading is seen to be sequential"},
      {"spool_to_disk", "true", "what a sequential source has beyond the memory limit goes to an unlinked file"},
      {"spool_directory", "", "TMPDIR, or /tmp"},
      {"spool_bytes", "0", "no bound on that file"},
      {"timeout", "0", "waits as long as it takes"},
      {"stop", "none", "can't be cancelled"},
      {"clock", "steady_clock", "what progress and rate are measured with"},
  };
}

template <class Set>
StreamOptionsBuilder& StreamOptionsBuilder::set(Result<void> valid, Set assign) {
  if (valid)
    assign(options_);
  else if (fault_)
    fault_ = std::move(valid);
  return *this;
}

StreamOptionsBuilder& StreamOptionsBuilder::buffer_bytes(std::int64_t bytes) {
  return set(check_range("buffer_bytes", bytes, kMaxBufferBytes),
             [&](StreamOptions& options) { options.buffer_bytes = static_cast<std::uint64_t>(bytes); });
}

StreamOptionsBuilder& StreamOptionsBuilder::chunk_bytes(std::int64_t bytes) {
  return set(check_range("chunk_bytes", bytes, kMaxChunkBytes),
             [&](StreamOptions& options) { options.chunk_bytes = static_cast<std::uint64_t>(bytes); });
}

StreamOptionsBuilder& StreamOptionsBuilder::memory_bytes(std::int64_t bytes) {
  Result<void> valid;
  if (bytes < -1 || (bytes > 0 && bytes < static_cast<std::int64_t>(kMinMemoryBytes)))
    valid = out_of_range("memory_bytes", std::to_string(bytes),
                         "-1 (no limit), 0 (as the strategy says) or at least " + std::to_string(kMinMemoryBytes));
  return set(std::move(valid), [&](StreamOptions& options) {
    options.memory_bytes = bytes == -1 ? UINT64_MAX : static_cast<std::uint64_t>(bytes);
    if (bytes != 0)
      options.memory_strategy = MemoryStrategy::custom;
    else if (options.memory_strategy == MemoryStrategy::custom)
      options.memory_strategy = MemoryStrategy::balanced;
  });
}

StreamOptionsBuilder& StreamOptionsBuilder::memory_strategy(MemoryStrategy strategy) {
  return set(check_strategy(strategy), [&](StreamOptions& options) { options.memory_strategy = strategy; });
}

StreamOptionsBuilder& StreamOptionsBuilder::pool(std::shared_ptr<BufferPool> pool) {
  return set({}, [&](StreamOptions& options) { options.pool = std::move(pool); });
}

StreamOptionsBuilder& StreamOptionsBuilder::read_ahead(bool on) {
  return set({}, [&](StreamOptions& options) { options.read_ahead = on; });
}

StreamOptionsBuilder& StreamOptionsBuilder::spool_to_disk(bool on) {
  return set({}, [&](StreamOptions& options) { options.spool_to_disk = on; });
}

StreamOptionsBuilder& StreamOptionsBuilder::spool_directory(std::string directory) {
  return set(check_directory(directory),
             [&](StreamOptions& options) { options.spool_directory = std::move(directory); });
}

StreamOptionsBuilder& StreamOptionsBuilder::spool_bytes(std::int64_t bytes) {
  return set(check_range("spool_bytes", bytes, INT64_MAX),
             [&](StreamOptions& options) { options.spool_bytes = static_cast<std::uint64_t>(bytes); });
}

StreamOptionsBuilder& StreamOptionsBuilder::timeout(std::chrono::milliseconds timeout) {
  return set(check_timeout(timeout), [&](StreamOptions& options) { options.timeout = timeout; });
}

StreamOptionsBuilder& StreamOptionsBuilder::stop(std::stop_token token) {
  return set({}, [&](StreamOptions& options) { options.stop = std::move(token); });
}

StreamOptionsBuilder& StreamOptionsBuilder::clock(std::function<std::chrono::steady_clock::time_point()> clock) {
  return set({}, [&](StreamOptions& options) { options.clock = std::move(clock); });
}

Result<StreamOptions> StreamOptionsBuilder::build() const {
  NPK_TRY(Result<void>(fault_));
  NPK_TRY(check_stream_options(options_));
  return options_;
}

}  // namespace npk
