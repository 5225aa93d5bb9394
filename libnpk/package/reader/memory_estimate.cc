#include "npk/memory_estimate.h"

#include <algorithm>

#include "block/opener_memory.h"
#include "io/memory_total.h"
#include "npk/checked.h"
#include "package/reader/stream/stream_plan.h"
#include "pool/pipeline.h"

namespace npk {
namespace {

constexpr std::uint64_t kFixedBytes = 16ULL << 20;   // code, the reader, small allocations
constexpr std::uint64_t kBytesPerThread = 1ULL << 20;  // stack and the allocator's own

std::uint64_t product(std::uint64_t a, std::uint64_t b) {
  return checked_multiply(a, b).value_or(UINT64_MAX / 8);
}

// Its stored body, itself, and what decodes it.
std::uint64_t block_decoding_bytes(std::uint64_t block_bytes) {
  return 2 * block_bytes + block::opener_memory_bytes(block_bytes);
}

}  // namespace

Result<ReadMemory> estimate_read_memory(const ReaderOptions& options, const StreamOptions& stream,
                                        const ReadShape& shape) {
  NPK_TRY(check_stream_options(stream));
  if (shape.threads == 0) return fail(Errc::misuse, "threads: must be at least 1");
  const reader::StreamPlan plan = reader::plan_stream(stream, shape.content_bytes, io::usable_memory_bytes());
  const std::uint64_t ahead = plan.read_ahead_bytes == 0 ? 0 : std::min<std::uint64_t>(shape.streams, pool::processor_count());
  const std::uint64_t block_bytes = std::min(shape.block_bytes, options.limits.max_block_raw_bytes);
  ReadMemory memory;
  memory.fixed_bytes = kFixedBytes + product(shape.threads + ahead, kBytesPerThread);
  memory.page_cache_bytes = options.page_cache_bytes;
  memory.block_cache_bytes = options.block_cache_bytes;
  memory.decoding_bytes = product(shape.threads + ahead, block_decoding_bytes(block_bytes));
  // A stream read in order holds the block it is in, whether the cache has room for it or not.
  const std::uint64_t held = std::min(plan.chunk_bytes, shape.content_bytes) + plan.read_ahead_bytes +
                             std::min(block_bytes, shape.content_bytes);
  memory.stream_bytes = product(shape.streams, held);
  return memory;
}

}  // namespace npk
