#include "ops/read/decoding_memory.h"

#include <string>

namespace npk::ops {

Result<unsigned> threads_within(std::uint64_t allowed_bytes, std::uint64_t least_bytes, std::uint64_t fixed_bytes, std::uint64_t thread_bytes,
                                unsigned wanted) {
  if (allowed_bytes < least_bytes)
    return fail(Errc::limit, "extracting this takes at least " + std::to_string(least_bytes) + " bytes of memory, and " + std::to_string(allowed_bytes) +
                                 " are allowed");
  return static_cast<unsigned>(std::min<std::uint64_t>(wanted, (allowed_bytes - fixed_bytes) / thread_bytes));
}

}  // namespace npk::ops
