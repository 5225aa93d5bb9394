#include "package/reader/cache/chunk_buffer.h"

namespace npk::reader {

Result<ChunkBuffer> ChunkBuffer::get(BufferPool* pool, std::size_t size) {
  if (pool == nullptr) {
    std::shared_ptr<std::uint8_t[]> own = std::make_unique_for_overwrite<std::uint8_t[]>(size);
    const MutableBytes bytes(own.get(), size);
    return ChunkBuffer(bytes, std::move(own));
  }
  NPK_ASSIGN(BufferPool::Buffer buffer, pool->get(size));
  auto lent = std::make_shared<const BufferPool::Buffer>(std::move(buffer));
  const MutableBytes bytes = lent->bytes();
  return ChunkBuffer(bytes, std::move(lent));
}

}  // namespace npk::reader
