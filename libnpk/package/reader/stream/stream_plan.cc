#include "package/reader/stream/stream_plan.h"

#include <algorithm>

namespace npk {

std::uint64_t chunk_bytes_for_size(std::uint64_t size) noexcept {
  constexpr std::uint64_t kMebibyte = 1ULL << 20;
  if (size < 10 * kMebibyte) return 64ULL << 10;
  if (size < 100 * kMebibyte) return 256ULL << 10;
  if (size < 1024 * kMebibyte) return kMebibyte;
  return 4 * kMebibyte;
}

namespace reader {

std::uint64_t memory_limit_bytes(const StreamOptions& options, std::uint64_t total_memory_bytes) noexcept {
  if (options.memory_strategy == MemoryStrategy::custom) return options.memory_bytes;
  const std::uint64_t quarter = total_memory_bytes / 4;
  const std::uint64_t quarters = options.memory_strategy == MemoryStrategy::conservative ? 1
                                 : options.memory_strategy == MemoryStrategy::balanced   ? 2
                                                                                         : 3;
  return std::max(quarter * quarters, kMinMemoryBytes);
}

StreamPlan plan_stream(const StreamOptions& options, std::uint64_t content_bytes,
                       std::uint64_t total_memory_bytes) noexcept {
  StreamPlan plan;
  plan.memory_bytes = memory_limit_bytes(options, total_memory_bytes);
  const std::uint64_t chunk = options.chunk_bytes == 0 ? chunk_bytes_for_size(content_bytes) : options.chunk_bytes;
  plan.chunk_bytes = std::min(chunk, plan.memory_bytes);
  const std::uint64_t window = options.buffer_bytes == 0 ? kDefaultBufferBytes : options.buffer_bytes;
  if (options.read_ahead)
    plan.read_ahead_bytes = std::min({window, plan.memory_bytes - plan.chunk_bytes, content_bytes});
  return plan;
}

}  // namespace reader
}  // namespace npk
