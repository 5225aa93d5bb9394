// Memory for bytes that are handed on: of a pool, or of its own.
#pragma once

#include <memory>

#include "npk/buffer_pool.h"
#include "npk/bytes.h"
#include "npk/result.h"

namespace npk::reader {

// Not initialized; lives as long as anyone has the keeper.
class ChunkBuffer {
 public:
  // `pool` may be null. Errors as BufferPool::get.
  [[nodiscard]] static Result<ChunkBuffer> get(BufferPool* pool, std::size_t size);

  [[nodiscard]] MutableBytes bytes() const noexcept { return bytes_; }
  [[nodiscard]] std::shared_ptr<const void> keeper() const noexcept { return keeper_; }

 private:
  ChunkBuffer(MutableBytes bytes, std::shared_ptr<const void> keeper) noexcept
      : bytes_(bytes), keeper_(std::move(keeper)) {}

  MutableBytes bytes_;
  std::shared_ptr<const void> keeper_;
};

}  // namespace npk::reader
