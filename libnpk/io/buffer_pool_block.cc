#include "io/buffer_pool_block.h"

#include <cstdlib>
#include <new>

#include "io/buffer_pool_size.h"

namespace npk::io {
namespace {

constexpr std::size_t kAlignment = 4096;

std::uintptr_t page_of(const std::uint8_t* data) noexcept { return reinterpret_cast<std::uintptr_t>(data) / kAlignment; }

}  // namespace

PoolBlock* BlockTable::create(std::uint64_t bytes) noexcept {
  void* memory = nullptr;
  if (::posix_memalign(&memory, kAlignment, static_cast<std::size_t>(bytes)) != 0) return nullptr;
  auto* data = static_cast<std::uint8_t*>(memory);
  try {
    Part& part = part_of(page_of(data));
    const std::lock_guard lock(part.mutex);
    PoolBlock& block = part.blocks[page_of(data)];
    block.data = data;
    block.bytes = bytes;
    return &block;
  } catch (const std::bad_alloc&) {
    std::free(data);
    return nullptr;
  }
}

void BlockTable::destroy(PoolBlock* block) noexcept {
  std::uint8_t* data = block->data;
  {
    Part& part = part_of(page_of(data));
    const std::lock_guard lock(part.mutex);
    part.blocks.erase(page_of(data));
  }
  std::free(data);  // after the erasure: the address may be handed out again at once
}

PoolBlock* BlockTable::take_released(std::uint8_t* data) noexcept {
  if (reinterpret_cast<std::uintptr_t>(data) % kAlignment != 0) return nullptr;
  Part& part = part_of(page_of(data));
  const std::lock_guard lock(part.mutex);
  const auto found = part.blocks.find(page_of(data));
  return found != part.blocks.end() && found->second.released.exchange(false) ? &found->second : nullptr;
}

}  // namespace npk::io
