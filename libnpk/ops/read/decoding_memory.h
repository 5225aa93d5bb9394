// How many threads may decode blocks at once within a bound on memory. One thread.
#pragma once

#include <algorithm>
#include <cstdint>

#include "block/opener_memory.h"
#include "npk/format/chunk_page.h"
#include "npk/result.h"

namespace npk::ops {

// What one thread takes that decodes several blocks, one after the other: buffers are kept, so each is as large as any of them needs.
class DecodingMemory {
 public:
  // The first `needed_bytes` of a block, whose body is copied as far as `copied_bytes`. A header that can't be read, or is of another block, will be
  // refused, and takes nothing.
  void add(const format::BlockRow& row, std::uint64_t copied_bytes, std::uint64_t needed_bytes, const Result<format::InnerHeader>& header) {
    copied_bytes_ = std::max(copied_bytes_, copied_bytes);
    add_buffer(needed_bytes);
    if (header && header->raw_length == row.raw_length) opener_.add(*header, needed_bytes);
  }
  // That the same buffer serves for.
  void add_buffer(std::uint64_t bytes) noexcept { decoded_bytes_ = std::max(decoded_bytes_, bytes); }
  [[nodiscard]] std::uint64_t decoded_bytes() const noexcept { return decoded_bytes_; }
  [[nodiscard]] std::uint64_t thread_bytes() const noexcept { return copied_bytes_ + decoded_bytes_ + opener_.bytes(); }

 private:
  std::uint64_t copied_bytes_ = 0;
  std::uint64_t decoded_bytes_ = 1;
  block::OpenerMemory opener_;
};

// Eight bases, keys, code and the allocator, and what else does not grow with blocks.
inline constexpr std::uint64_t kMemoryBesideBlocks = 12ULL << 20;

// Of `wanted`, as many as fit beside `fixed_bytes`. Errc::limit, naming `least_bytes`, if `allowed_bytes` is less.
[[nodiscard]] Result<unsigned> threads_within(std::uint64_t allowed_bytes, std::uint64_t least_bytes, std::uint64_t fixed_bytes,
                                              std::uint64_t thread_bytes, unsigned wanted);

}  // namespace npk::ops
