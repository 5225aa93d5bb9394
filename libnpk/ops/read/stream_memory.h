// What extracting or decoding from a pipe may take: stored blocks, and threads that decode them.
#pragma once

#include <cstdint>

#include "ops/read/decoding_memory.h"
#include "ops/read/stream_blocks.h"

namespace npk::ops {

// One thread.
class StreamMemory {
 public:
  explicit StreamMemory(std::uint64_t allowed_bytes) noexcept : allowed_bytes_(allowed_bytes) {}  // 0: no bound

  // How much stored data is kept in memory before it is spooled.
  [[nodiscard]] std::uint64_t stored_bytes() const noexcept;

  // Of this block the first `needed_bytes` will be decoded.
  void add(const StreamBlocks& blocks, const format::BlockRow& row, std::uint64_t needed_bytes);
  void add_buffer(std::uint64_t bytes) noexcept { decoding_.add_buffer(bytes); }
  // How many of the `wanted` threads may decode what has been added, one block each, while `further_blocks` that are decoded are kept.
  // Errc::limit, naming the least that works.
  [[nodiscard]] Result<unsigned> threads(unsigned wanted, unsigned further_blocks) const;

 private:
  std::uint64_t allowed_bytes_;
  std::uint64_t largest_stored_bytes_ = 0;
  DecodingMemory decoding_;
};

}  // namespace npk::ops
