// What stream options come to for a content of a given length on a machine with a given memory.
#pragma once

#include <chrono>
#include <cstdint>

#include "npk/stream_options.h"

namespace npk::reader {

inline constexpr std::uint64_t kDefaultBufferBytes = 12ULL << 20;  // two blocks of the default preset and more
inline constexpr std::uint64_t kMaxChunkBytes = 1ULL << 30;
inline constexpr std::uint64_t kMaxBufferBytes = 1ULL << 40;
inline constexpr std::uint64_t kMinMemoryBytes = 4096;
inline constexpr std::chrono::milliseconds kMaxTimeout = std::chrono::hours(24 * 365);

struct StreamPlan {
  std::uint64_t memory_bytes = 0;      // bound on all below; at least kMinMemoryBytes
  std::uint64_t chunk_bytes = 0;       // at least 1
  std::uint64_t read_ahead_bytes = 0;  // what may be decoded and not yet read; 0: no read-ahead
};

// `total_memory_bytes`: io::usable_memory_bytes(), or a test's. The options have been checked.
[[nodiscard]] std::uint64_t memory_limit_bytes(const StreamOptions& options, std::uint64_t total_memory_bytes) noexcept;
[[nodiscard]] StreamPlan plan_stream(const StreamOptions& options, std::uint64_t content_bytes,
                                     std::uint64_t total_memory_bytes) noexcept;

}  // namespace npk::reader
