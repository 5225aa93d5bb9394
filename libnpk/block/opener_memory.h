// What decoding takes, known from inner headers: for limits on memory that are kept before anything is decoded.
#pragma once

#include <array>
#include <cstdint>

#include "npk/format/frame.h"

namespace npk::block {

// What one BlockOpener keeps and takes, from above, for all blocks that were added: besides bodies, bases and what is decoded into.
// One thread.
class OpenerMemory {
 public:
  // The first `needed_bytes` of a block. A header that no encoder writes is counted as far as a decoder would go along with it.
  void add(const format::InnerHeader& header, std::uint64_t needed_bytes) noexcept;
  [[nodiscard]] std::uint64_t bytes() const noexcept;

 private:
  std::array<std::uint64_t, 2> filtered_bytes_{};  // buffers that filters restore from, by turns
  std::uint64_t filter_bytes_ = 0;                 // of one at a time
  std::uint64_t zstd_bytes_ = 0;
  std::uint64_t lzma_bytes_ = 0;
};

// An estimate, from above, of what one BlockOpener takes for blocks of this raw length and any codec, besides the body
// and `out`.
[[nodiscard]] std::uint64_t opener_memory_bytes(std::uint64_t raw_block_bytes);

}  // namespace npk::block
